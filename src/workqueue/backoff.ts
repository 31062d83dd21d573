/**
 * How long to wait before trying again: twice as long each time up to a limit, with jitter, so that those who
 * failed together do not come back together. Nobody gives up for ever; one success and the count starts anew.
 */
import type { Millis } from '../base/clock.ts';

export type Backoff = {
  /** The longest first wait. */
  readonly first: Millis;
  /** The longest wait of all. */
  readonly max: Millis;
};

/** More doublings than any limit needs, and few enough that 2^n stays finite. */
const DOUBLINGS_MAX = 64;

/**
 * The wait before try `attempt` (0 is the first repetition), between half of what is due and all of it.
 * `random` is in [0, 1), as of `Math.random`.
 */
export function backoffDelay(attempt: number, { first, max }: Backoff, random: number): Millis {
  const delay = Math.min(first * 2 ** Math.min(attempt, DOUBLINGS_MAX), max);
  return delay / 2 + (delay / 2) * random;
}

/** How often in a row each key has failed. Memory goes with the keys that fail just now. */
export class RetryTracker<K> {
  readonly #failures = new Map<K, number>();
  readonly #backoff: Backoff;
  readonly #random: () => number;

  constructor(backoff: Backoff, random: () => number) {
    this.#backoff = backoff;
    this.#random = random;
  }

  /** One more failure; the wait before the next try. */
  recordFailure(key: K): Millis {
    const attempt = this.#failures.get(key) ?? 0;
    this.#failures.set(key, attempt + 1);
    return backoffDelay(attempt, this.#backoff, this.#random());
  }

  /** It worked, or there is nothing left to try. */
  forget(key: K): void {
    this.#failures.delete(key);
  }

  /** Failures in a row. */
  failureCount(key: K): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Keys that failed at their last try. */
  get size(): number {
    return this.#failures.size;
  }
}
