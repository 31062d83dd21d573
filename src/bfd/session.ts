/** A BFD session as a value (RFC 5880 6.8.1), and what follows from it: intervals and deadlines. */
import type { Millis } from '../base/clock.ts';
import type { Discriminator } from './packet.ts';
import type { BfdSettings } from './settings.ts';
import type { BfdDiagnostic, BfdSessionState } from './status.ts';

/** What the remote said in its last packet. */
export type RemoteSystem = {
  readonly discriminator: Discriminator;
  readonly state: BfdSessionState;
  readonly diagnostic: BfdDiagnostic;
  /** It asks us not to send periodically while both are up. */
  readonly demand: boolean;
  readonly detectMultiplier: number;
  readonly desiredMinTx: Millis;
  /** 0: it wants no periodic packets. */
  readonly requiredMinRx: Millis;
};

/**
 * The intervals that are in force. They differ from those that our packets announce while a poll sequence is under way: a
 * change that the remote does not know of must not take it, or us, down (RFC 5880 6.8.3).
 */
export type IntervalsInForce = { readonly desiredMinTx: Millis; readonly requiredMinRx: Millis };

/** `again`: the settings changed during the sequence, so another one follows (RFC 5880 6.5). */
export type PollSequence = 'none' | 'sending' | 'again';

export type ReceivedSequence = {
  readonly sequence: number;
  /** Then any number is accepted: nothing was received for twice the detection time (RFC 5880 6.8.1). */
  readonly knownUntil: Millis;
};

export type BfdSession = {
  readonly settings: BfdSettings;
  readonly localDiscriminator: Discriminator;
  readonly state: BfdSessionState;
  readonly diagnostic: BfdDiagnostic;
  /** When the state last changed. */
  readonly changedAt: Millis;
  /** Null before the first packet, and after silence for the detection time. */
  readonly remote: RemoteSystem | null;
  readonly inForce: IntervalsInForce;
  readonly poll: PollSequence;
  /** Sequence number of our next packet (bfd.XmitAuthSeq). */
  readonly sendSequence: number;
  /** Null: any is accepted (bfd.AuthSeqKnown is 0). */
  readonly receivedSequence: ReceivedSequence | null;
  /** ID of the key of the last accepted packet; null where there is none, and after silence. */
  readonly remoteKeyId: number | null;
  /** Null before our first packet. */
  readonly sentAt: Millis | null;
  /** When the next periodic packet is sent; null: none is (RFC 5880 6.8.7). */
  readonly sendAt: Millis | null;
  /** When the last accepted packet arrived; null where there is no remote. */
  readonly heardAt: Millis | null;
};

/** While a session is not up, its DesiredMinTxInterval is this at least (RFC 5880 6.8.3). */
export const SLOW_INTERVAL: Millis = 1000;

/** Jitter takes away up to a quarter of each interval (RFC 5880 6.8.7). */
const JITTER_SHARE = 0.25;
/** With a multiplier of 1, an interval is 90 % at most: else a packet that is not late would arrive too late. */
const SINGLE_PACKET_SHARE_MAX = 0.9;

export type NewBfdSession = {
  readonly settings: BfdSettings;
  /** Unique on this system, random, not 0 (RFC 5880 6.8.1). */
  readonly localDiscriminator: Discriminator;
  /** Random, 32 bits (RFC 5880 6.8.1). */
  readonly sendSequence: number;
  readonly now: Millis;
};

/** A session in Down. An active one sends at once. */
export const newBfdSession = ({
  settings,
  localDiscriminator,
  sendSequence,
  now,
}: NewBfdSession): BfdSession => ({
  settings,
  localDiscriminator,
  state: 'Down',
  diagnostic: 'none',
  changedAt: now,
  remote: null,
  inForce: announcedIntervals(settings, 'Down'),
  poll: 'none',
  sendSequence: sendSequence >>> 0,
  receivedSequence: null,
  remoteKeyId: null,
  sentAt: null,
  sendAt: settings.passive ? null : now,
  heardAt: null,
});

/** What our packets announce in that state. */
export const announcedIntervals = (settings: BfdSettings, state: BfdSessionState): IntervalsInForce => ({
  desiredMinTx: state === 'Up' ? settings.desiredMinTx : Math.max(settings.desiredMinTx, SLOW_INTERVAL),
  requiredMinRx: settings.requiredMinRx,
});

/** Between two periodic packets of ours, before jitter (RFC 5880 6.8.7). */
export const transmitInterval = ({ inForce, remote }: BfdSession): Millis =>
  Math.max(inForce.desiredMinTx, remote?.requiredMinRx ?? 0);

/** Silence of the remote for this long takes the session down (RFC 5880 6.8.4); 0 without a remote. */
export const detectionTime = ({ inForce, remote }: Pick<BfdSession, 'inForce' | 'remote'>): Millis =>
  remote === null ? 0 : remote.detectMultiplier * Math.max(inForce.requiredMinRx, remote.desiredMinTx);

/** When the remote has been silent for the detection time; null where there is no remote. */
export const silentAt = (session: BfdSession): Millis | null =>
  session.heardAt === null ? null : session.heardAt + detectionTime(session);

/** When to send a tick; null: never. */
export function nextBfdDeadline(session: BfdSession): Millis | null {
  const { sendAt } = session;
  const silenceAt = silentAt(session);
  if (sendAt === null || silenceAt === null) return sendAt ?? silenceAt;
  return Math.min(sendAt, silenceAt);
}

/** The transmit interval with jitter; `chance` is in [0, 1). */
export function jitteredInterval(session: BfdSession, chance: number): Millis {
  const most = session.settings.detectMultiplier === 1 ? SINGLE_PACKET_SHARE_MAX : 1;
  const least = 1 - JITTER_SHARE;
  return transmitInterval(session) * (least + (most - least) * chance);
}

/** Whether periodic packets are sent at all (RFC 5880 6.8.7). */
export function sendsPeriodically({ settings, state, remote, poll }: BfdSession): boolean {
  if (remote === null) return !settings.passive;
  if (remote.requiredMinRx === 0) return false;
  const isDemandActive = remote.demand && state === 'Up' && remote.state === 'Up';
  return !isDemandActive || poll !== 'none';
}
