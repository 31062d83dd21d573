/** Token bucket: limits an average rate per second, and allows a burst after a quiet time. */
import type { Millis } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';

export type RateLimit = {
  readonly perSecond: number;
  /** Tokens of a full bucket; 1 or more. */
  readonly burst: number;
};

/** Rounding errors of sums are smaller. A caller that waited as long as `take` said must get a token. */
const ROUNDING_TOLERANCE: Millis = 1e-6;

export class TokenBucket {
  readonly #rate: RateLimit;
  /**
   * The state of the bucket as one number: when it will be full again. Each taken token adds the time of one token, so a
   * clock that stands still neither adds nor loses tokens.
   */
  #fullAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(rate: RateLimit) {
    invariant(rate.perSecond > 0 && rate.burst >= 1, 'a rate limit is positive');
    this.#rate = rate;
  }

  /** Takes a token and returns 0; without a token returns the time until there is one. */
  take(now: Millis): Millis {
    const wait = this.wait(now);
    if (wait > 0) return wait;
    this.#fullAt = Math.max(this.#fullAt, now) + this.#tokenInterval;
    return 0;
  }

  /** The time until there is a token; takes none. */
  wait(now: Millis): Millis {
    const burstCredit = (this.#rate.burst - 1) * this.#tokenInterval;
    const wait = this.#fullAt - now - burstCredit;
    return wait > ROUNDING_TOLERANCE ? wait : 0;
  }

  get #tokenInterval(): Millis {
    return 1000 / this.#rate.perSecond;
  }
}
