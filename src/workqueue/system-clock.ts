/** The system clock. Its timers do not keep the process alive: sockets and signal handlers do. */
import type { Clock, Millis } from '../base/clock.ts';

/** Node.js runs a timer with a larger delay at once. */
const DELAY_MAX: Millis = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(delay, run) {
    if (delay <= 0) {
      // `setTimeout` rounds a delay of 0 up to a millisecond.
      const immediate = setImmediate(run);
      immediate.unref();
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, Math.min(delay, DELAY_MAX));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
