/** The clock of the machine. Its timers never keep the process alive: what must live holds a socket or a signal. */
import type { Clock, Millis } from '../base/clock.ts';

/** Node fires a timer at once when its delay is larger than this, so we never ask for more. */
const DELAY_MAX: Millis = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(delay, run) {
    if (delay <= 0) {
      // A timer of 0 is one of a whole millisecond.
      const immediate = setImmediate(run);
      immediate.unref();
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, Math.min(delay, DELAY_MAX));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
