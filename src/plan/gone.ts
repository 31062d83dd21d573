/**
 * Pools that were deleted, or that a Service names and nobody has. Their Services keep what they have until a
 * grace period is over, and it is only over when somebody says so who can still see the pools.
 */
import type { Millis } from '../base/clock.ts';

/** Names of pools that are remembered as gone for good; an older one would get its grace once more. */
const ENDED_MAX = 10_000;

export class GonePools {
  readonly #grace: Millis;
  readonly #since = new Map<string, Millis>();
  readonly #ended = new Set<string>();

  /** `grace` 0: as MetalLB, at once. */
  constructor(grace: Millis) {
    this.#grace = grace;
  }

  /** The pool is missing; from the first time that this is noticed its grace runs. */
  missing(pool: string, now: Millis): void {
    if (this.#ended.has(pool) || this.#since.has(pool)) return;
    if (this.#grace <= 0) this.#ended.add(pool);
    else this.#since.set(pool, now);
  }

  /** It is there, or there again. */
  present(pool: string): boolean {
    const wasGone = this.#ended.delete(pool);
    return this.#since.delete(pool) || wasGone;
  }

  inGrace(pool: string, now: Millis): boolean {
    this.missing(pool, now);
    return !this.#ended.has(pool);
  }

  /** The pools could not be seen until then: a grace that runs begins no earlier. */
  postpone(since: Millis): void {
    for (const [pool, began] of this.#since) if (began < since) this.#since.set(pool, since);
  }

  /** Ends what is due, and names it. To be called only while the list of pools is known to be current. */
  end(now: Millis): readonly string[] {
    const due = [...this.#since].filter(([, since]) => now >= since + this.#grace).map(([pool]) => pool);
    for (const pool of due) {
      this.#since.delete(pool);
      this.#ended.add(pool);
    }
    for (const pool of this.#ended) if (this.#ended.size > ENDED_MAX) this.#ended.delete(pool);
    return due;
  }

  /** When the next grace is over; null where none runs. */
  nextEnd(): Millis | null {
    const first = Math.min(...this.#since.values());
    return this.#since.size === 0 ? null : first + this.#grace;
  }
}
