/** A program in a network namespace, with which a test speaks in lines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';

const LIMIT = { limit: 20_000 };
/** Of each of the last lines, in the message of a failure. */
const SHOWN_CHARACTERS = 500;

export class LineProgram {
  readonly #child: ChildProcess;
  readonly #errors: string[] = [];
  /** What it printed, and was not taken yet. */
  readonly lines: string[] = [];
  #exit: string | null = null;

  /** `url` is a module of TypeScript. */
  constructor(
    namespace: NetworkNamespace,
    url: URL,
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#child = spawn(
      'nsenter',
      [
        `--net=/run/netns/${namespace.fullName}`,
        ...(environment['WITHOUT_RIGHTS'] === undefined
          ? []
          : ['setpriv', '--bounding-set', '-net_raw', '--inh-caps', '-net_raw']),
        ...[process.execPath, '--import', 'tsx', fileURLToPath(url)],
        ...args,
      ],
      { stdio: 'pipe', env: { ...process.env, ...environment, NODE_TEST_CONTEXT: undefined } },
    );
    this.#child.on('exit', (code, signal) => {
      this.#exit = signal ?? `code ${code}`;
    });
    this.#child.on('error', (error) => {
      this.#exit = error.message;
    });
    if (this.#child.stdout) createInterface(this.#child.stdout).on('line', (line) => this.lines.push(line));
    this.#child.stderr?.on('data', (data) => this.#errors.push(`${data}`));
    this.#child.stdin?.on('error', () => {}); // it ended
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Waits for a line, and takes it and all before it. */
  async next(isWanted: (line: string) => boolean, what: string): Promise<string> {
    return eventually(() => {
      const index = this.lines.findIndex(isWanted);
      const line = this.lines[index];
      if (line === undefined)
        throw new Error(
          `no ${what}; ${this.#exit ?? 'running'}; ${this.#errors.join('')}; ${this.lines
            .slice(-5)
            .map((one) => one.slice(0, SHOWN_CHARACTERS))
            .join('\n')}`,
        );
      this.lines.splice(0, index + 1);
      return line;
    }, LIMIT);
  }

  /** How it ended: `code 0`, or the signal. */
  ended(): Promise<string> {
    return eventually(() => {
      if (this.#exit === null) throw new Error(`it runs on; ${this.#errors.join('')}`);
      return this.#exit;
    }, LIMIT);
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.#exit === null) this.#child.kill(signal);
  }
}
