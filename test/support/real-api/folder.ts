import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * One folder for each running API server, in memory where possible. It holds the data, the logs and a record of
 * who owns it and which processes were started for it, so that a later run can sweep up after an owner that died
 * without a chance to do so, and after nobody else.
 */

/** Docker gives 64 MB of /dev/shm by default; etcd and a benchmark's objects want more room than that. */
const MEMORY_BYTES_MIN = 1024 ** 3;

/** A process id alone may have been given to somebody else meanwhile. */
type ProcessIdentity = { readonly pid: number; readonly startedAt: string };
type OwnerRecord = { readonly owner: ProcessIdentity; readonly children: readonly ProcessIdentity[] };

export type Folder = {
  readonly path: string;
  /** Writes down that `pid` was started for this folder. */
  recordChild(pid: number): void;
  /** Kills what was started for this folder and removes it, in one go, so that it can be done while exiting. */
  destroy(): void;
};

const base = (): string => {
  const name = `berth-testbed-${userInfo().username}`;
  const memory = statfsSync('/dev/shm', { bigint: false });
  return join(memory.bavail * memory.bsize >= MEMORY_BYTES_MIN ? '/dev/shm' : tmpdir(), name);
};

const basePath = (): string => {
  try {
    return base();
  } catch {
    return join(tmpdir(), `berth-testbed-${userInfo().username}`); // no /dev/shm here
  }
};

/** Makes a folder of our own, after sweeping up those whose owners are no more. */
export function makeFolder(): Folder {
  const parent = basePath();
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  sweepFolders(parent);
  const path = mkdtempSync(join(parent, `${process.pid}-`));
  const children: ProcessIdentity[] = [];
  const write = (): void => {
    const record: OwnerRecord = { owner: identityOf(process.pid), children };
    writeFileSync(join(path, 'owner.json'), JSON.stringify(record));
  };
  write();
  return {
    path,
    recordChild(pid) {
      children.push(identityOf(pid));
      write();
    },
    destroy() {
      children.forEach(kill);
      rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    },
  };
}

/** Removes the folders of dead owners, and kills what those left running. */
export function sweepFolders(parent = basePath()): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const record = readRecord(path);
    // Without a record its owner is only just making it, or died in that instant: told apart by the process id in its name.
    const alive = record ? isAlive(record.owner) : startOf(Number.parseInt(name, 10)) !== null;
    if (alive) continue;
    record?.children.forEach(kill);
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}

function readRecord(path: string): OwnerRecord | null {
  try {
    return JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8'));
  } catch {
    return null; // not written yet, or half written: the caller decides by the folder's name
  }
}

const identityOf = (pid: number): ProcessIdentity => ({ pid, startedAt: startOf(pid) ?? '' });

const isAlive = (one: ProcessIdentity): boolean => startOf(one.pid) === one.startedAt;

function kill(one: ProcessIdentity): void {
  if (!isAlive(one)) return;
  try {
    process.kill(one.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended between the look and the kill
  }
}

/** When the process started, in ticks since boot, as text; null when there is none, or only its zombie. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name in brackets may hold anything
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
