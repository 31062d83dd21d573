/** Established: messages are passed on, and both sides hear of each other often enough (RFC 4271 8.2.2). */
import { ERROR } from '../wire/codes.ts';
import { notification } from '../wire/failure.ts';
import { KEEPALIVE, type Message } from '../wire/message.ts';
import { notifiedText } from './notifiedtext.ts';
import { holdExpired, refuseMessage } from './opening.ts';
import { type Established, ourOpen } from './session.ts';
import { holdDeadline, keepaliveDeadline, sendHoldDeadline } from './timing.ts';
import { because, COLLISION, type Turn } from './turn.ts';

/** HoldTimer, SendHoldTimer, KeepaliveTimer. */
export function establishedTick(turn: Turn, phase: Established): void {
  const { now } = turn;
  if (phase.holdAt !== null && phase.holdAt <= now) {
    holdExpired(turn, phase.link, null);
    return;
  }
  if (phase.sendBy !== null && phase.sendBy <= now) {
    sendHoldExpired(turn, phase);
    return;
  }
  if (phase.keepaliveAt === null || phase.keepaliveAt > now) return;
  turn.do({ kind: 'send', link: phase.link, message: KEEPALIVE });
  const keepaliveAt = keepaliveDeadline(phase.agreement, turn.session.settings, now, turn.chance);
  turn.stay({ ...phase, keepaliveAt });
}

/** RFC 9687 4.3: a peer that does not read will hardly read this; its connection is dropped with what waits there. */
function sendHoldExpired(turn: Turn, { link }: Established): void {
  const sent = notification(ERROR.sendHoldTimer, 0);
  turn.do({ kind: 'send', link, message: sent }, { kind: 'close', link, abort: true });
  turn.end(because('send-hold-expired', 'the peer took nothing of what waited for it', { sent }));
}

/** Something went out, or waits: the SendHoldTimer begins anew, or has nothing to wait for (RFC 9687 4.3). */
export function outflow(turn: Turn, phase: Established, waiting: boolean): void {
  turn.stay({ ...phase, sendBy: waiting ? sendHoldDeadline(phase.agreement, turn.now) : null });
}

export function establishedHears(turn: Turn, phase: Established, message: Message): void {
  switch (message.kind) {
    case 'keepalive':
      heard(turn, phase);
      return;
    case 'update':
      heard(turn, phase);
      turn.do({ kind: 'deliver', message });
      return;
    case 'route-refresh':
      // Of one that was not agreed on nothing is to be made (RFC 2918 4). The hold time is not for it (RFC 4271 4.2).
      if (phase.agreement.routeRefresh) turn.do({ kind: 'deliver', message });
      return;
    case 'notification': {
      turn.dismiss(phase.link, null);
      turn.end(because('notified', notifiedText(turn.session.settings, message), { received: message }));
      return;
    }
    case 'open':
      refuseMessage(turn, phase.link, message.kind, 'inEstablished');
      return;
  }
}

const heard = (turn: Turn, phase: Established): void =>
  turn.stay({ ...phase, holdAt: holdDeadline(phase.agreement, turn.now) });

/**
 * The peer opens another connection. It is turned away (RFC 4271 6.8), unless graceful restart is agreed on: then the
 * peer has been restarted, and the old one is gone for it already (RFC 4724 4.2).
 */
export function anotherConnection(turn: Turn, phase: Established): void {
  if (phase.agreement.gracefulRestart === null) {
    turn.do({ kind: 'refuse', message: COLLISION });
    return;
  }
  const link = turn.newLink();
  turn.do(
    { kind: 'close', link: phase.link, abort: true },
    { kind: 'adopt', link },
    { kind: 'send', link, message: ourOpen(turn.session) },
  );
  const why = because('replaced', 'the peer was restarted and opened a new connection');
  turn.move({ kind: 'OpenSent', link, ours: false, holdAt: turn.openingHold(), rival: null }, why);
}
