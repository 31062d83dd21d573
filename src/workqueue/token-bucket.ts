/** A token bucket: so many a second on average, and so many at once after a quiet while. */
import type { Millis } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';

export type RateLimit = {
  readonly perSecond: number;
  /** How many may go at once; 1 or more. */
  readonly burst: number;
};

/** Sums of fractions of a millisecond are off by less than this; who waited as long as told must not wait again. */
const ROUNDING_TOLERANCE: Millis = 1e-6;

export class TokenBucket {
  readonly #rate: RateLimit;
  /**
   * The bucket as one number: when it will be full again. Each token taken moves it on by the time that one
   * token needs, and a clock that stands still can neither add nor lose any.
   */
  #fullAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(rate: RateLimit) {
    invariant(rate.perSecond > 0 && rate.burst >= 1, 'a rate lets something through');
    this.#rate = rate;
  }

  /** 0: a token was there and has been taken. Otherwise none was taken, and one will be there after that long. */
  take(now: Millis): Millis {
    const wait = this.wait(now);
    if (wait > 0) return wait;
    this.#fullAt = Math.max(this.#fullAt, now) + this.#tokenInterval;
    return 0;
  }

  /** How long until a token is there; takes none. */
  wait(now: Millis): Millis {
    const burstCredit = (this.#rate.burst - 1) * this.#tokenInterval;
    const wait = this.#fullAt - now - burstCredit;
    return wait > ROUNDING_TOLERANCE ? wait : 0;
  }

  get #tokenInterval(): Millis {
    return 1000 / this.#rate.perSecond;
  }
}
