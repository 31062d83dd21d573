/** Starts the API server in memory as a process of its own: `memory-api.ts`. */
import { type ChildProcess, fork } from 'node:child_process';
import { nextMessage } from './child-message.ts';
import type { MemoryApiOptions } from './memory-api-options.ts';
import { NODE_FLAGS } from './program.ts';

export type MemoryApi = { readonly url: string; readonly child: ChildProcess };

export async function startMemoryApi(options: MemoryApiOptions): Promise<MemoryApi> {
  const child = fork(new URL('./memory-api.ts', import.meta.url), {
    execArgv: ['--import', 'tsx', '--max-old-space-size=6144', ...NODE_FLAGS],
    env: { ...process.env, BENCH_MEMORY: JSON.stringify(options) },
  });
  return { url: String(await nextMessage(child)), child };
}
