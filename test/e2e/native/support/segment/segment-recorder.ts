/** Runs the recorder, which sees who answers on a segment and who announces itself. It ends with its network. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import type { ServerProcess } from '../../../../support/real-api/server-process.ts';
import type { RecorderTask } from './recorder-task.ts';
import { readSightings, SegmentRecord } from './segment-record.ts';

const PROGRAM = fileURLToPath(new URL('./recorder-program.ts', import.meta.url));

let recorders = 0;

export class SegmentRecorder {
  readonly #path: string;
  readonly #process: ServerProcess;
  readonly #nameOf: (mac: string) => string;

  private constructor(path: string, server: ServerProcess, nameOf: (mac: string) => string) {
    this.#path = path;
    this.#process = server;
    this.#nameOf = nameOf;
  }

  /** `nameOf` gives the name of the host with a MAC address. */
  static start(host: NetworkNamespace, task: RecorderTask, nameOf: (mac: string) => string): SegmentRecorder {
    recorders += 1;
    const name = `recorder-${recorders}`;
    const args = ['--import', 'tsx', PROGRAM, JSON.stringify(task)];
    const server = host.start(name, process.execPath, ...args);
    return new SegmentRecorder(join(host.folder, `${name}.log`), server, nameOf);
  }

  /** All that was seen so far. */
  record(): SegmentRecord {
    if (this.#process.exit() !== null) throw new Error(`the recorder has ended: ${this.#process.tail()}`);
    return new SegmentRecord(readSightings(readFileSync(this.#path, 'utf8'), this.#nameOf));
  }

  /** Waits until what was seen passes `check`, which throws otherwise. */
  async until<T>(check: (record: SegmentRecord) => T): Promise<T> {
    return eventually(() => check(this.record()), { interval: 100 });
  }

  stop(): Promise<void> {
    return this.#process.end('SIGKILL');
  }
}
