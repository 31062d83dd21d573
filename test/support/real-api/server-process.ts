import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from '../../../dev/parts/system.mjs';
import type { Folder } from './folder.ts';

const LOG_LINES_SHOWN = 25;

/** A server that was asked to end and is still there after this long is killed. */
const END_TIMEOUT_MS = 120_000;

/**
 * The kernel tells a child of its parent's death from the moment the child asks for that. A parent that died just
 * before would never be told of: so the child looks, after it has asked, whether its parent is still that one.
 */
const EXEC_UNLESS_ORPHANED = '[ "$PPID" = "$0" ] && exec "$@"';

/** One server process that lives no longer than the test process that started it. */
export type ServerProcess = {
  readonly pid: number;
  /** Null while it runs. */
  exit(): string | null;
  /** Ends it and resolves when it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** The last lines it logged. */
  tail(): string;
};

/**
 * Starts `program` with its output in `<folder>/<name>.log`. The kernel kills it when this process dies, however that
 * happens. It has a session of its own, so that Ctrl-C reaches the test first, which may want it alive to the end.
 */
export function startServerProcess(
  folder: Pick<Folder, 'path' | 'recordChild'>,
  name: string,
  program: string,
  args: readonly string[],
): ServerProcess {
  const logPath = join(folder.path, `${name}.log`);
  const log = openSync(logPath, 'a');
  const deathSignalWrapper = onPath('setpriv')
    ? ['setpriv', '--pdeathsig', 'KILL', 'sh', '-c', EXEC_UNLESS_ORPHANED]
    : [];
  const [first = program, ...rest] = [
    ...deathSignalWrapper,
    ...(deathSignalWrapper.length > 0 ? [`${process.pid}`] : []),
    program,
    ...args,
  ];
  const child = spawn(first, rest, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  child.unref();
  let exit: string | null = null;
  child.on('error', (error) => {
    exit = error.message;
  });
  child.on('exit', (code, signal) => {
    exit = signal ?? `exit code ${code}`;
  });
  if (child.pid === undefined) throw new Error(`${name} could not be started from ${program}`);
  folder.recordChild(child.pid);
  return {
    pid: child.pid,
    exit: () => exit,
    end: (signal) => endChild(child, () => exit, signal),
    tail: () => readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n'),
  };
}

async function endChild(
  child: ChildProcess,
  exit: () => string | null,
  signal: NodeJS.Signals,
): Promise<void> {
  if (exit() !== null) return;
  child.ref();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
  await exited;
  clearTimeout(killer);
}
