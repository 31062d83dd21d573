/** Durations of the session's timers. `chance`, in [0, 1), is the source of jitter. */
import type { Millis } from '../../base/clock.ts';
import { backoffDelay } from '../../workqueue/backoff.ts';
import type { NegotiatedTerms } from '../wire/negotiated.ts';
import type { Deadline } from './session.ts';
import type { BgpSessionSettings } from './settings.ts';

const SECOND: Millis = 1000;

/** HoldTimer before an OPEN is received: RFC 4271 8.2.2 suggests 4 minutes. */
export const OPENING_HOLD: Millis = 4 * 60 * SECOND;

/** Minimum SendHoldTime (RFC 9687 6). */
export const SEND_HOLD_MIN: Millis = 8 * 60 * SECOND;

/** A session established for this long is stable: its end counts as a first failure. */
export const STABLE_AFTER: Millis = 60 * SECOND;

/** At most one KEEPALIVE a second (RFC 4271 4.4). */
const KEEPALIVE_INTERVAL_MIN: Millis = SECOND;

/** Jitter: 75 to 100 % of the duration (RFC 4271 10). */
const withJitter = (duration: Millis, chance: number): Millis => duration * (0.75 + 0.25 * chance);

/** Without jitter: the hold time is negotiated. */
export const holdDeadline = ({ holdTime }: NegotiatedTerms, now: Millis): Deadline =>
  holdTime === 0 ? null : now + holdTime * SECOND;

/** Seconds between KEEPALIVEs: a third of the hold time (RFC 4271 4.4), or less if configured; null without a hold time. */
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

/** Back-off after `failures` consecutive failures. */
export const idleHoldDeadline = (
  { idleHold }: BgpSessionSettings,
  failures: number,
  now: Millis,
  chance: number,
): Millis => now + atLeastOneMilli(backoffDelay(Math.max(failures - 1, 0), idleHold, chance));

/** A timer that expires immediately could starve other events. */
const atLeastOneMilli = (duration: Millis): Millis => Math.max(1, duration);
