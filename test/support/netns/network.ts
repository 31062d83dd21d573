/**
 * Network namespaces of a test's own, with the processes in them. Their names hold the process id and a number, so that
 * runs stand side by side; all of them vanish with the test, however it ends, or are swept up by the next one.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { destroyOnExit } from '../real-api/cleanup.ts';
import { type Folder, makeFolder } from '../real-api/folder.ts';
import { type ServerProcess, startServerProcess } from '../real-api/server-process.ts';

const NAMESPACES = '/run/netns';
const BERTH_NAMESPACE = /^berth-(\d+)-/;
const OUTPUT_MAX = 16 * 1024 ** 2;

const execute = promisify(execFile);

let networksMade = 0;

export class TestNetwork {
  readonly #prefix: string;
  readonly #names: string[] = [];
  readonly #folder: Folder;
  readonly #unregister: () => void;

  constructor() {
    if (networksMade === 0) sweepNetworks();
    networksMade += 1;
    this.#prefix = `berth-${process.pid}-${networksMade}-`;
    const folder = makeFolder();
    const destroy = (): void => {
      folder.destroy(); // first the processes: a namespace lives as long as one of them
      removeNamespaces(this.#names.splice(0));
    };
    this.#folder = { path: folder.path, recordChild: folder.recordChild, destroy };
    this.#unregister = destroyOnExit(this.#folder);
  }

  /** A place for files that are to vanish with the net. */
  get path(): string {
    return this.#folder.path;
  }

  /** A new namespace; its loopback is up, it forwards, and it believes every source address. */
  namespace(name: string): NetworkNamespace {
    const full = this.#prefix + name;
    this.#names.push(full);
    execFileSync('ip', ['netns', 'add', full]);
    const namespace = new NetworkNamespace(name, full, this.#folder);
    namespace.ip('link set lo up');
    namespace.setSysctls(SYSCTLS);
    return namespace;
  }

  /** Ends all processes and takes everything down. */
  destroy(): void {
    this.#unregister();
  }
}

const SYSCTLS: Readonly<Record<string, string>> = {
  'ipv4/ip_forward': '1',
  'ipv4/conf/all/rp_filter': '0',
  'ipv4/conf/default/rp_filter': '0',
  'ipv6/conf/all/forwarding': '1',
  // Addresses are used at once: nobody else is there who could have the same.
  'ipv6/conf/all/accept_dad': '0',
  'ipv6/conf/default/accept_dad': '0',
};

export class NetworkNamespace {
  readonly name: string;
  readonly fullName: string;
  readonly #folder: Folder;

  constructor(name: string, full: string, folder: Folder) {
    this.name = name;
    this.fullName = full;
    this.#folder = folder;
  }

  get folder(): string {
    return this.#folder.path;
  }

  /** Lines for `ip`, one command each. */
  ip(...lines: readonly string[]): void {
    execFileSync('ip', ['-n', this.fullName, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  /** Settings of the kernel, by their path below /proc/sys/net. */
  setSysctls(settings: Readonly<Record<string, string>>): void {
    const lines = Object.entries(settings).map(([path, value]) => `echo ${value} > /proc/sys/net/${path}`);
    execFileSync('nsenter', [this.#netnsFlag, 'sh', '-ec', lines.join('\n')]);
  }

  /** A cable to another namespace: an interface at either end, up. */
  addVeth(localName: string, other: NetworkNamespace, peerName: string): void {
    this.ip(
      `link add ${localName} type veth peer name ${peerName} netns ${other.fullName}`,
      `link set ${localName} up`,
    );
    other.ip(`link set ${peerName} up`);
  }

  /** The MAC address of an interface. */
  macAddress(name: string): string {
    const shown = execFileSync('ip', ['-n', this.fullName, '-o', 'link', 'show', name], { encoding: 'utf8' });
    const address = /link\/ether (\S+)/.exec(shown)?.[1];
    if (address === undefined) throw new Error(`${name} of ${this.name} has no MAC address: ${shown}`);
    return address;
  }

  /** What a program prints that is run here. */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    const options = { maxBuffer: OUTPUT_MAX };
    return (await execute('nsenter', [this.#netnsFlag, program, ...args], options)).stdout;
  }

  /** A process that runs here until it is ended; its output goes to `<folder>/<name>.log`. */
  start(name: string, program: string, ...args: readonly string[]): ServerProcess {
    return startServerProcess(this.#folder, name, 'nsenter', [this.#netnsFlag, program, ...args]);
  }

  get #netnsFlag(): string {
    return `--net=${NAMESPACES}/${this.fullName}`;
  }
}

function removeNamespaces(names: readonly string[]): void {
  const there = names.filter((name) => existsSync(`${NAMESPACES}/${name}`));
  if (there.length === 0) return;
  const input = there.map((name) => `netns del ${name}\n`).join('');
  execFileSync('ip', ['-force', '-batch', '-'], { input });
}

/** Removes the namespaces of processes that are no more; what ran in them ended with those. */
export function sweepNetworks(): void {
  if (!existsSync(NAMESPACES)) return;
  const dead = readdirSync(NAMESPACES).filter((name) => {
    const owner = BERTH_NAMESPACE.exec(name)?.[1];
    return owner !== undefined && !existsSync(`/proc/${owner}`);
  });
  removeNamespaces(dead);
}
