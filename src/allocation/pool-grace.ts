/**
 * Pools that were deleted, or that a Service names and nobody has. Their Services keep what they have until a
 * grace period is over, and it is only over when somebody says so who can still see the pools.
 */
import type { Millis } from '../base/clock.ts';

/** Names of pools that are remembered as gone for good; an older one would get its grace once more. */
const EXPIRED_MAX = 10_000;

export class PoolGrace {
  readonly #gracePeriod: Millis;
  readonly #missingSince = new Map<string, Millis>();
  readonly #expired = new Set<string>();

  /** `grace` 0: as MetalLB, at once. */
  constructor(gracePeriod: Millis) {
    this.#gracePeriod = gracePeriod;
  }

  /** The pool is missing; from the first time that this is noticed its grace runs. */
  markMissing(pool: string, now: Millis): void {
    if (this.#expired.has(pool) || this.#missingSince.has(pool)) return;
    if (this.#gracePeriod <= 0) this.#expired.add(pool);
    else this.#missingSince.set(pool, now);
  }

  /** It is there, or there again. */
  markPresent(pool: string): boolean {
    const wasExpired = this.#expired.delete(pool);
    return this.#missingSince.delete(pool) || wasExpired;
  }

  isInGrace(pool: string, now: Millis): boolean {
    this.markMissing(pool, now);
    return !this.#expired.has(pool);
  }

  /** The pools could not be seen until then: a grace that runs begins no earlier. */
  postpone(since: Millis): void {
    for (const [pool, missingAt] of this.#missingSince)
      if (missingAt < since) this.#missingSince.set(pool, since);
  }

  /** Ends what is due, and names it. To be called only while the list of pools is known to be current. */
  expire(now: Millis): readonly string[] {
    const due = [...this.#missingSince]
      .filter(([, since]) => now >= since + this.#gracePeriod)
      .map(([pool]) => pool);
    for (const pool of due) {
      this.#missingSince.delete(pool);
      this.#expired.add(pool);
    }
    for (const pool of this.#expired) if (this.#expired.size > EXPIRED_MAX) this.#expired.delete(pool);
    return due;
  }

  /** When the next grace is over; null where none runs. */
  nextExpiry(): Millis | null {
    const first = Math.min(...this.#missingSince.values());
    return this.#missingSince.size === 0 ? null : first + this.#gracePeriod;
  }
}
