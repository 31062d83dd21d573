/** Idle, Connect and Active: until there is a connection over which an OPEN has gone out (RFC 4271 8.2.2). */
import { CEASE, ERROR } from '../wire/codes.ts';
import { notification } from '../wire/failure.ts';
import type { Message, Notification } from '../wire/message.ts';
import type { Why } from './event.ts';
import { notifiedText } from './notifiedtext.ts';
import { acceptOpen, refuseMessage } from './opening.ts';
import { type Active, type Connect, type Delayed, type Link, ourOpen, type Rival } from './session.ts';
import { connectDeadline } from './timing.ts';
import { because, COLLISION, type Turn } from './turn.ts';
import { isTurnedAway, isVersionError } from './verdicts.ts';
import { waitAgain } from './waiting.ts';

/** RFC 4486 4: taken from the kernel, and not wished for. */
const REJECTED: Notification = notification(ERROR.cease, CEASE.connectionRejected);

type Waiting = Connect | Active;

export function begin(turn: Turn, why: Why): void {
  const { settings } = turn.session;
  if (settings.role === 'listen') turn.move({ kind: 'Active', retryAt: null, delayed: null }, why);
  else dial(turn, why);
}

/** A new connection, with a new ConnectRetryTimer. */
function dial(turn: Turn, why: Why): void {
  const link = turn.newLink();
  turn.do({ kind: 'dial', link });
  const retryAt = connectDeadline(turn.session.settings, turn.now, turn.chance);
  turn.move({ kind: 'Connect', link, retryAt, delayed: null }, why);
}

/** ConnectRetryTimer (event 9), and DelayOpenTimer (event 12). */
export function waitingTick(turn: Turn, phase: Waiting): void {
  const { retryAt, delayed } = phase;
  if (delayed !== null && delayed.openAt <= turn.now) {
    speakFirst(
      turn,
      delayed.link,
      delayed.ours,
      because('delay-over', 'the peer had its time to speak first'),
    );
    return;
  }
  if (retryAt === null || retryAt > turn.now) return;
  if (phase.kind === 'Connect') turn.do({ kind: 'close', link: phase.link, abort: true });
  dial(turn, because('retried', 'it is time to dial again'));
}

/** What we dialled is up (event 16). */
export function dialled(turn: Turn, { link }: Connect): void {
  const delayed = delayedFor(turn, link, true);
  if (delayed !== null) turn.stay({ kind: 'Connect', link, retryAt: null, delayed });
  else speakFirst(turn, link, true, because('connected', 'the connection is up'));
}

/** The peer has dialled us (event 17). What we dial ourselves goes on, unless there is a time to wait. */
export function takeIn(turn: Turn, phase: Waiting): void {
  if (phase.delayed?.ours) {
    turn.do({ kind: 'refuse', message: COLLISION });
    return;
  }
  const link = turn.newLink();
  const delayed = delayedFor(turn, link, false);
  if (delayed !== null) {
    const former = phase.kind === 'Connect' ? phase.link : phase.delayed?.link;
    if (former !== undefined) turn.do({ kind: 'close', link: former, abort: true });
    turn.do({ kind: 'adopt', link });
    turn.stay(
      phase.kind === 'Connect'
        ? { ...phase, link, retryAt: null, delayed }
        : { ...phase, retryAt: null, delayed },
    );
    return;
  }
  turn.do({ kind: 'adopt', link });
  speakFirst(turn, link, false, because('accepted', 'the peer opened a connection'), dialling(turn, phase));
}

function dialling(turn: Turn, phase: Waiting): Rival | null {
  if (phase.kind === 'Active') return null;
  const giveUpAt = phase.retryAt ?? turn.openingHold();
  return { link: phase.link, ours: true, opened: false, giveUpAt };
}

export const reject = (turn: Turn): void => turn.do({ kind: 'refuse', message: REJECTED });

function delayedFor(turn: Turn, link: Link, ours: boolean): Delayed | null {
  const { delayOpen } = turn.session.settings;
  return delayOpen === 0 ? null : { link, ours, openAt: turn.now + delayOpen };
}

function speakFirst(turn: Turn, link: Link, ours: boolean, why: Why, rival: Rival | null = null): void {
  turn.do({ kind: 'send', link, message: ourOpen(turn.session) });
  turn.move({ kind: 'OpenSent', link, ours, holdAt: turn.openingHold(), rival }, why);
}

/**
 * The dial came to nothing (event 18). One that the peer may dial rests in Active: a peer that cannot be dialled, behind
 * a firewall or passive for its part, is the very one that dials.
 */
export function dialFailed(turn: Turn, says: string): void {
  const why = because('connect-failed', says);
  if (turn.session.settings.role === 'dial') turn.end(why);
  else waitAgain(turn, why);
}

/** The connection went while the peer had its time to speak first (event 18). */
export function waitingLost(turn: Turn, phase: Waiting, says: string): void {
  const why = because('lost', says);
  if (phase.kind === 'Active') {
    turn.end(why);
    return;
  }
  waitAgain(turn, why);
}

/** The peer speaks first: an OPEN is answered by ours and a KEEPALIVE (event 20). */
export function waitingHears(turn: Turn, link: Link, ours: boolean, message: Message): void {
  switch (message.kind) {
    case 'open':
      turn.do({ kind: 'send', link, message: ourOpen(turn.session) });
      acceptOpen(turn, { link, ours, rival: null }, message);
      return;
    case 'notification': {
      turn.dismiss(link, null);
      const says = notifiedText(turn.session.settings, message);
      if (ours && isTurnedAway(message)) waitAgain(turn, because('turned-away', says, { received: message }));
      else {
        const why = because('notified', says, { received: message });
        turn.end(why, isVersionError(message) ? 'does not count' : 'counts');
      }
      return;
    }
    default:
      refuseMessage(turn, link, message.kind, 'unspecific');
      return;
  }
}
