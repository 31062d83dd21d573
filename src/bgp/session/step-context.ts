/**
 * Mutable context of one step of the state machine: the next session value and the actions, in order. It lives for one
 * call of `stepSession`; outside of it, sessions are immutable values.
 */
import type { Millis } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import { CEASE, ERROR } from '../wire/codes.ts';
import { newNotification } from '../wire/failure.ts';
import type { Notification } from '../wire/message.ts';
import type { SessionAction, TransitionCause, TransitionDetails } from './events.ts';
import { retainsRoutes } from './graceful-restart.ts';
import type { BgpSession, CollidingConnection, ConnectionId, Phase } from './session.ts';
import { idleHoldDeadline, OPENING_HOLD, STABLE_AFTER } from './timers.ts';
import { isTransition } from './transitions.ts';

export class StepContext {
  session: BgpSession;
  readonly actions: SessionAction[] = [];
  readonly now: Millis;
  readonly chance: number;

  constructor(session: BgpSession, now: Millis, chance: number) {
    this.session = session;
    this.now = now;
    this.chance = chance;
  }

  emit(...actions: readonly SessionAction[]): void {
    this.actions.push(...actions);
  }

  newConnectionId(): ConnectionId {
    const connectionId = this.session.nextConnectionId;
    this.session = { ...this.session, nextConnectionId: connectionId + 1 };
    return connectionId;
  }

  /**
   * A connection with that local address is the first that our OPEN goes over: a provisional BGP Identifier becomes the address.
   * Those that collide with it have the same one, since both sides compare it (RFC 4271 6.8).
   */
  useLocalAddress(localIPv4: number | undefined): void {
    const { settings } = this.session;
    if (settings.isRouterIdProvisional !== true || localIPv4 === undefined) return;
    this.session = { ...this.session, settings: { ...settings, routerId: localIPv4 } };
  }

  /** Replaces the phase without a transition. */
  updatePhase(phase: Phase): void {
    this.session = { ...this.session, phase };
  }

  /** Enters a state. Only a change of state emits `state-changed`. */
  transition(phase: Phase, details: TransitionDetails): void {
    const { phase: previous } = this.session;
    const from = previous.kind;
    this.updatePhase(phase);
    if (from === phase.kind) return;
    invariant(
      isTransition(from, phase.kind, details.cause),
      `${from} does not go to ${phase.kind}: ${details.cause}`,
    );
    this.emit({
      kind: 'state-changed',
      from,
      to: phase.kind,
      details,
      retainsRoutes: retainsRoutes(previous, details),
    });
  }

  /** Enters Idle for the idle hold time, or until the next start if the session was stopped. */
  toIdle(
    details: TransitionDetails,
    failureAccounting: 'counts' | 'does not count' | 'stopped' = 'counts',
  ): void {
    const { session, now, chance } = this;
    const { phase, settings } = session;
    const wasStable = phase.kind === 'Established' && now - phase.establishedAt >= STABLE_AFTER;
    const consecutive = wasStable || failureAccounting === 'stopped' ? 0 : session.failures;
    const failures = failureAccounting === 'counts' ? consecutive + 1 : consecutive;
    this.session = { ...session, failures, withoutCapabilities: false };
    const startAt =
      failureAccounting === 'stopped' ? null : idleHoldDeadline(settings, failures, now, chance);
    this.transition({ kind: 'Idle', startAt }, details);
  }

  /** Closes a connection after an optional final NOTIFICATION. */
  closeConnection(connectionId: ConnectionId, notification: Notification | null): void {
    if (notification !== null) this.emit({ kind: 'send', connectionId, message: notification });
    this.emit({ kind: 'close', connectionId, abort: false });
  }

  /** Closes the connection that lost the collision (RFC 4271 6.8). */
  dropColliding(colliding: CollidingConnection | null): void {
    if (colliding === null) return;
    if (colliding.isOpenSent) this.closeConnection(colliding.connectionId, COLLISION_CEASE);
    else this.emit({ kind: 'close', connectionId: colliding.connectionId, abort: true });
  }

  /** The first connection is closed: the colliding one continues alone. */
  promote(
    { connectionId, isOutbound, isOpenSent, giveUpAt }: CollidingConnection,
    details: TransitionDetails,
  ): void {
    if (isOpenSent)
      this.transition(
        { kind: 'OpenSent', connectionId, isOutbound, holdAt: giveUpAt, colliding: null },
        details,
      );
    else this.transition({ kind: 'Connect', connectionId, retryAt: giveUpAt, delayedOpen: null }, details);
  }

  openingHoldDeadline(): Millis {
    return this.now + OPENING_HOLD;
  }
}

/** Connection collision resolution (RFC 4271 6.8, RFC 4486 4). */
export const COLLISION_CEASE: Notification = newNotification(ERROR.cease, CEASE.collision);

export const transitionDetails = (
  cause: TransitionCause,
  text: string,
  notifications: { readonly sent?: Notification | null; readonly received?: Notification } = {},
): TransitionDetails => ({
  cause,
  text,
  sent: notifications.sent ?? null,
  received: notifications.received ?? null,
});
