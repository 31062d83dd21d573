/**
 * A box is what a privileged container is elsewhere: processes in namespaces and control groups of their own, in a given network.
 * It ends with the process that started it.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NetworkNamespace } from '../netns/network.ts';
import type { ServerProcess } from '../real-api/server-process.ts';
import type { CgroupTree } from './cgroups.ts';

const execute = promisify(execFile);

/** The path of one of the box's scripts. */
export const boxScript = (name: string): string => fileURLToPath(new URL(`box/${name}.sh`, import.meta.url));

export type BoxOptions = {
  /** Its host name, too. */
  readonly name: string;
  readonly host: NetworkNamespace;
  /** Its disk, which stays when it ends. */
  readonly folder: string;
  readonly cgroups: CgroupTree;
  /** Folders of programs, which come first. */
  readonly programs: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
};

export class Box {
  readonly #options: BoxOptions;
  #process: ServerProcess | null = null;

  constructor(options: BoxOptions) {
    this.#options = options;
  }

  /** Starts the box, with one command in it. */
  start(command: readonly string[]): void {
    const { name, host, folder, cgroups } = this.#options;
    mkdirSync(folder, { recursive: true });
    const procs = join(folder, 'cgroup.procs');
    writeFileSync(procs, `${cgroups.create(name).join('\n')}\n`);
    this.#process = host.start(
      name,
      'env',
      ...Object.entries(this.#environment).map(([key, value]) => `${key}=${value}`),
      ...['sh', boxScript('enter'), boxScript('init'), procs, name, folder, ...command],
    );
  }

  /** Ends all that runs in it without a word, as by a cut of its power. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
    this.#process = null;
    this.#options.cgroups.removeBox(this.#options.name);
  }

  /** What a program prints that runs in all its namespaces. */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    const flags = ['--target', `${this.initPid}`, '--mount', '--pid', '--net', '--uts', '--ipc', '--cgroup'];
    const { stdout } = await execute('nsenter', [...flags, program, ...args], {
      env: { ...process.env, ...this.#environment },
    });
    return stdout;
  }

  get #environment(): Readonly<Record<string, string>> {
    const { programs, environment } = this.#options;
    return { ...environment, PATH: [...programs, process.env['PATH']].join(delimiter) };
  }

  /** The first process of the box: the child of the one that unshared the namespaces. */
  get initPid(): number {
    const pid = this.#process?.pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    if (children === '') throw new Error(`${this.#options.name} does not run:\n${this.#process?.tail()}`);
    return Number(children.split(' ')[0]);
  }
}
