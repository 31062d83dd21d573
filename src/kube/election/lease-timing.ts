/** Lease durations and deadlines, and the clocks by which leader and standby measure them. */
import type { Clock, Millis } from '../../base/clock.ts';

export type LeaseTiming = {
  /** Other candidates may acquire the lease when it has not changed for this long. */
  readonly leaseDuration: Millis;
  /** The leader stops leading when it could not renew for this long. */
  readonly renewDeadline: Millis;
  /** Between two renewals of a leader, and between two polls of a standby. */
  readonly retryPeriod: Millis;
  /** Of one request. */
  readonly requestTimeout: Millis;
};

/** client-go's defaults, and MetalLB's. */
export const LEASE_TIMING: LeaseTiming = {
  leaseDuration: 15_000,
  renewDeadline: 10_000,
  retryPeriod: 2_000,
  requestTimeout: 4_000,
};

export type Moment = {
  /** Monotonic time: for standbys, since it may run slow and never fast. */
  readonly now: Millis;
  /** Wall time: for the timestamps of a record. */
  readonly wall: Millis;
  /** Time elapsed by whichever clock advanced further: for the leader, since it may run fast and never slow. */
  readonly elapsed: Millis;
};

/** Whether the lease renewed at `since` is still within the renew deadline. */
export const isWithinDeadline = (
  since: Moment,
  { renewDeadline }: LeaseTiming,
  { elapsed }: Moment,
): boolean => elapsed < since.elapsed + renewDeadline;

/**
 * Reads the clocks. Monotonic time stops while the machine is suspended, and wall time may be set back; so between two
 * reads the clock counts that advanced further. Not detected: wall time that is set back between the same two reads as
 * a suspend.
 */
export class Stopwatch {
  readonly #clock: Pick<Clock, 'now' | 'wall'>;
  #last: Moment;

  constructor(clock: Pick<Clock, 'now' | 'wall'>) {
    this.#clock = clock;
    this.#last = { now: clock.now(), wall: clock.wall(), elapsed: 0 };
  }

  read(): Moment {
    const now = this.#clock.now();
    const wall = this.#clock.wall();
    const last = this.#last;
    const elapsed = last.elapsed + Math.max(now - last.now, wall - last.wall);
    this.#last = { now, wall, elapsed };
    return this.#last;
  }
}
