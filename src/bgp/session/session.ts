/** One session with one peer as a value: the six states of RFC 4271 8.2.2, each with what is true in it. */
import type { Millis } from '../../base/clock.ts';
import type { Open } from '../wire/message.ts';
import { BEFORE_OPEN, type NegotiatedTerms, type ReadTerms, type WriteTerms } from '../wire/negotiated.ts';
import { type BgpSessionSettings, buildOpen } from './settings.ts';

/** Names one connection; never used again. */
export type ConnectionId = number;

/** A point in time at which something is to be done, or null where nothing is. */
export type Deadline = Millis | null;

export type BgpSession = {
  readonly settings: BgpSessionSettings;
  /** In a row, without a session that lasted (ConnectRetryCounter, RFC 4271 8). */
  readonly failures: number;
  readonly nextConnectionId: ConnectionId;
  /** Our OPEN says that we have just been restarted; until the first session stands (RFC 4724 3). */
  readonly isRestarting: boolean;
  /** Our next OPEN is without capabilities, since the peer knows none (RFC 5492 3). */
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

/** `startAt`: IdleHoldTimer; null until somebody starts it. */
export type Idle = { readonly kind: 'Idle'; readonly startAt: Deadline };

/** A connection that is up, and over which the peer may speak first until `openAt` (DelayOpenTimer). */
export type DelayedOpen = {
  readonly connectionId: ConnectionId;
  readonly isOutbound: boolean;
  readonly openAt: Millis;
};

/** We dial `link`, until `retryAt` (ConnectRetryTimer). */
export type Connect = {
  readonly kind: 'Connect';
  readonly connectionId: ConnectionId;
  readonly retryAt: Deadline;
  readonly delayedOpen: DelayedOpen | null;
};

/** We wait for the peer's connection, or until we dial again. */
export type Active = {
  readonly kind: 'Active';
  readonly retryAt: Deadline;
  readonly delayedOpen: DelayedOpen | null;
};

/** A second connection with the same peer, until an OPEN says which of the two goes (RFC 4271 6.8). */
export type CollidingConnection = {
  readonly connectionId: ConnectionId;
  readonly isOutbound: boolean;
  /** Our OPEN is on its way; else it is not up yet. */
  readonly isOpenSent: boolean;
  readonly giveUpAt: Millis;
};

export type OpenSent = {
  readonly kind: 'OpenSent';
  readonly connectionId: ConnectionId;
  /** We dialled it. */
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
  /** SendHoldTimer (RFC 9687): until then something of what waits must have gone out; null: nothing waits. */
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

/** What we say of ourselves now. */
export function localOpen({ settings, isRestarting, withoutCapabilities }: BgpSession): Open {
  const { gracefulRestart: offered } = settings;
  const gracefulRestart = offered === null ? null : { ...offered, restarting: isRestarting };
  const open = buildOpen({ ...settings, gracefulRestart });
  return withoutCapabilities ? { ...open, capabilities: [] } : open;
}

/** How messages of that connection are to be read and written now. */
export function termsOf({ phase }: BgpSession, connectionId: ConnectionId): ReadTerms & WriteTerms {
  const isNegotiated = phase.kind === 'OpenConfirm' || phase.kind === 'Established';
  return isNegotiated && phase.connectionId === connectionId ? phase.negotiated : BEFORE_OPEN;
}

/** All connections that the session holds or dials. */
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

/** Whether messages can come and go over it: what is still dialled cannot. */
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

/** When to send the next tick; null: nothing is waited for. */
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
