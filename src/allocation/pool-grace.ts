/**
 * Pool grace: Services of a pool that was deleted, or that does not exist, keep their addresses for a grace period. A
 * period ends only in `expire`, which is called while the list of pools is known to be current.
 */
import type { Millis } from '../base/clock.ts';

/** Names of pools whose grace period is over that are remembered; a forgotten one would get a second period. */
const EXPIRED_MAX = 10_000;

export class PoolGrace {
  readonly #gracePeriod: Millis;
  readonly #missingSince = new Map<string, Millis>();
  readonly #expired = new Set<string>();

  /** `gracePeriod` 0: addresses are lost at once, as with MetalLB. */
  constructor(gracePeriod: Millis) {
    this.#gracePeriod = gracePeriod;
  }

  /** The pool is missing; its grace period starts with the first call. */
  markMissing(pool: string, now: Millis): void {
    if (this.#expired.has(pool) || this.#missingSince.has(pool)) return;
    if (this.#gracePeriod <= 0) this.#expired.add(pool);
    else this.#missingSince.set(pool, now);
  }

  /** The pool exists. Returns whether it was missing before. */
  markPresent(pool: string): boolean {
    const wasExpired = this.#expired.delete(pool);
    return this.#missingSince.delete(pool) || wasExpired;
  }

  isInGrace(pool: string, now: Millis): boolean {
    this.markMissing(pool, now);
    return !this.#expired.has(pool);
  }

  /** The pools could not be listed until `since`: a period that runs counts from there. */
  postpone(since: Millis): void {
    for (const [pool, missingAt] of this.#missingSince)
      if (missingAt < since) this.#missingSince.set(pool, since);
  }

  /** Ends the periods that are over, and returns their pools. Only while the list of pools is known to be current. */
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

  /** When the next period ends; null where none runs. */
  nextExpiry(): Millis | null {
    const first = Math.min(...this.#missingSince.values());
    return this.#missingSince.size === 0 ? null : first + this.#gracePeriod;
  }
}
