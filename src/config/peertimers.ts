/** The times of a BGPPeer, by the rules of MetalLB. */
import type { Millis } from '../base/clock.ts';
import { parseDuration } from './duration.ts';
import { shownText } from './issue.ts';
import type { ObjectReader } from './reader.ts';

/** Null where nobody said anything: then it is the speaker's to choose. */
export type PeerTimers = {
  readonly hold: Millis | null;
  readonly keepalive: Millis | null;
  /** How long to wait between two attempts to connect. */
  readonly connect: Millis | null;
};

const HOLD_LEAST: Millis = 3_000; // RFC 4271 4.2, other than 0
const HOLD_MOST: Millis = 65_535_000; // RFC 4271 4.2: two octets of seconds
const KEEPALIVES_A_HOLD = 3; // RFC 4271 4.4
const CONNECT_LEAST: Millis = 1_000;
const CONNECT_MOST: Millis = 65_535_000;

/** One of hold and keepalive gives the other, a third of it or three times as much. */
export function readTimers(spec: ObjectReader): PeerTimers {
  const hold = readDuration(spec, 'holdTime');
  const keepalive = readDuration(spec, 'keepaliveTime');
  const connect = readDuration(spec, 'connectTime');
  const both = {
    hold: hold ?? (keepalive === null ? null : keepalive * KEEPALIVES_A_HOLD),
    keepalive: keepalive ?? (hold === null ? null : hold / KEEPALIVES_A_HOLD),
  };
  complain(spec, both, { hold, keepalive, connect });
  return { ...both, connect };
}

function complain(
  spec: ObjectReader,
  { hold, keepalive }: Pick<PeerTimers, 'hold' | 'keepalive'>,
  said: PeerTimers,
): void {
  if (hold !== null && hold !== 0 && (hold < HOLD_LEAST || hold > HOLD_MOST)) {
    spec.complain(
      said.hold === null ? 'keepaliveTime' : 'holdTime',
      said.hold === null
        ? 'makes a hold time, three times as long, that is not from 3s to 65535s'
        : 'must be 0s, or from 3s to 65535s',
    );
  }
  if (hold !== null && keepalive !== null && keepalive > hold)
    spec.complain('keepaliveTime', 'must not be longer than holdTime');
  const { connect } = said;
  if (connect === null) return;
  if (connect < CONNECT_LEAST || connect > CONNECT_MOST)
    spec.complain('connectTime', 'must be from 1s to 65535s');
  else if (connect % 1_000 !== 0) spec.complain('connectTime', 'must be a whole number of seconds');
}

function readDuration(spec: ObjectReader, field: string): Millis | null {
  const text = spec.string(field);
  if (text === undefined) return null;
  const duration = parseDuration(text);
  if (duration.ok) return duration.value;
  spec.complain(field, `${shownText(text)} ${duration.error}`);
  return null;
}
