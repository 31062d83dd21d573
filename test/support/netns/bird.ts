/** One BIRD in a namespace, of either generation: its file, its process and what it answers. */
import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerProcess } from '../real-api/server-process.ts';
import type { NetworkNamespace } from './network.ts';

export type BirdPrograms = { readonly daemon: string; readonly control: string };

export class Bird {
  readonly #space: NetworkNamespace;
  readonly #name: string;
  readonly #programs: BirdPrograms;
  #server: ServerProcess | null = null;

  constructor(space: NetworkNamespace, name: string, programs: BirdPrograms) {
    this.#space = space;
    this.#name = name;
    this.#programs = programs;
  }

  write(text: string): void {
    writeFileSync(this.#file, text, { mode: 0o600 });
  }

  /** Null when the file on disk can be loaded, else what BIRD says about it. */
  configError(): Promise<string | null> {
    return new Promise((resolve) => {
      execFile(this.#programs.daemon, ['-p', '-c', this.#file], (error, stdout, stderr) =>
        resolve(error === null ? null : `${stdout}${stderr}`.trim() || String(error)),
      );
    });
  }

  start(): void {
    rmSync(this.#socket, { force: true });
    const args = ['-f', '-c', this.#file, '-s', this.#socket, '-P', `${this.#path}.pid`];
    this.#server = this.#space.start(this.#name, this.#programs.daemon, ...args);
  }

  /** The socket comes after the file was read, so before that it runs only as a process. */
  get isRunning(): boolean {
    return this.#server !== null && this.#server.exit() === null && existsSync(this.#socket);
  }

  /** Whether it has ended by itself, or was never started. */
  get hasEnded(): boolean {
    return this.#server === null || this.#server.exit() !== null;
  }

  /** A clean end: neighbors are told, and forget what they had from it. */
  async end(): Promise<void> {
    await this.#server?.end('SIGTERM');
  }

  /** To freeze it, or to let it go on. */
  signal(signal: NodeJS.Signals): void {
    if (this.#server !== null) process.kill(this.#server.pid, signal);
  }

  ask(command: string): Promise<string> {
    return this.#space.run(this.#programs.control, '-s', this.#socket, ...command.split(' '));
  }

  /** Takes the file on disk; one that cannot be loaded changes nothing. */
  async configure(): Promise<string> {
    return this.ask('configure').catch((error: { stdout?: string }) => error.stdout ?? String(error));
  }

  /** The last lines of its log. */
  tail(): string {
    return this.#server?.tail() ?? '';
  }

  get #path(): string {
    return join(this.#space.folder, this.#name);
  }

  get #file(): string {
    return `${this.#path}.conf`;
  }

  get #socket(): string {
    return `${this.#path}.ctl`;
  }
}
