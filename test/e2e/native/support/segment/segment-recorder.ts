/** Runs the recorder, which sees who answers on a segment and who announces itself. It ends with its network. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import type { ServerProcess } from '../../../../support/real-api/server-process.ts';
import type { RecorderTask } from './recorder-task.ts';
import { readSightings, SegmentRecord, type Sighting } from './segment-record.ts';

const PROGRAM = fileURLToPath(new URL('./recorder-program.ts', import.meta.url));

const READ_BYTES = 64 * 1024;
const READ_INTERVAL_MS = 100;

let recorders = 0;

export class SegmentRecorder {
  readonly #path: string;
  readonly #process: ServerProcess;
  readonly #nameOf: (mac: string) => string;
  readonly #buffer = Buffer.alloc(READ_BYTES);
  #position = 0;
  /** The beginning of a line. */
  #rest = '';
  #sightings: Sighting[] = [];

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

  /** What was seen so far, or since `forget`. */
  record(): SegmentRecord {
    if (this.#process.exit() !== null) throw new Error(`the recorder has ended: ${this.#process.tail()}`);
    const text = this.#rest + this.#readMore();
    const end = text.lastIndexOf('\n') + 1;
    this.#rest = text.slice(end);
    this.#sightings.push(...readSightings(text.slice(0, end), this.#nameOf));
    return new SegmentRecord(this.#sightings);
  }

  /** What was seen so far will be in no record any more. */
  forget(): void {
    this.record();
    this.#sightings = [];
  }

  #readMore(): string {
    const file = openSync(this.#path, 'r');
    try {
      let text = '';
      for (;;) {
        const count = readSync(file, this.#buffer, 0, this.#buffer.length, this.#position);
        if (count === 0) return text;
        this.#position += count;
        text += this.#buffer.toString('latin1', 0, count); // the program writes ASCII
      }
    } finally {
      closeSync(file);
    }
  }

  /** Waits until what was seen passes `check`, which throws otherwise. */
  until<T>(check: (record: SegmentRecord) => T): Promise<T> {
    return eventually(() => check(this.record()), { interval: READ_INTERVAL_MS });
  }

  stop(): Promise<void> {
    return this.#process.end('SIGKILL');
  }
}
