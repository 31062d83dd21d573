/** The election's first word is waited for a moment, so that a leader's first list is also its consistent one. */
import type { Clock, Millis } from '../../base/clock.ts';

const FIRST_ELECTION_TIMEOUT: Millis = 300;

export class FirstElection {
  readonly #settled: Promise<void>;
  /** We were elected. */
  settle: () => void = () => {};

  constructor() {
    this.#settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Settles when it was said, or has taken too long. */
  async wait(clock: Clock): Promise<void> {
    let giveUp = (): void => {};
    const timeout = new Promise<void>((resolve) => {
      giveUp = clock.after(FIRST_ELECTION_TIMEOUT, resolve);
    });
    await Promise.race([this.#settled, timeout]);
    giveUp();
  }
}
