/** How long the timers of a session run. `chance` is in [0, 1). */
import type { Millis } from '../../base/clock.ts';
import { backoffDelay } from '../../work/backoff.ts';
import type { Agreement } from '../wire/agreement.ts';
import type { Deadline } from './session.ts';
import type { Settings } from './settings.ts';

const SECOND: Millis = 1000;

/** Until there is an OPEN to agree on (RFC 4271 8.2.2 proposes 4 minutes). */
export const OPENING_HOLD: Millis = 4 * 60 * SECOND;

/** RFC 9687 6: no peer is given up sooner for not reading. */
export const SEND_HOLD_LEAST: Millis = 8 * 60 * SECOND;

/** A session that stood so long was a good one: its end is the first failure of a row. */
export const STABLE_AFTER: Millis = 60 * SECOND;

/** No two KEEPALIVEs in one second (RFC 4271 4.4). */
const KEEPALIVE_LEAST: Millis = SECOND;

/** Between three quarters and all of it (RFC 4271 10), so that those who began together do not go on together. */
const jittered = (duration: Millis, chance: number): Millis => duration * (0.75 + 0.25 * chance);

/** Not jittered: the peer counts on it. */
export const holdDeadline = ({ holdTime }: Agreement, now: Millis): Deadline =>
  holdTime === 0 ? null : now + holdTime * SECOND;

/** Seconds: a third of the hold time (RFC 4271 4.4), or sooner where that is wished; null without a hold time. */
export function keepaliveSeconds(
  { holdTime }: Pick<Agreement, 'holdTime'>,
  { keepaliveTime }: Pick<Settings, 'keepaliveTime'>,
): number | null {
  if (holdTime === 0) return null;
  const third = holdTime / 3;
  return keepaliveTime === null || keepaliveTime <= 0 ? third : Math.min(keepaliveTime, third);
}

export function keepaliveDeadline(
  agreement: Agreement,
  settings: Settings,
  now: Millis,
  chance: number,
): Deadline {
  const seconds = keepaliveSeconds(agreement, settings);
  return seconds === null ? null : now + Math.max(KEEPALIVE_LEAST, jittered(seconds * SECOND, chance));
}

export const sendHoldDeadline = ({ holdTime }: Agreement, now: Millis): Millis =>
  now + Math.max(SEND_HOLD_LEAST, 2 * holdTime * SECOND);

export const connectDeadline = ({ connectTime }: Settings, now: Millis, chance: number): Millis =>
  now + atLeast(jittered(connectTime, chance));

/** After `failures` in a row. */
export const restDeadline = ({ idleHold }: Settings, failures: number, now: Millis, chance: number): Millis =>
  now + atLeast(backoffDelay(Math.max(failures - 1, 0), idleHold, chance));

/** A timer that is due at once would never let anything else happen. */
const atLeast = (duration: Millis): Millis => Math.max(1, duration);
