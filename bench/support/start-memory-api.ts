/** Starts the API server in memory as a process of its own: `memory-api.ts`. */
import { type ChildProcess, fork } from 'node:child_process';
import { nextMessage } from './child-message.ts';
import { NODE_FLAGS } from './program.ts';

export type MemoryApi = { readonly url: string; readonly child: ChildProcess };

export type MemoryApiOptions = {
  /** Receives `ca.crt`. */
  readonly folder: string;
  /** Ordinary Services that have their addresses. */
  readonly services: number;
  /** Services of 840 kB. */
  readonly hostile?: number;
  /** A tenant that can be ordered to change its Services all the time: `churn.ts`. */
  readonly churns?: boolean;
  /** Pools of 85,000 ranges: `many-ranges.ts`. */
  readonly fullPools?: number;
  /** Nodes with speakers, and routers that they have sessions with. */
  readonly nodes?: number;
  readonly routers?: number;
};

export async function startMemoryApi(options: MemoryApiOptions): Promise<MemoryApi> {
  const child = fork(new URL('./memory-api.ts', import.meta.url), {
    execArgv: ['--import', 'tsx', '--max-old-space-size=6144', ...NODE_FLAGS],
    env: { ...process.env, BENCH_MEMORY: JSON.stringify(options) },
  });
  return { url: String(await nextMessage(child)), child };
}
