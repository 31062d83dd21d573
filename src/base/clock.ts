/** Milliseconds, of a duration or of a point in time; the name of the value says which. */
export type Millis = number;

/**
 * The shape of time. Cores get points in time as arguments; whoever must ask or wait is handed one of these,
 * so that a test can be the one who moves the hands.
 */
export interface Clock {
  /** Monotonic; never goes back, stops while the machine is suspended. */
  now(): Millis;
  /** Since the Unix epoch; may jump. */
  wall(): Millis;
  /** Calls `run` once after `delay`; the returned function cancels it. */
  after(delay: Millis, run: () => void): () => void;
}
