/** GoBGP in a namespace: one process with a file of its own, asked over its API on the namespace's loopback. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireNetworkBinaries } from '../network-binaries.ts';
import type { ServerProcess } from '../real-api/server-process.ts';
import type { NetworkNamespace } from './network.ts';

export class Gobgp {
  readonly #space: NetworkNamespace;
  readonly #name: string;
  #server: ServerProcess | null = null;

  constructor(space: NetworkNamespace, name: string) {
    this.#space = space;
    this.#name = name;
  }

  /** Its file, in JSON. */
  write(config: object): void {
    writeFileSync(this.#file, JSON.stringify(config), { mode: 0o600 });
  }

  start(): void {
    const args = ['-f', this.#file, '-t', 'json', '-l', 'info', '--pprof-disable'];
    this.#server = this.#space.start(this.#name, requireNetworkBinaries().gobgpd, ...args);
  }

  /** Takes the file as it is now. */
  reload(): void {
    this.signal('SIGHUP');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#server !== null) process.kill(this.#server.pid, signal);
  }

  ask(command: string): Promise<string> {
    return this.#space.run(requireNetworkBinaries().gobgp, ...command.split(' '));
  }

  /** What a command with `-j` answers. */
  async json<T>(command: string): Promise<T> {
    return JSON.parse(await this.ask(`${command} -j`));
  }

  /** The last lines of its log. */
  tail(): string {
    return this.#server?.tail() ?? '';
  }

  get #file(): string {
    return join(this.#space.folder, `${this.#name}.json`);
  }
}
