/** When the models of a followed cluster run again: soon after a change, now and then without one, and never most of the time. */
import type { Millis } from '../../../base/clock.ts';

/** Between the end of one run and the begin of the next, at least, where something has changed. */
export const MODEL_INTERVAL_CHANGED: Millis = 2000;
/** The same where nothing has: what the models read is not all watched. */
export const MODEL_INTERVAL: Millis = 10_000;
/** The pause is so many times as long as the run before it: in a large cluster, the models run for a tenth of the time. */
export const MODEL_PAUSE_FACTOR = 9;

export class ModelPace {
  #hasChanged = false;
  #endedAt: Millis;
  #leastPause: Millis = 0;

  /** `endedAt`: when the models have run for the first time, by the monotonic clock. */
  constructor(endedAt: Millis) {
    this.#endedAt = endedAt;
  }

  /** Something that the models read is different. */
  noteChange(): void {
    this.#hasChanged = true;
  }

  isDue(now: Millis): boolean {
    const interval = this.#hasChanged ? MODEL_INTERVAL_CHANGED : MODEL_INTERVAL;
    return now - this.#endedAt >= Math.max(interval, this.#leastPause);
  }

  /** What changes from now on may be missing from the run. */
  begin(): void {
    this.#hasChanged = false;
  }

  end(begunAt: Millis, now: Millis): void {
    this.#endedAt = now;
    this.#leastPause = MODEL_PAUSE_FACTOR * (now - begunAt);
  }
}
