/**
 * The machine of RFC 4271 8 as one function: what has happened in, the session as it is then and what to do out. It
 * knows no sockets and no clock; whoever drives it does the actions in their order, and sends a tick when
 * `nextDeadline` has come.
 *
 * Events of connections that the session no longer has mean nothing: they were on their way when it let go of them.
 */
import type { Millis } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import type { DecodeFailure, Message } from '../wire/message.ts';
import {
  begin,
  dialFailed,
  dialled,
  reject,
  takeIn,
  waitingHears,
  waitingLost,
  waitingTick,
} from './connecting.ts';
import { anotherConnection, establishedHears, establishedTick, outflow } from './established.ts';
import type { Action, SessionEvent } from './event.ts';
import { openingHears, openingTick, rivalHears, rivalUp, secondConnection } from './opening.ts';
import { isUp, type Link, linksOf, nextDeadline, type Session } from './session.ts';
import { stop } from './stopping.ts';
import { because, Turn } from './turn.ts';
import { waitAgain } from './waiting.ts';

export type Step = { readonly session: Session; readonly actions: readonly Action[] };

/** Timers that one step can find due, one behind the other. */
const DUE_MAX = 16;

/** `chance` in [0, 1) is what jitter is made of. */
export function step(session: Session, event: SessionEvent, now: Millis, chance: number): Step {
  const turn = new Turn(session, now, chance);
  happen(turn, event);
  for (let due = 0; isDue(turn); due++) {
    invariant(due < DUE_MAX, 'timers of a session are due for ever');
    tick(turn);
  }
  return { session: turn.session, actions: turn.actions };
}

function isDue({ session, now }: Turn): boolean {
  const at = nextDeadline(session);
  return at !== null && at <= now;
}

function happen(turn: Turn, event: SessionEvent): void {
  switch (event.kind) {
    case 'tick':
      return;
    case 'start':
      start(turn);
      return;
    case 'stop':
      stop(turn, event.cease, event.communication);
      return;
    case 'accepted':
      accepted(turn);
      return;
    default:
      if (linksOf(turn.session).includes(event.link)) ofLink(turn, event);
  }
}

type LinkEvent = Extract<SessionEvent, { readonly link: Link }>;

function ofLink(turn: Turn, event: LinkEvent): void {
  const up = isUp(turn.session, event.link);
  switch (event.kind) {
    case 'connected':
      connected(turn, event.link);
      return;
    case 'connect-failed':
    case 'closed':
      gone(turn, event.link, event.says);
      return;
    case 'received':
      if (up) hears(turn, event.link, event.message);
      return;
    case 'malformed':
      if (up) malformed(turn, event.link, event.failure);
      return;
    case 'outflow': {
      const { phase } = turn.session;
      if (phase.kind === 'Established') outflow(turn, phase, event.waiting);
    }
  }
}

/** Events 1, 3 to 5: the row of failures begins anew. In any other state it means nothing. */
function start(turn: Turn): void {
  if (turn.session.phase.kind !== 'Idle') return;
  turn.session = { ...turn.session, failures: 0 };
  begin(turn, because('started', 'it was started'));
}

function tick(turn: Turn): void {
  const { phase } = turn.session;
  switch (phase.kind) {
    case 'Idle':
      begin(turn, because('rested', 'it has rested long enough'));
      return;
    case 'Connect':
    case 'Active':
      waitingTick(turn, phase);
      return;
    case 'OpenSent':
    case 'OpenConfirm':
      openingTick(turn, phase);
      return;
    case 'Established':
      establishedTick(turn, phase);
      return;
  }
}

function accepted(turn: Turn): void {
  const { phase, settings } = turn.session;
  if (settings.role === 'dial') {
    reject(turn);
    return;
  }
  switch (phase.kind) {
    case 'Idle':
      reject(turn);
      return;
    case 'Connect':
    case 'Active':
      takeIn(turn, phase);
      return;
    case 'OpenSent':
    case 'OpenConfirm':
      secondConnection(turn, phase);
      return;
    case 'Established':
      anotherConnection(turn, phase);
      return;
  }
}

function connected(turn: Turn, link: Link): void {
  const { phase } = turn.session;
  if (phase.kind === 'Connect' && phase.delayed === null) {
    dialled(turn, phase);
    return;
  }
  if (phase.kind !== 'OpenSent') return;
  if (phase.rival?.link === link && !phase.rival.opened) rivalUp(turn, phase, phase.rival);
}

/** Event 18. */
function gone(turn: Turn, link: Link, says: string): void {
  const { phase } = turn.session;
  turn.do({ kind: 'close', link, abort: true });
  const why = because('lost', says);
  switch (phase.kind) {
    case 'Idle':
      return;
    case 'Connect':
      if (phase.delayed === null) dialFailed(turn, says);
      else waitingLost(turn, phase, says);
      return;
    case 'Active':
      waitingLost(turn, phase, says);
      return;
    case 'Established':
      turn.end(why);
      return;
    case 'OpenSent':
    case 'OpenConfirm':
      if (link !== phase.link) {
        turn.stay({ ...phase, rival: null });
        return;
      }
      if (phase.rival !== null) {
        turn.promote(phase.rival, why);
        return;
      }
      if (phase.kind === 'OpenSent') waitAgain(turn, why);
      else turn.end(why);
      return;
  }
}

function hears(turn: Turn, link: Link, message: Message): void {
  const { phase } = turn.session;
  switch (phase.kind) {
    case 'Connect':
    case 'Active':
      if (phase.delayed !== null) waitingHears(turn, link, phase.delayed.ours, message);
      return;
    case 'OpenSent':
    case 'OpenConfirm':
      if (link === phase.link) {
        openingHears(turn, phase, message);
        return;
      }
      if (phase.rival !== null) rivalHears(turn, phase, phase.rival, message);
      return;
    case 'Established':
      establishedHears(turn, phase, message);
      return;
    case 'Idle':
  }
}

/** Events 21, 22 and 28. Whatever state it is: the other side is told, and the connection closed. */
function malformed(turn: Turn, link: Link, { notification, says }: DecodeFailure): void {
  const { phase } = turn.session;
  turn.dismiss(link, notification);
  const rival = phase.kind === 'OpenSent' || phase.kind === 'OpenConfirm' ? phase.rival : null;
  if (rival !== null && 'rival' in phase && link === rival.link) {
    turn.stay({ ...phase, rival: null });
    return;
  }
  turn.dropRival(rival);
  turn.end(because('malformed', says, { sent: notification }));
}
