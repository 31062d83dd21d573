/** Starts a built program as a Pod would run it, and waits for its log lines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** For a profile: `BENCH_NODE_FLAGS=--cpu-prof`. A profile is written only when the program ends by itself. */
export const NODE_FLAGS = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');

export type RunningProgram = {
  readonly child: ChildProcess;
  /** By the clock that the caller passes, as all times here. */
  readonly startedAt: number;
  /** When it wrote its first log line: Node.js runs, the program is loaded, the first request is sent. */
  readonly firstLogAt: Promise<number>;
  /** Resolves at the first log line with this text that is written after the call. */
  loggedAt(text: string): Promise<number>;
  /** Resolves when the process has ended. */
  readonly exited: Promise<void>;
};

/** `args` begin with the verb. Log lines of level error are printed. */
export function startProgram(
  args: readonly string[],
  { environment, now }: { readonly environment: NodeJS.ProcessEnv; readonly now: () => number },
): RunningProgram {
  const startedAt = now();
  const child = spawn(process.execPath, [...NODE_FLAGS, 'dist/berth.mjs', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line.includes('"level":"error"')) process.stderr.write(`${line}\n`);
  });
  const loggedAt = (text: string): Promise<number> =>
    new Promise((resolve) =>
      lines.on('line', (line) => {
        if (line.includes(text)) resolve(now());
      }),
    );
  return {
    child,
    startedAt,
    firstLogAt: loggedAt('"msg"'),
    loggedAt,
    exited: new Promise((resolve) => child.once('exit', () => resolve())),
  };
}
