/** Berth's BFD in a namespace, with the sessions that a test wants. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale } from '../../../../../dev/build.mjs';
import { root } from '../../../../../dev/place.mjs';
import type { BfdStatus } from '../../../../../src/bfd/status.ts';
import { eventually } from '../../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import type { ServerProcess } from '../../../../support/real-api/server-process.ts';
import { bfdProgram } from './bfd-program.ts';
import type { BfdReport, TextSpec } from './report.ts';

export class BfdNode {
  readonly #folder: string;
  readonly #process: ServerProcess;

  private constructor(folder: string, process: ServerProcess) {
    this.#folder = folder;
    this.#process = process;
  }

  static async start(space: NetworkNamespace, specs: readonly TextSpec[]): Promise<BfdNode> {
    await buildIfStale();
    const folder = join(space.folder, 'bfd');
    mkdirSync(folder);
    writeFileSync(join(folder, 'specs.json'), JSON.stringify(specs));
    const args = ['--import', 'tsx', bfdProgram, join(root, 'dist/berth.mjs'), folder];
    return new BfdNode(folder, space.start('bfd-node', process.execPath, ...args));
  }

  apply(specs: readonly TextSpec[]): void {
    writeFileSync(join(this.#folder, 'specs.json'), JSON.stringify(specs));
    this.signal('SIGHUP');
  }

  get report(): BfdReport {
    return JSON.parse(readFileSync(join(this.#folder, 'status.json'), 'utf8'));
  }

  status(key: string): BfdStatus {
    const status = this.report.statuses.find((one) => one.key === key);
    assert.ok(status !== undefined, `no session ${key}: ${this.#process.tail()}`);
    return status;
  }

  /** Waits until all these sessions are in that state, for that reason. */
  async reach(state: BfdStatus['state'], keys: readonly string[], diagnostic?: string): Promise<void> {
    await eventually(() => {
      for (const key of keys) {
        const status = this.status(key);
        assert.equal(status.state, state, `${key}: ${JSON.stringify(status)}`);
        if (diagnostic !== undefined) assert.equal(status.diagnostic, diagnostic, key);
      }
    });
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.#process.pid, signal);
  }

  /** Orderly: it says AdminDown. */
  end(): Promise<void> {
    return this.#process.end('SIGTERM');
  }

  exit(): string | null {
    return this.#process.exit();
  }
}
