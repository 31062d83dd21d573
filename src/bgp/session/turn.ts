/**
 * One step while it is taken: the session as it becomes, and what is to be done, in order. It lives for one call of
 * `step`; outside of that, sessions are values.
 */
import type { Millis } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import { CEASE, ERROR } from '../wire/codes.ts';
import { notification } from '../wire/failure.ts';
import type { Notification } from '../wire/message.ts';
import type { Action, Cause, Why } from './event.ts';
import { routesStay } from './restart.ts';
import type { Link, Phase, Rival, Session } from './session.ts';
import { OPENING_HOLD, restDeadline, STABLE_AFTER } from './timing.ts';
import { isTransition } from './transitions.ts';

export class Turn {
  session: Session;
  readonly actions: Action[] = [];
  readonly now: Millis;
  readonly chance: number;

  constructor(session: Session, now: Millis, chance: number) {
    this.session = session;
    this.now = now;
    this.chance = chance;
  }

  do(...actions: readonly Action[]): void {
    this.actions.push(...actions);
  }

  newLink(): Link {
    const link = this.session.nextLink;
    this.session = { ...this.session, nextLink: link + 1 };
    return link;
  }

  /** The same state with something else in it. */
  stay(phase: Phase): void {
    this.session = { ...this.session, phase };
  }

  /** Into another state, or once more into this one: only a change of its name is told. */
  move(phase: Phase, why: Why): void {
    const { phase: before } = this.session;
    const from = before.kind;
    this.stay(phase);
    if (from === phase.kind) return;
    invariant(
      isTransition(from, phase.kind, why.cause),
      `${from} does not go to ${phase.kind}: ${why.cause}`,
    );
    this.do({ kind: 'moved', from, to: phase.kind, why, routesStay: routesStay(before, why) });
  }

  /** It is over, for as long as it has to rest; whoever stopped it wants it to stay so. */
  end(why: Why, counts: 'counts' | 'does not count' | 'stopped' = 'counts'): void {
    const { session, now, chance } = this;
    const { phase, settings } = session;
    const stood = phase.kind === 'Established' && now - phase.since >= STABLE_AFTER;
    const inRow = stood || counts === 'stopped' ? 0 : session.failures;
    const failures = counts === 'counts' ? inRow + 1 : inRow;
    this.session = { ...session, failures, plain: false };
    const startAt = counts === 'stopped' ? null : restDeadline(settings, failures, now, chance);
    this.move({ kind: 'Idle', startAt }, why);
  }

  /** Closes a connection, behind a last word. */
  dismiss(link: Link, last: Notification | null): void {
    if (last !== null) this.do({ kind: 'send', link, message: last });
    this.do({ kind: 'close', link, abort: false });
  }

  /** The peer's second connection, or ours, has lost (RFC 4271 6.8). */
  dropRival(rival: Rival | null): void {
    if (rival === null) return;
    if (rival.opened) this.dismiss(rival.link, COLLISION);
    else this.do({ kind: 'close', link: rival.link, abort: true });
  }

  /** The first connection is gone: the second goes on alone. */
  promote({ link, ours, opened, giveUpAt }: Rival, why: Why): void {
    if (opened) this.move({ kind: 'OpenSent', link, ours, holdAt: giveUpAt, rival: null }, why);
    else this.move({ kind: 'Connect', link, retryAt: giveUpAt, delayed: null }, why);
  }

  openingHold(): Millis {
    return this.now + OPENING_HOLD;
  }
}

/** RFC 4486 4, RFC 4271 6.8. */
export const COLLISION: Notification = notification(ERROR.cease, CEASE.collision);

export const because = (
  cause: Cause,
  says: string,
  notifications: { readonly sent?: Notification | null; readonly received?: Notification } = {},
): Why => ({ cause, says, sent: notifications.sent ?? null, received: notifications.received ?? null });
