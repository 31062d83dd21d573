/** Timers of a BGPPeer, by MetalLB's rules. */
import type { Millis } from '../base/clock.ts';
import { parseDuration } from './duration.ts';
import { quoteText } from './issue.ts';
import type { ObjectReader } from './object-reader.ts';

/** Null for a timer that is not set: the speaker's default applies. */
export type PeerTimers = {
  readonly hold: Millis | null;
  readonly keepalive: Millis | null;
  /** Timeout of one attempt to connect. */
  readonly connect: Millis | null;
};

const HOLD_MIN: Millis = 3_000; // other than 0
const HOLD_MAX: Millis = 65_535_000; // two octets of seconds

/** RFC 4271 4.2: no hold timer (0), or from 3 to 65535 seconds. */
export const isValidHoldTime = (hold: Millis): boolean =>
  hold === 0 || (hold >= HOLD_MIN && hold <= HOLD_MAX);

/** The end of a sentence for a hold time that is not valid. */
export const HOLD_TIME_ERROR = 'must be 0s, or from 3s to 65535s';

const KEEPALIVES_PER_HOLD = 3; // RFC 4271 4.4
const CONNECT_MIN: Millis = 1_000;
const CONNECT_MAX: Millis = 65_535_000;

/** Of hold and keepalive time, a missing one is derived: a third of the hold time, or three times the keepalive time. */
export function readPeerTimers(spec: ObjectReader): PeerTimers {
  const hold = readDuration(spec, 'holdTime');
  const keepalive = readDuration(spec, 'keepaliveTime');
  const connect = readDuration(spec, 'connectTime');
  const derived = {
    hold: hold ?? (keepalive === null ? null : keepalive * KEEPALIVES_PER_HOLD),
    keepalive: keepalive ?? (hold === null ? null : hold / KEEPALIVES_PER_HOLD),
  };
  checkTimers(spec, derived, { hold, keepalive, connect });
  return { ...derived, connect };
}

function checkTimers(
  spec: ObjectReader,
  { hold, keepalive }: Pick<PeerTimers, 'hold' | 'keepalive'>,
  written: PeerTimers,
): void {
  if (hold !== null && !isValidHoldTime(hold)) {
    spec.addIssue(
      written.hold === null ? 'keepaliveTime' : 'holdTime',
      written.hold === null
        ? 'makes a hold time, three times as long, that is not from 3s to 65535s'
        : HOLD_TIME_ERROR,
    );
  }
  if (hold !== null && keepalive !== null && keepalive > hold)
    spec.addIssue('keepaliveTime', 'must not be longer than holdTime');
  const { connect } = written;
  if (connect === null) return;
  if (connect < CONNECT_MIN || connect > CONNECT_MAX)
    spec.addIssue('connectTime', 'must be from 1s to 65535s');
  else if (connect % 1_000 !== 0) spec.addIssue('connectTime', 'must be a whole number of seconds');
}

/** The duration in a field; null where it is absent, or reported as invalid. */
export function readDuration(spec: ObjectReader, field: string): Millis | null {
  const text = spec.string(field);
  if (text === undefined) return null;
  const duration = parseDuration(text);
  if (duration.ok) return duration.value;
  spec.addIssue(field, `${quoteText(text)} ${duration.error}`);
  return null;
}
