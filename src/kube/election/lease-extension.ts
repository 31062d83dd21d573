/**
 * A lease that is recorded with a longer duration for a while. A leader whose write may take long extends the lease first:
 * then nobody else leads before the write has ended, although the leader is lost meanwhile.
 */
import type { Millis } from '../../base/clock.ts';

type Request = {
  readonly duration: Millis;
  readonly settle: (end: (() => void) | null) => void;
};

export class LeaseExtension {
  readonly #usual: Millis;
  /** Those that did not end yet, whether they are granted or not. */
  readonly #requests = new Set<Request>();
  readonly #waiting = new Set<Request>();

  /** `usual` is the duration without an extension. */
  constructor(usual: Millis) {
    this.#usual = usual;
  }

  /** The duration to record at the next renewal. */
  get wanted(): Millis {
    let longest = this.#usual;
    for (const { duration } of this.#requests) longest = Math.max(longest, duration);
    return longest;
  }

  /**
   * `promised` is the duration that the server has recorded, null where this candidate does not lead. Settles when at least
   * `duration` is recorded, with the function that ends the extension; with null where the leadership is lost before.
   */
  request(duration: Millis, promised: Millis | null): Promise<(() => void) | null> {
    return new Promise((resolve) => {
      const request: Request = { duration, settle: resolve };
      this.#requests.add(request);
      this.#waiting.add(request);
      this.settle(promised);
    });
  }

  /** To be called with each change of what is recorded. */
  settle(promised: Millis | null): void {
    for (const request of this.#waiting) {
      if (promised !== null && promised < request.duration) continue;
      this.#waiting.delete(request);
      const end = (): void => void this.#requests.delete(request);
      if (promised === null) end();
      request.settle(promised === null ? null : end);
    }
  }
}
