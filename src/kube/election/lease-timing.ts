/** How long a leader believes in itself, how long the others wait, and what time is it that they go by. */
import type { Clock, Millis } from '../../base/clock.ts';

export type LeaseTiming = {
  /** Others may take the lease when it has not changed for so long. */
  readonly leaseDuration: Millis;
  /** The leader stops when it has not been able to renew for so long. */
  readonly renewDeadline: Millis;
  /** Between two renewals, and between two looks of a standby. */
  readonly retryPeriod: Millis;
  /** For one request. */
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
  /** Monotonic: what a standby goes by, since it may run short and never long. */
  readonly now: Millis;
  /** For the times that a record shows. */
  readonly wall: Millis;
  /** By whichever clock ran faster: what a leader goes by, since it may run long and never short. */
  readonly elapsed: Millis;
};

/** Whether what was granted at `since` still holds. */
export const isWithinDeadline = (
  since: Moment,
  { renewDeadline }: LeaseTiming,
  { elapsed }: Moment,
): boolean => elapsed < since.elapsed + renewDeadline;

/**
 * Tells moments. Monotonic time stands still while the machine is suspended and calendars are set back, so
 * between two looks the clock counts that went further. What nobody can notice is a calendar that is set back
 * within the same two looks as a suspend.
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
