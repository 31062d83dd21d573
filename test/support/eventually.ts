/**
 * Waits for conditions that come about by themselves. No test says how fast, only that they must: the limit is there to end a
 * test whose condition never comes, and counts only the time that the machine had for us.
 */
import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** On a machine that does nothing else. */
export const WAIT_LIMIT_MS = 120_000;
/** A condition that has not come about by then never will: a test that fails has to end, too. */
const SLOWDOWN_MAX = 4;
const POLL_INTERVAL_MS = 40;
/** For conditions that need a program started to be read. */
const SLOW_POLL_INTERVAL_MS = 150;

/**
 * A limit of waiting, in milliseconds of a quiet machine: where four processes share a core, four seconds pass for each of
 * these. What runs in a process of its own is slowed down as we are.
 */
export class WaitLimit {
  #left: number;
  #readAt = performance.now();

  constructor(milliseconds = WAIT_LIMIT_MS) {
    this.#left = milliseconds;
  }

  /** Whether the time is up. Has to be asked now and then for the load to be known. */
  get isOver(): boolean {
    const now = performance.now();
    this.#left -= (now - this.#readAt) / Math.min(slowdown(), SLOWDOWN_MAX);
    this.#readAt = now;
    return this.#left < 0;
  }
}

/** How many processes want each core, 1 at least. */
const slowdown = (): number => Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

/** `milliseconds` of a quiet machine in milliseconds of this one as it is now, for timers of others. */
export const stretched = (milliseconds: number): number => Math.ceil(milliseconds * slowdown());

export type WaitOptions = {
  /** Milliseconds of a quiet machine. */
  readonly limit?: number;
  /** Milliseconds between two reads. */
  readonly interval?: number;
};

/** Returns the first value that `read` gives without throwing. When the limit is over, its last error is thrown. */
export async function eventually<T>(
  read: () => Promise<T> | T,
  { limit = WAIT_LIMIT_MS, interval = POLL_INTERVAL_MS }: WaitOptions = {},
): Promise<T> {
  const wait = new WaitLimit(limit);
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (wait.isOver) throw error;
      await sleep(interval);
    }
  }
}

/** Waits until what `read` gives is deeply equal to `expected`. */
export const eventuallyEqual = <T>(
  read: () => Promise<T> | T,
  expected: T,
  options?: WaitOptions,
): Promise<void> => eventually(async () => assert.deepEqual(await read(), expected), options);

/** For a time in which nothing may happen: `read` must give the same at its end as at its start. */
export async function unchangedFor<T>(milliseconds: number, read: () => Promise<T>): Promise<T> {
  const before = await read();
  await sleep(milliseconds);
  assert.deepEqual(await read(), before);
  return before;
}

/** The same for conditions that need a program started to be read. */
export const eventuallySlow = <T>(read: () => Promise<T>): Promise<T> =>
  eventually(read, { interval: SLOW_POLL_INTERVAL_MS });
