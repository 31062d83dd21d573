/** How long a leader believes in itself, how long the others wait, and what time is it that they go by. */
import type { Millis } from '../base/clock.ts';

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
  /** Monotonic. */
  readonly now: Millis;
  readonly wall: Millis;
};

/** Whether what was granted at `since` still holds: by both clocks, as the monotonic one stops in suspend. */
export const isFresh = (since: Moment, { renewDeadline }: LeaseTiming, { now, wall }: Moment): boolean =>
  now < since.now + renewDeadline && wall < since.wall + renewDeadline;
