/**
 * Network namespaces of a test's own, with the processes in them. Their names hold the process id and a number, so that
 * runs stand side by side; all of them vanish with the test, however it ends, or are swept up by the next one.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Server, startServer } from '../realapi/child.ts';
import { type Folder, makeFolder } from '../realapi/folder.ts';
import { destroyAtEnd } from '../realapi/lifetime.ts';

const NAMESPACES = '/run/netns';
const OURS = /^berth-(\d+)-/;
const OUTPUT_MAX = 16 * 1024 ** 2;

const execute = promisify(execFile);

let made = 0;

export class Net {
  readonly #prefix: string;
  readonly #names: string[] = [];
  readonly #folder: Folder;
  readonly #letGo: () => void;

  constructor() {
    if (made === 0) sweep();
    made += 1;
    this.#prefix = `berth-${process.pid}-${made}-`;
    const folder = makeFolder();
    const destroy = (): void => {
      folder.destroy(); // first the processes: a namespace lives as long as one of them
      removeNamespaces(this.#names.splice(0));
    };
    this.#folder = { path: folder.path, adopt: folder.adopt, destroy };
    this.#letGo = destroyAtEnd(this.#folder);
  }

  /** A place for files that are to vanish with the net. */
  get path(): string {
    return this.#folder.path;
  }

  /** A new namespace; its loopback is up, it forwards, and it believes every source address. */
  namespace(name: string): Namespace {
    const full = this.#prefix + name;
    this.#names.push(full);
    execFileSync('ip', ['netns', 'add', full]);
    const namespace = new Namespace(name, full, this.#folder);
    namespace.ip('link set lo up');
    namespace.set(SETTINGS);
    return namespace;
  }

  /** Ends all processes and takes everything down. */
  destroy(): void {
    this.#letGo();
  }
}

const SETTINGS: Readonly<Record<string, string>> = {
  'ipv4/ip_forward': '1',
  'ipv4/conf/all/rp_filter': '0',
  'ipv4/conf/default/rp_filter': '0',
  'ipv6/conf/all/forwarding': '1',
  // Addresses are used at once: nobody else is there who could have the same.
  'ipv6/conf/all/accept_dad': '0',
  'ipv6/conf/default/accept_dad': '0',
};

export class Namespace {
  readonly name: string;
  readonly full: string;
  readonly #folder: Folder;

  constructor(name: string, full: string, folder: Folder) {
    this.name = name;
    this.full = full;
    this.#folder = folder;
  }

  get folder(): string {
    return this.#folder.path;
  }

  /** Lines for `ip`, one command each. */
  ip(...lines: readonly string[]): void {
    execFileSync('ip', ['-n', this.full, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  /** Settings of the kernel, by their path below /proc/sys/net. */
  set(settings: Readonly<Record<string, string>>): void {
    const lines = Object.entries(settings).map(([path, value]) => `echo ${value} > /proc/sys/net/${path}`);
    execFileSync('nsenter', [this.#into, 'sh', '-ec', lines.join('\n')]);
  }

  /** A cable to another namespace: an interface at either end, up. */
  cable(mine: string, other: Namespace, theirs: string): void {
    this.ip(`link add ${mine} type veth peer name ${theirs} netns ${other.full}`, `link set ${mine} up`);
    other.ip(`link set ${theirs} up`);
  }

  /** What a program prints that is run here. */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    const options = { maxBuffer: OUTPUT_MAX };
    return (await execute('nsenter', [this.#into, program, ...args], options)).stdout;
  }

  /** A process that runs here until it is ended; its output goes to `<folder>/<name>.log`. */
  start(name: string, program: string, ...args: readonly string[]): Server {
    return startServer(this.#folder, name, 'nsenter', [this.#into, program, ...args]);
  }

  get #into(): string {
    return `--net=${NAMESPACES}/${this.full}`;
  }
}

function removeNamespaces(names: readonly string[]): void {
  const there = names.filter((name) => existsSync(`${NAMESPACES}/${name}`));
  if (there.length === 0) return;
  const input = there.map((name) => `netns del ${name}\n`).join('');
  execFileSync('ip', ['-force', '-batch', '-'], { input });
}

/** Removes the namespaces of processes that are no more; what ran in them ended with those. */
function sweep(): void {
  if (!existsSync(NAMESPACES)) return;
  const dead = readdirSync(NAMESPACES).filter((name) => {
    const owner = OURS.exec(name)?.[1];
    return owner !== undefined && !existsSync(`/proc/${owner}`);
  });
  removeNamespaces(dead);
}
