/** OpenSent and OpenConfirm: from our OPEN to the peer's first KEEPALIVE (RFC 4271 8.2.2). */
import { ERROR, STATE_ERROR } from '../wire/codes.ts';
import { notification } from '../wire/failure.ts';
import { KEEPALIVE, type Message, type Notification, type Open } from '../wire/message.ts';
import { oursStays } from './collision.ts';
import { notifiedText } from './notifiedtext.ts';
import { reviewOpen } from './reviewopen.ts';
import { type Link, type OpenConfirm, type OpenSent, ourOpen, type Rival } from './session.ts';
import { holdDeadline, keepaliveDeadline } from './timing.ts';
import { because, COLLISION, type Turn } from './turn.ts';
import { isTurnedAway, isVersionError, wantsNoCapabilities } from './verdicts.ts';
import { waitAgain } from './waiting.ts';

type Opening = OpenSent | OpenConfirm;

type Connection = { readonly link: Link; readonly ours: boolean; readonly rival: Rival | null };

/** RFC 4271 6.5. */
const HOLD_EXPIRED: Notification = notification(ERROR.holdTimer, 0);

/** HoldTimer and KeepaliveTimer (events 10 and 11), and a second connection that took too long. */
export function openingTick(turn: Turn, phase: Opening): void {
  const { now } = turn;
  if (phase.holdAt !== null && phase.holdAt <= now) {
    holdExpired(turn, phase.link, phase.rival);
    return;
  }
  if (phase.rival !== null && phase.rival.giveUpAt <= now) {
    turn.dismiss(phase.rival.link, phase.rival.opened ? HOLD_EXPIRED : null);
    turn.stay({ ...phase, rival: null });
    return;
  }
  if (phase.kind === 'OpenSent' || phase.keepaliveAt === null || phase.keepaliveAt > now) return;
  turn.do({ kind: 'send', link: phase.link, message: KEEPALIVE });
  const keepaliveAt = keepaliveDeadline(phase.agreement, turn.session.settings, now, turn.chance);
  turn.stay({ ...phase, keepaliveAt });
}

export function holdExpired(turn: Turn, link: Link, rival: Rival | null): void {
  turn.dismiss(link, HOLD_EXPIRED);
  turn.dropRival(rival);
  const says = 'nothing was heard from the peer for the hold time';
  turn.end(because('hold-expired', says, { sent: HOLD_EXPIRED }));
}

/**
 * A second connection (RFC 4271 6.8): both go on until an OPEN says whose stays. Of two that the peer dialled the new
 * one counts: the old one is gone for it, or it would not have dialled again.
 */
export function secondConnection(turn: Turn, phase: Opening): void {
  const { rival } = phase;
  const link = turn.newLink();
  const former = phase.ours ? rival?.link : phase.link;
  if (former !== undefined) turn.do({ kind: 'close', link: former, abort: true });
  turn.do({ kind: 'adopt', link }, { kind: 'send', link, message: ourOpen(turn.session) });
  const until = turn.openingHold();
  if (phase.ours) turn.stay({ ...phase, rival: { link, ours: false, opened: true, giveUpAt: until } });
  else {
    const why = because(
      'replaced',
      'the peer opened a new connection before the old one had come to anything',
    );
    turn.move({ kind: 'OpenSent', link, ours: false, holdAt: until, rival }, why);
  }
}

/** What we dialled before the peer's connection came is up as well. */
export function rivalUp(turn: Turn, phase: OpenSent, rival: Rival): void {
  turn.do({ kind: 'send', link: rival.link, message: ourOpen(turn.session) });
  turn.stay({ ...phase, rival: { ...rival, opened: true, giveUpAt: turn.openingHold() } });
}

export function openingHears(turn: Turn, phase: Opening, message: Message): void {
  switch (message.kind) {
    case 'notification':
      notified(turn, phase, message);
      return;
    case 'open':
      if (phase.kind === 'OpenSent') {
        acceptOpen(turn, phase, message);
        return;
      }
      break;
    case 'keepalive':
      if (phase.kind === 'OpenConfirm') {
        establish(turn, phase);
        return;
      }
      break;
    default:
  }
  turn.dropRival(phase.rival);
  const inOpenSent = phase.kind === 'OpenSent';
  refuseMessage(turn, phase.link, message.kind, inOpenSent ? 'inOpenSent' : 'inOpenConfirm');
}

/** Only an OPEN or the end is to be heard there; the OPEN decides. */
export function rivalHears(turn: Turn, phase: Opening, rival: Rival, message: Message): void {
  if (message.kind !== 'open') {
    const last = message.kind === 'notification' ? null : unexpected('inOpenSent');
    turn.dismiss(rival.link, last);
    turn.stay({ ...phase, rival: null });
    return;
  }
  const review = reviewOpen(turn.session, message);
  if (!review.ok) {
    turn.dismiss(rival.link, review.error.notification);
    turn.stay({ ...phase, rival: null });
    return;
  }
  if (oursStays(turn.session.settings, message) !== rival.ours) {
    turn.dropRival(rival);
    turn.stay({ ...phase, rival: null });
    return;
  }
  turn.dismiss(phase.link, COLLISION);
  acceptOpen(turn, { link: rival.link, ours: rival.ours, rival: null }, message);
}

/** An OPEN over a connection over which ours went out: a KEEPALIVE says that it is fine (event 19). */
export function acceptOpen(turn: Turn, { link, ours, rival }: Connection, open: Open): void {
  const { settings } = turn.session;
  const review = reviewOpen(turn.session, open);
  if (!review.ok) {
    const { notification: sent, says } = review.error;
    turn.dismiss(link, sent);
    turn.dropRival(rival);
    turn.end(because('bad-open', says, { sent }));
    return;
  }
  if (rival?.opened && oursStays(settings, open) !== ours) {
    turn.dismiss(link, COLLISION);
    turn.promote(rival, because('lost', 'of two connections the other one stays'));
    return;
  }
  turn.dropRival(rival); // one that is not up yet must not open: the peer may stand on this one by then
  const agreement = review.value;
  turn.do({ kind: 'send', link, message: KEEPALIVE });
  const next: OpenConfirm = {
    kind: 'OpenConfirm',
    link,
    ours,
    peer: open,
    agreement,
    holdAt: holdDeadline(agreement, turn.now) ?? turn.openingHold(), // without a hold time it must answer all the same
    keepaliveAt: keepaliveDeadline(agreement, settings, turn.now, turn.chance),
    rival: null,
  };
  turn.move(next, because('open', 'the OPEN of the peer is fine'));
}

/** Event 26. */
function establish(turn: Turn, { rival, ...agreed }: OpenConfirm): void {
  turn.dropRival(rival);
  const holdAt = holdDeadline(agreed.agreement, turn.now);
  turn.session = { ...turn.session, restarted: false };
  const phase = { ...agreed, kind: 'Established', holdAt, since: turn.now, sendBy: null } as const;
  turn.move(phase, because('keepalive', 'both sides have said that the other one is fine'));
}

/** It is not answered (RFC 4271 6.4): where there is another connection, that one goes on. */
function notified(turn: Turn, { kind, link, rival }: Opening, received: Notification): void {
  const { settings, plain } = turn.session;
  const says = notifiedText(settings, received);
  const why = because('notified', says, { received });
  turn.dismiss(link, null);
  if (rival !== null) turn.promote(rival, why);
  else if (kind === 'OpenSent' && isTurnedAway(received)) {
    waitAgain(turn, because('turned-away', says, { received }));
  } else if (wantsNoCapabilities(received) && !plain && settings.families.includes(4)) {
    turn.end(why, 'does not count');
    turn.session = { ...turn.session, plain: true };
  } else turn.end(why, isVersionError(received) ? 'does not count' : 'counts');
}

const unexpected = (state: keyof typeof STATE_ERROR): Notification =>
  notification(ERROR.stateMachine, STATE_ERROR[state]);

/** A message that does not belong there (RFC 6608). */
export function refuseMessage(
  turn: Turn,
  link: Link,
  kind: Message['kind'],
  state: keyof typeof STATE_ERROR,
): void {
  const sent = unexpected(state);
  turn.dismiss(link, sent);
  const says = `the peer sent ${kind.toUpperCase()} while the session was in ${turn.session.phase.kind}`;
  turn.end(because('unexpected', says, { sent }));
}
