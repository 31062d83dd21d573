/** Milliseconds: a duration or a point in time, as the value's name says. */
export type Millis = number;

/**
 * Clock, injected into code that reads the time or waits, so that tests can advance it. Pure code gets points in time as
 * arguments instead.
 */
export interface Clock {
  /** Monotonic time; stops while the machine is suspended. */
  now(): Millis;
  /** Wall-clock time since the Unix epoch; may jump. */
  wall(): Millis;
  /** Calls `run` once after `delay`, unless the returned function cancels it. */
  after(delay: Millis, run: () => void): () => void;
}

/** Settles after `delay`. `pause` ends earlier, by a signal (`abort.ts`). */
export const sleep = (clock: Pick<Clock, 'after'>, delay: Millis): Promise<void> =>
  new Promise((resolve) => void clock.after(delay, resolve));

/** Wall-clock time as RFC 3339 in UTC and whole seconds, the form of `metav1.Time`. */
export const formatRfc3339 = (wall: Millis): string => new Date(wall).toISOString().replace(/\.\d+Z$/, 'Z');
