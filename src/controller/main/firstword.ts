/** The election's first word is waited for a moment, so that a leader's first list is also its consistent one. */
import type { Clock, Millis } from '../../base/clock.ts';

const HEARD_WITHIN: Millis = 300;

export class FirstWord {
  readonly #said: Promise<void>;
  /** We were elected. */
  say: () => void = () => {};

  constructor() {
    this.#said = new Promise((resolve) => {
      this.say = resolve;
    });
  }

  /** Settles when it was said, or has taken too long. */
  async heard(clock: Clock): Promise<void> {
    let giveUp = (): void => {};
    const late = new Promise<void>((resolve) => {
      giveUp = clock.after(HEARD_WITHIN, resolve);
    });
    await Promise.race([this.#said, late]);
    giveUp();
  }
}
