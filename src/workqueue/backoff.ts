/**
 * Exponential back-off with jitter: the delay before a retry doubles up to a limit. With the jitter, keys that failed
 * together are not retried together. There is no last retry; a success resets the count.
 */
import type { Millis } from '../base/clock.ts';

export type Backoff = {
  /** The longest delay of the first retry. */
  readonly first: Millis;
  /** The longest delay of any retry. */
  readonly max: Millis;
};

/** More doublings than any limit needs, few enough that 2^n is finite. */
const DOUBLINGS_MAX = 64;

/**
 * The delay before retry `attempt` (0 is the first one), between half of the doubled delay and all of it.
 * `random` is in [0, 1), as `Math.random` returns.
 */
export function backoffDelay(attempt: number, { first, max }: Backoff, random: number): Millis {
  const delay = Math.min(first * 2 ** Math.min(attempt, DOUBLINGS_MAX), max);
  return delay / 2 + (delay / 2) * random;
}

/** Counts the failures in a row of each key. Only keys that failed last need memory. */
export class RetryTracker<K> {
  readonly #failures = new Map<K, number>();
  readonly #backoff: Backoff;
  readonly #random: () => number;

  constructor(backoff: Backoff, random: () => number) {
    this.#backoff = backoff;
    this.#random = random;
  }

  /** Records a failure, and returns the delay before the next retry. */
  recordFailure(key: K): Millis {
    const attempt = this.#failures.get(key) ?? 0;
    this.#failures.set(key, attempt + 1);
    return backoffDelay(attempt, this.#backoff, this.#random());
  }

  /** The key succeeded, or is not retried any more. */
  forget(key: K): void {
    this.#failures.delete(key);
  }

  /** Failures in a row. */
  failureCount(key: K): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The number of keys whose last attempt failed. */
  get size(): number {
    return this.#failures.size;
  }
}
