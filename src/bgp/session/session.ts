/** A BGP session with one peer as a value: a union of the six states of RFC 4271 8.2.2. */
import type { Millis } from '../../base/clock.ts';
import type { Open } from '../wire/message.ts';
import { BEFORE_OPEN, type NegotiatedTerms, type ReadTerms, type WriteTerms } from '../wire/negotiated.ts';
import { type BgpSessionSettings, buildOpen } from './settings.ts';

/** Identifies a connection; never reused. */
export type ConnectionId = number;

/** When a timer expires; null if it is not running. */
export type Deadline = Millis | null;

export type BgpSession = {
  readonly settings: BgpSessionSettings;
  /** Consecutive failures without a stable session (ConnectRetryCounter, RFC 4271 8). */
  readonly failures: number;
  readonly nextConnectionId: ConnectionId;
  /** Our OPEN has the R bit, until the first session is established (RFC 4724 3). */
  readonly isRestarting: boolean;
  /** Our next OPEN has no capabilities, since the peer does not support them (RFC 5492 3). */
  readonly withoutCapabilities: boolean;
  readonly phase: Phase;
};

export type Phase = Idle | Connect | Active | OpenSent | OpenConfirm | Established;

export type StateName = Phase['kind'];

export const SESSION_STATES: readonly StateName[] = [
  'Idle',
  'Connect',
  'Active',
  'OpenSent',
  'OpenConfirm',
  'Established',
];

/** `startAt`: IdleHoldTimer; null until the session is started. */
export type Idle = { readonly kind: 'Idle'; readonly startAt: Deadline };

/** An established TCP connection on which our OPEN is delayed until `openAt` (DelayOpenTimer). */
export type DelayedOpen = {
  readonly connectionId: ConnectionId;
  readonly isOutbound: boolean;
  readonly openAt: Millis;
};

/** Outbound connection attempt, until `retryAt` (ConnectRetryTimer). */
export type Connect = {
  readonly kind: 'Connect';
  readonly connectionId: ConnectionId;
  readonly retryAt: Deadline;
  readonly delayedOpen: DelayedOpen | null;
};

/** Waits for an inbound connection, or for the next attempt at `retryAt`. */
export type Active = {
  readonly kind: 'Active';
  readonly retryAt: Deadline;
  readonly delayedOpen: DelayedOpen | null;
};

/** A second connection with the same peer, until an OPEN resolves the collision (RFC 4271 6.8). */
export type CollidingConnection = {
  readonly connectionId: ConnectionId;
  readonly isOutbound: boolean;
  /** Our OPEN was sent; else the connection is not established yet. */
  readonly isOpenSent: boolean;
  readonly giveUpAt: Millis;
};

export type OpenSent = {
  readonly kind: 'OpenSent';
  readonly connectionId: ConnectionId;
  /** We opened the connection. */
  readonly isOutbound: boolean;
  readonly holdAt: Millis;
  readonly colliding: CollidingConnection | null;
};

/** Both OPENs are known. */
type NegotiatedState = {
  readonly connectionId: ConnectionId;
  readonly isOutbound: boolean;
  readonly peerOpen: Open;
  readonly negotiated: NegotiatedTerms;
  readonly holdAt: Deadline;
  readonly keepaliveAt: Deadline;
};

export type OpenConfirm = NegotiatedState & {
  readonly kind: 'OpenConfirm';
  readonly colliding: CollidingConnection | null;
};

export type Established = NegotiatedState & {
  readonly kind: 'Established';
  readonly establishedAt: Millis;
  /** SendHoldTimer (RFC 9687): the write queue must make progress until then; null: it is empty. */
  readonly sendHoldAt: Deadline;
};

export const newSession = (settings: BgpSessionSettings): BgpSession => ({
  settings,
  failures: 0,
  nextConnectionId: 1,
  isRestarting: settings.gracefulRestart?.restarting ?? false,
  withoutCapabilities: false,
  phase: { kind: 'Idle', startAt: null },
});

/** The OPEN that we send now. */
export function localOpen({ settings, isRestarting, withoutCapabilities }: BgpSession): Open {
  const { gracefulRestart: offered } = settings;
  const gracefulRestart = offered === null ? null : { ...offered, restarting: isRestarting };
  const open = buildOpen({ ...settings, gracefulRestart });
  return withoutCapabilities ? { ...open, capabilities: [] } : open;
}

/** Terms for decoding and encoding messages on that connection now. */
export function termsOf({ phase }: BgpSession, connectionId: ConnectionId): ReadTerms & WriteTerms {
  const isNegotiated = phase.kind === 'OpenConfirm' || phase.kind === 'Established';
  return isNegotiated && phase.connectionId === connectionId ? phase.negotiated : BEFORE_OPEN;
}

/** All connections of the session, including attempts. */
export function connectionIdsOf({ phase }: BgpSession): readonly ConnectionId[] {
  switch (phase.kind) {
    case 'Idle':
      return [];
    case 'Active':
      return phase.delayedOpen === null ? [] : [phase.delayedOpen.connectionId];
    case 'Connect':
    case 'Established':
      return [phase.connectionId];
    case 'OpenSent':
    case 'OpenConfirm':
      return phase.colliding === null
        ? [phase.connectionId]
        : [phase.connectionId, phase.colliding.connectionId];
  }
}

/** Whether the connection is established, not a pending attempt. */
export function isConnectionUp({ phase }: BgpSession, connectionId: ConnectionId): boolean {
  switch (phase.kind) {
    case 'Idle':
      return false;
    case 'Connect':
    case 'Active':
      return phase.delayedOpen?.connectionId === connectionId;
    case 'OpenSent':
    case 'OpenConfirm':
      return (
        phase.connectionId === connectionId ||
        (phase.colliding?.connectionId === connectionId && phase.colliding.isOpenSent)
      );
    case 'Established':
      return phase.connectionId === connectionId;
  }
}

/** When the HoldTimer expires: the peer is judged silent then. */
export const silentAt = ({ phase }: BgpSession): Deadline => ('holdAt' in phase ? phase.holdAt : null);

/** When the next timer expires; null if none is running. */
export function nextSessionDeadline(session: BgpSession): Deadline {
  const all = deadlinesOf(session.phase).filter((at) => at !== null);
  return all.length === 0 ? null : Math.min(...all);
}

function deadlinesOf(phase: Phase): readonly Deadline[] {
  switch (phase.kind) {
    case 'Idle':
      return [phase.startAt];
    case 'Connect':
    case 'Active':
      return [phase.retryAt, phase.delayedOpen?.openAt ?? null];
    case 'OpenSent':
      return [phase.holdAt, phase.colliding?.giveUpAt ?? null];
    case 'OpenConfirm':
      return [phase.holdAt, phase.keepaliveAt, phase.colliding?.giveUpAt ?? null];
    case 'Established':
      return [phase.holdAt, phase.keepaliveAt, phase.sendHoldAt];
  }
}
