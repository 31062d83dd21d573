import type { Folder } from './folder.ts';

/** How soon a test process notices that the runner above it is gone. */
const RUNNER_POLL_INTERVAL_MS = 500;

const folders = new Set<Folder>();
let watching = false;

/**
 * Destroys the folder, with what runs for it, when this process ends: by itself, by an exception or by a signal, or
 * because its runner vanished. (The kernel ends the servers even after kill -9; the next run then removes the files.)
 * The returned function does so now.
 */
export function destroyOnExit(folder: Folder): () => void {
  folders.add(folder);
  watchForExit();
  return () => {
    folders.delete(folder);
    folder.destroy();
  };
}

function destroyAll(): void {
  for (const folder of folders) folder.destroy();
  folders.clear();
}

function watchForExit(): void {
  if (watching) return;
  watching = true;
  process.on('exit', destroyAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      destroyAll();
      process.kill(process.pid, signal); // nobody listens any more: now it ends us, as it would have
    });
  }
  if (process.env['NODE_TEST_CONTEXT'] === undefined) return; // started by hand: its shell may go, the test need not
  const runner = process.ppid;
  setInterval(() => {
    if (process.ppid !== runner) process.exit(1);
  }, RUNNER_POLL_INTERVAL_MS).unref();
}
