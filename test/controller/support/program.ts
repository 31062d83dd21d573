/** `berth` as a process of its own, as it runs in a cluster: the built bundle, its flags and its log. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale } from '../../../dev/build.mjs';
import { onPath } from '../../../dev/parts/system.mjs';
import { root } from '../../../dev/place.mjs';
import { eventually } from '../../support/eventually.ts';

export type LogLine = { readonly level: string; readonly msg: string } & Readonly<Record<string, unknown>>;

/** Puts the bundle into `folder`, where a build of somebody else cannot pull it from under a running process. */
export async function installProgram(folder: string): Promise<string> {
  await buildIfStale();
  cpSync(join(root, 'dist'), join(folder, 'berth'), { recursive: true });
  return join(folder, 'berth', 'berth.mjs');
}

export class Program {
  readonly #child: ChildProcess;
  #out = '';
  #err = '';
  #exit: number | string | null = null;

  /** `environment` is all that the process sees of ours. */
  constructor(script: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const command = [process.execPath, script, ...args];
    // The kernel ends it should this process die before it.
    const [first = '', ...rest] = onPath('setpriv')
      ? ['setpriv', '--pdeathsig', 'KILL', ...command]
      : command;
    const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...environment };
    this.#child = spawn(first, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#out += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#err += text;
    });
    this.#child.on('close', (code, signal) => {
      this.#exit = code ?? signal ?? 'unknown';
    });
  }

  /** The exit code, or the signal that ended it; null while it runs. */
  get exit(): number | string | null {
    return this.#exit;
  }

  get stderr(): string {
    return this.#err;
  }

  get text(): string {
    return this.#out;
  }

  get log(): readonly LogLine[] {
    const whole = this.#out.slice(0, this.#out.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for a line of the log whose message contains `part`. */
  waitForLog(part: string): Promise<LogLine> {
    return this.#waitForLine(part, (msg) => msg.includes(part));
  }

  /** Other messages have the same word in them. */
  waitUntilServing(): Promise<LogLine> {
    return this.#waitForLine('serving', (msg) => msg === 'serving');
  }

  #waitForLine(wanted: string, matches: (msg: string) => boolean): Promise<LogLine> {
    return eventually(() => {
      const line = this.log.find(({ msg }) => matches(msg));
      if (line === undefined)
        throw new Error(`the log does not say ${JSON.stringify(wanted)}:\n${this.#out}\n${this.#err}`);
      return line;
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async waitForExit(): Promise<number | string> {
    return eventually(() => {
      if (this.#exit === null) throw new Error(`still running:\n${this.#out}`);
      return this.#exit;
    });
  }

  /** SIGTERM, and gone. */
  async stop(): Promise<number | string> {
    if (this.#exit !== null) return this.#exit;
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGTERM');
    try {
      return await this.waitForExit();
    } finally {
      if (this.#exit === null) this.#child.kill('SIGKILL');
    }
  }

  async kill9(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.waitForExit();
  }
}
