/** One session with one peer as a value: the six states of RFC 4271 8.2.2, each with what is true in it. */
import type { Millis } from '../../base/clock.ts';
import { type Agreement, BEFORE_OPEN, type ReadTerms, type WriteTerms } from '../wire/agreement.ts';
import type { Open } from '../wire/message.ts';
import { openOf, type Settings } from './settings.ts';

/** Names one connection; never used again. */
export type Link = number;

/** A point in time at which something is to be done, or null where nothing is. */
export type Deadline = Millis | null;

export type Session = {
  readonly settings: Settings;
  /** In a row, without a session that lasted (ConnectRetryCounter, RFC 4271 8). */
  readonly failures: number;
  readonly nextLink: Link;
  /** Our OPEN says that we have just been restarted; until the first session stands (RFC 4724 3). */
  readonly restarted: boolean;
  /** Our next OPEN is without capabilities, since the peer knows none (RFC 5492 3). */
  readonly plain: boolean;
  readonly phase: Phase;
};

export type Phase = Idle | Connect | Active | OpenSent | OpenConfirm | Established;

export type StateName = Phase['kind'];

export const STATES: readonly StateName[] = [
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
export type Delayed = { readonly link: Link; readonly ours: boolean; readonly openAt: Millis };

/** We dial `link`, until `retryAt` (ConnectRetryTimer). */
export type Connect = {
  readonly kind: 'Connect';
  readonly link: Link;
  readonly retryAt: Deadline;
  readonly delayed: Delayed | null;
};

/** We wait for the peer's connection, or until we dial again. */
export type Active = {
  readonly kind: 'Active';
  readonly retryAt: Deadline;
  readonly delayed: Delayed | null;
};

/** A second connection with the same peer, until an OPEN says which of the two goes (RFC 4271 6.8). */
export type Rival = {
  readonly link: Link;
  readonly ours: boolean;
  /** Our OPEN is on its way; else it is not up yet. */
  readonly opened: boolean;
  readonly giveUpAt: Millis;
};

export type OpenSent = {
  readonly kind: 'OpenSent';
  readonly link: Link;
  /** We dialled it. */
  readonly ours: boolean;
  readonly holdAt: Millis;
  readonly rival: Rival | null;
};

/** Both OPENs are known. */
type Agreed = {
  readonly link: Link;
  readonly ours: boolean;
  readonly peer: Open;
  readonly agreement: Agreement;
  readonly holdAt: Deadline;
  readonly keepaliveAt: Deadline;
};

export type OpenConfirm = Agreed & { readonly kind: 'OpenConfirm'; readonly rival: Rival | null };

export type Established = Agreed & {
  readonly kind: 'Established';
  readonly since: Millis;
  /** SendHoldTimer (RFC 9687): until then something of what waits must have gone out; null: nothing waits. */
  readonly sendBy: Deadline;
};

export const newSession = (settings: Settings): Session => ({
  settings,
  failures: 0,
  nextLink: 1,
  restarted: settings.gracefulRestart?.restarting ?? false,
  plain: false,
  phase: { kind: 'Idle', startAt: null },
});

/** What we say of ourselves now. */
export function ourOpen({ settings, restarted, plain }: Session): Open {
  const { gracefulRestart: offered } = settings;
  const gracefulRestart = offered === null ? null : { ...offered, restarting: restarted };
  const open = openOf({ ...settings, gracefulRestart });
  return plain ? { ...open, capabilities: [] } : open;
}

/** How messages of that connection are to be read and written now. */
export function termsOf({ phase }: Session, link: Link): ReadTerms & WriteTerms {
  const agreed = phase.kind === 'OpenConfirm' || phase.kind === 'Established';
  return agreed && phase.link === link ? phase.agreement : BEFORE_OPEN;
}

/** All connections that the session holds or dials. */
export function linksOf({ phase }: Session): readonly Link[] {
  switch (phase.kind) {
    case 'Idle':
      return [];
    case 'Active':
      return phase.delayed === null ? [] : [phase.delayed.link];
    case 'Connect':
    case 'Established':
      return [phase.link];
    case 'OpenSent':
    case 'OpenConfirm':
      return phase.rival === null ? [phase.link] : [phase.link, phase.rival.link];
  }
}

/** Whether messages can come and go over it: what is still dialled cannot. */
export function isUp({ phase }: Session, link: Link): boolean {
  switch (phase.kind) {
    case 'Idle':
      return false;
    case 'Connect':
    case 'Active':
      return phase.delayed?.link === link;
    case 'OpenSent':
    case 'OpenConfirm':
      return phase.link === link || (phase.rival?.link === link && phase.rival.opened);
    case 'Established':
      return phase.link === link;
  }
}

/** When to send the next tick; null: nothing is waited for. */
export function nextDeadline(session: Session): Deadline {
  const all = deadlinesOf(session.phase).filter((at) => at !== null);
  return all.length === 0 ? null : Math.min(...all);
}

function deadlinesOf(phase: Phase): readonly Deadline[] {
  switch (phase.kind) {
    case 'Idle':
      return [phase.startAt];
    case 'Connect':
    case 'Active':
      return [phase.retryAt, phase.delayed?.openAt ?? null];
    case 'OpenSent':
      return [phase.holdAt, phase.rival?.giveUpAt ?? null];
    case 'OpenConfirm':
      return [phase.holdAt, phase.keepaliveAt, phase.rival?.giveUpAt ?? null];
    case 'Established':
      return [phase.holdAt, phase.keepaliveAt, phase.sendBy];
  }
}
