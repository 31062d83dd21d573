/**
 * Control groups of boxes, in hierarchies of version 1: a kubelet needs one of each controller, and a machine that has bound
 * them to version 1 cannot move them while others use them.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Those without which a kubelet does not start. */
const NEEDED_CONTROLLERS = ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids'];
const GROUP_NAME = /^berth-(\d+)-\d+$/;

/** A group outlives the processes in it by an instant. */
const REMOVE_ATTEMPTS_MAX = 100;
const REMOVE_INTERVAL_MS = 20;

/** Why this machine cannot have control groups of boxes; null where it can. */
export function missingForCgroups(): string | null {
  const there = new Set(hierarchies().flatMap(({ controllers }) => controllers));
  const missing = NEEDED_CONTROLLERS.filter((controller) => !there.has(controller));
  return missing.length === 0
    ? null
    : `the control groups of this machine have no hierarchy of version 1 for: ${missing.join(', ')}`;
}

type Hierarchy = { readonly path: string; readonly controllers: readonly string[] };

function hierarchies(): readonly Hierarchy[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup')
    .map(([, path = '', , options = '']) => ({ path, controllers: options.split(',') }));
}

/** A group in each hierarchy, for all boxes of a cluster, with one below it for each box. */
export class CgroupTree {
  readonly #name: string;

  /** @param name `berth-PID-NUMBER`: the process that owns it is in its name */
  constructor(name: string) {
    if (!GROUP_NAME.test(name)) throw new TypeError(`not a name of a group: ${name}`);
    sweepCgroups();
    this.#name = name;
  }

  /** Creates the groups of a box, and returns their `cgroup.procs` files: who writes its number there is in the box. */
  create(box: string): readonly string[] {
    return hierarchies().map(({ path, controllers }) => {
      const parent = join(path, this.#name);
      const group = join(parent, box);
      mkdirSync(group, { recursive: true });
      if (controllers.includes('cpuset')) for (const one of [parent, group]) copyCpus(path, one);
      return join(group, 'cgroup.procs');
    });
  }

  /** Removes all groups; the processes in them have been killed. */
  remove(): void {
    removeGroups(this.#name);
  }

  /** Removes the groups of one box, so that its successor begins with empty ones. */
  removeBox(box: string): void {
    removeGroups(join(this.#name, box));
  }
}

/** A new cpuset has no processors, and takes no process until it has. */
function copyCpus(from: string, to: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems'])
    writeFileSync(join(to, file), readFileSync(join(from, file), 'utf8'));
}

function removeGroups(name: string): void {
  for (const { path } of hierarchies()) removeGroup(join(path, name), REMOVE_ATTEMPTS_MAX);
}

function removeGroup(path: string, attempts: number): void {
  if (!existsSync(path)) return;
  for (const name of readdirSync(path)) {
    const child = join(path, name);
    if (statSync(child, { throwIfNoEntry: false })?.isDirectory()) removeGroup(child, attempts);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      rmdirSync(path);
      return;
    } catch (error) {
      if (!existsSync(path)) return;
      if (attempt >= attempts) throw error;
      pause(REMOVE_INTERVAL_MS);
    }
  }
}

/** Blocks: groups are removed while the process exits, when no timer runs any more. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Removes the groups of processes that are no more. */
export function sweepCgroups(): void {
  const names = new Set(hierarchies().flatMap(({ path }) => readdirSync(path)));
  for (const name of names) {
    const owner = GROUP_NAME.exec(name)?.[1];
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue;
    try {
      removeGroups(name);
    } catch {
      // What a dead owner left running is ended by whoever sweeps its folder; the next sweep removes the group.
    }
  }
}
