/** Waiting for what comes about by itself: no test says how fast, only that it must. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const DEFAULT_TIMEOUT_MS = 45_000;
const POLL_INTERVAL_MS = 40;

/** The first value that `look` gives without throwing. When it never does, its last complaint is thrown. */
export async function eventually<T>(read: () => Promise<T> | T, timeout = DEFAULT_TIMEOUT_MS): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(POLL_INTERVAL_MS);
    }
  }
}

/** Waits until what `look` gives is deeply equal to `expected`. */
export const eventuallyEqual = <T>(
  read: () => Promise<T> | T,
  expected: T,
  timeout?: number,
): Promise<void> => eventually(async () => assert.deepEqual(await read(), expected), timeout);

/** For a time in which nothing may happen: `look` must give the same at its end as at its start. */
export async function unchangedFor<T>(ms: number, read: () => Promise<T>): Promise<T> {
  const before = await read();
  await sleep(ms);
  assert.deepEqual(await read(), before);
  return before;
}
