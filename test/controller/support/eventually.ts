/** Waiting for what comes about by itself: no test says how fast, only that it must. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const GENEROUS_MS = 45_000;
const LOOK_EVERY_MS = 40;

/** The first value that `look` gives without throwing. When it never does, its last complaint is thrown. */
export async function eventually<T>(look: () => Promise<T> | T, within = GENEROUS_MS): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    try {
      return await look();
    } catch (complaint) {
      if (performance.now() > deadline) throw complaint;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** Waits until what `look` gives is deeply equal to `expected`. */
export const eventuallyEqual = <T>(look: () => Promise<T> | T, expected: T, within?: number): Promise<void> =>
  eventually(async () => assert.deepEqual(await look(), expected), within);

/** For a time in which nothing may happen: `look` must give the same at its end as at its start. */
export async function unchangedFor<T>(ms: number, look: () => Promise<T>): Promise<T> {
  const before = await look();
  await sleep(ms);
  assert.deepEqual(await look(), before);
  return before;
}
