/** Temporary folders of a benchmark: they go with its process, however that ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type BenchFolder = { readonly path: string; remove(): void };

/** By convention, the exit code after a signal. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

const folders = new Set<string>();

/** An empty folder; `remove` is for one that is needed no more before the process ends. */
export function newBenchFolder(): BenchFolder {
  if (folders.size === 0) followProcess();
  const path = mkdtempSync(join(tmpdir(), 'berth-bench-'));
  folders.add(path);
  return { path, remove: () => removeFolder(path) };
}

let isFollowed = false;

function followProcess(): void {
  if (isFollowed) return;
  isFollowed = true;
  process.once('exit', () => {
    for (const path of folders) removeFolder(path);
  });
  for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(code));
}

function removeFolder(path: string): void {
  folders.delete(path);
  rmSync(path, { recursive: true, force: true });
}
