/** How long the timers of a session run. `chance` is in [0, 1). */
import type { Millis } from '../../base/clock.ts';
import { backoffDelay } from '../../workqueue/backoff.ts';
import type { NegotiatedTerms } from '../wire/negotiated.ts';
import type { Deadline } from './session.ts';
import type { BgpSessionSettings } from './settings.ts';

const SECOND: Millis = 1000;

/** Until there is an OPEN to agree on (RFC 4271 8.2.2 proposes 4 minutes). */
export const OPENING_HOLD: Millis = 4 * 60 * SECOND;

/** RFC 9687 6: no peer is given up sooner for not reading. */
export const SEND_HOLD_MIN: Millis = 8 * 60 * SECOND;

/** A session that stood so long was a good one: its end is the first failure of a row. */
export const STABLE_AFTER: Millis = 60 * SECOND;

/** No two KEEPALIVEs in one second (RFC 4271 4.4). */
const KEEPALIVE_INTERVAL_MIN: Millis = SECOND;

/** Between three quarters and all of it (RFC 4271 10), so that those who began together do not go on together. */
const withJitter = (duration: Millis, chance: number): Millis => duration * (0.75 + 0.25 * chance);

/** Not jittered: the peer counts on it. */
export const holdDeadline = ({ holdTime }: NegotiatedTerms, now: Millis): Deadline =>
  holdTime === 0 ? null : now + holdTime * SECOND;

/** Seconds: a third of the hold time (RFC 4271 4.4), or sooner where that is wished; null without a hold time. */
export function keepaliveSeconds(
  { holdTime }: Pick<NegotiatedTerms, 'holdTime'>,
  { keepaliveTime }: Pick<BgpSessionSettings, 'keepaliveTime'>,
): number | null {
  if (holdTime === 0) return null;
  const third = holdTime / 3;
  return keepaliveTime === null || keepaliveTime <= 0 ? third : Math.min(keepaliveTime, third);
}

export function keepaliveDeadline(
  negotiated: NegotiatedTerms,
  settings: BgpSessionSettings,
  now: Millis,
  chance: number,
): Deadline {
  const seconds = keepaliveSeconds(negotiated, settings);
  return seconds === null
    ? null
    : now + Math.max(KEEPALIVE_INTERVAL_MIN, withJitter(seconds * SECOND, chance));
}

export const sendHoldDeadline = ({ holdTime }: NegotiatedTerms, now: Millis): Millis =>
  now + Math.max(SEND_HOLD_MIN, 2 * holdTime * SECOND);

export const connectRetryDeadline = (
  { connectTime }: BgpSessionSettings,
  now: Millis,
  chance: number,
): Millis => now + atLeastOneMilli(withJitter(connectTime, chance));

/** After `failures` in a row. */
export const idleHoldDeadline = (
  { idleHold }: BgpSessionSettings,
  failures: number,
  now: Millis,
  chance: number,
): Millis => now + atLeastOneMilli(backoffDelay(Math.max(failures - 1, 0), idleHold, chance));

/** A timer that is due at once would never let anything else happen. */
const atLeastOneMilli = (duration: Millis): Millis => Math.max(1, duration);
