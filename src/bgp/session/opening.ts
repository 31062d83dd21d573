/** The states OpenSent and OpenConfirm: from our OPEN to the peer's first KEEPALIVE (RFC 4271 8.2.2). */
import { ERROR, STATE_ERROR } from '../wire/codes.ts';
import { newNotification } from '../wire/failure.ts';
import { KEEPALIVE, type Message, type Notification, type Open } from '../wire/message.ts';
import { retryLater } from './connect-retry.ts';
import { isConnectionRejected, isVersionError, rejectsCapabilities } from './notification-kinds.ts';
import { receivedNotificationText } from './received-notification.ts';
import {
  type CollidingConnection,
  type ConnectionId,
  localOpen,
  type OpenConfirm,
  type OpenSent,
} from './session.ts';
import { COLLISION_CEASE, type StepContext, transitionDetails } from './step-context.ts';
import { holdDeadline, keepaliveDeadline } from './timers.ts';
import { validateOpen } from './validate-open.ts';

type OpenSentOrConfirm = OpenSent | OpenConfirm;

type OpenedConnection = {
  readonly connectionId: ConnectionId;
  readonly isOutbound: boolean;
  readonly colliding: CollidingConnection | null;
};

/** RFC 4271 6.5. */
const HOLD_EXPIRED: Notification = newNotification(ERROR.holdTimer, 0);

/** HoldTimer and KeepaliveTimer (events 10 and 11) expire, or the timeout of a colliding connection. */
export function openingTick(context: StepContext, phase: OpenSentOrConfirm): void {
  const { now } = context;
  if (phase.holdAt !== null && phase.holdAt <= now) {
    holdExpired(context, phase.connectionId, phase.colliding);
    return;
  }
  if (phase.colliding !== null && phase.colliding.giveUpAt <= now) {
    context.closeConnection(phase.colliding.connectionId, phase.colliding.isOpenSent ? HOLD_EXPIRED : null);
    context.updatePhase({ ...phase, colliding: null });
    return;
  }
  if (phase.kind === 'OpenSent' || phase.keepaliveAt === null || phase.keepaliveAt > now) return;
  context.emit({ kind: 'send', connectionId: phase.connectionId, message: KEEPALIVE });
  const keepaliveAt = keepaliveDeadline(phase.negotiated, context.session.settings, now, context.chance);
  context.updatePhase({ ...phase, keepaliveAt });
}

export function holdExpired(
  context: StepContext,
  connectionId: ConnectionId,
  colliding: CollidingConnection | null,
): void {
  context.closeConnection(connectionId, HOLD_EXPIRED);
  context.dropColliding(colliding);
  const text = 'no message arrived from the peer within the hold time';
  context.toIdle(transitionDetails('hold-expired', text, { sent: HOLD_EXPIRED }));
}

/**
 * A second connection (RFC 4271 6.8): both continue until an OPEN decides. Of two inbound connections the newer one is
 * kept, since the peer has lost the older one.
 */
export function acceptColliding(context: StepContext, phase: OpenSentOrConfirm): void {
  const { colliding } = phase;
  const connectionId = context.newConnectionId();
  const previous = phase.isOutbound ? colliding?.connectionId : phase.connectionId;
  if (previous !== undefined) context.emit({ kind: 'close', connectionId: previous, abort: true });
  context.emit(
    { kind: 'adopt', connectionId },
    { kind: 'send', connectionId, message: localOpen(context.session) },
  );
  const giveUpAt = context.openingHoldDeadline();
  if (phase.isOutbound)
    context.updatePhase({
      ...phase,
      colliding: { connectionId, isOutbound: false, isOpenSent: true, giveUpAt },
    });
  else {
    const details = transitionDetails(
      'replaced',
      'the peer opened a new connection before the session was established',
    );
    context.transition(
      { kind: 'OpenSent', connectionId, isOutbound: false, holdAt: giveUpAt, colliding },
      details,
    );
  }
}

/** Our outbound connection, started before the peer's arrived, is established too. */
export function collidingConnected(
  context: StepContext,
  phase: OpenSent,
  colliding: CollidingConnection,
): void {
  context.emit({ kind: 'send', connectionId: colliding.connectionId, message: localOpen(context.session) });
  context.updatePhase({
    ...phase,
    colliding: { ...colliding, isOpenSent: true, giveUpAt: context.openingHoldDeadline() },
  });
}

export function receiveOpening(context: StepContext, phase: OpenSentOrConfirm, message: Message): void {
  switch (message.kind) {
    case 'notification':
      notificationReceived(context, phase, message);
      return;
    case 'open':
      if (phase.kind === 'OpenSent') {
        acceptOpen(context, phase, message);
        return;
      }
      break;
    case 'keepalive':
      if (phase.kind === 'OpenConfirm') {
        establish(context, phase);
        return;
      }
      break;
    default:
  }
  context.dropColliding(phase.colliding);
  const inOpenSent = phase.kind === 'OpenSent';
  rejectMessage(context, phase.connectionId, message.kind, inOpenSent ? 'inOpenSent' : 'inOpenConfirm');
}

/** A message on the colliding connection: only an OPEN is expected, and it resolves the collision. */
export function receiveOnColliding(
  context: StepContext,
  phase: OpenSentOrConfirm,
  colliding: CollidingConnection,
  message: Message,
): void {
  if (message.kind !== 'open') {
    const notification = message.kind === 'notification' ? null : unexpectedMessage('inOpenSent');
    context.closeConnection(colliding.connectionId, notification);
    context.updatePhase({ ...phase, colliding: null });
    return;
  }
  const validated = validateOpen(context.session, message);
  if (!validated.ok) {
    context.closeConnection(colliding.connectionId, validated.error.notification);
    context.updatePhase({ ...phase, colliding: null });
    return;
  }
  if (keepsOutbound(context.session.settings, message) !== colliding.isOutbound) {
    context.dropColliding(colliding);
    context.updatePhase({ ...phase, colliding: null });
    return;
  }
  context.closeConnection(phase.connectionId, COLLISION_CEASE);
  acceptOpen(
    context,
    { connectionId: colliding.connectionId, isOutbound: colliding.isOutbound, colliding: null },
    message,
  );
}

type OpenIdentity = Pick<Open, 'routerId' | 'asn'>;

/** Whether our outbound connection wins a collision: the higher BGP Identifier, or the higher AS on a tie (RFC 6286 2.3). */
function keepsOutbound(local: OpenIdentity, peer: OpenIdentity): boolean {
  if (local.routerId !== peer.routerId) return local.routerId > peer.routerId;
  return local.asn > peer.asn;
}

/** The peer's OPEN arrives after ours was sent: a KEEPALIVE acknowledges it (event 19). */
export function acceptOpen(
  context: StepContext,
  { connectionId, isOutbound, colliding }: OpenedConnection,
  open: Open,
): void {
  const { settings } = context.session;
  const validated = validateOpen(context.session, open);
  if (!validated.ok) {
    const { notification: sent, reason } = validated.error;
    context.closeConnection(connectionId, sent);
    context.dropColliding(colliding);
    context.toIdle(transitionDetails('bad-open', reason, { sent }));
    return;
  }
  if (colliding?.isOpenSent && keepsOutbound(settings, open) !== isOutbound) {
    context.closeConnection(connectionId, COLLISION_CEASE);
    context.promote(
      colliding,
      transitionDetails('lost', 'connection collision: the other connection is kept'),
    );
    return;
  }
  context.dropColliding(colliding); // it must not send an OPEN later: the peer may have established this connection by then
  const negotiated = validated.value;
  context.emit({ kind: 'send', connectionId, message: KEEPALIVE });
  const next: OpenConfirm = {
    kind: 'OpenConfirm',
    connectionId,
    isOutbound,
    peerOpen: open,
    negotiated,
    holdAt: holdDeadline(negotiated, context.now) ?? context.openingHoldDeadline(), // without a hold time, the peer still has to answer
    keepaliveAt: keepaliveDeadline(negotiated, settings, context.now, context.chance),
    colliding: null,
  };
  context.transition(next, transitionDetails('open', "the peer's OPEN was accepted"));
}

/** A KEEPALIVE arrives in OpenConfirm (event 26). */
function establish(context: StepContext, { colliding, ...negotiatedState }: OpenConfirm): void {
  context.dropColliding(colliding);
  const holdAt = holdDeadline(negotiatedState.negotiated, context.now);
  context.session = { ...context.session, isRestarting: false };
  const phase = {
    ...negotiatedState,
    kind: 'Established',
    holdAt,
    establishedAt: context.now,
    sendHoldAt: null,
  } as const;
  context.transition(phase, transitionDetails('keepalive', 'the peer accepted our OPEN'));
}

/** A NOTIFICATION is never answered (RFC 4271 6.4). A colliding connection, if any, takes over. */
function notificationReceived(
  context: StepContext,
  { kind, connectionId, colliding }: OpenSentOrConfirm,
  received: Notification,
): void {
  const { settings, withoutCapabilities } = context.session;
  const text = receivedNotificationText(settings, received);
  const details = transitionDetails('notified', text, { received });
  context.closeConnection(connectionId, null);
  if (colliding !== null) context.promote(colliding, details);
  else if (kind === 'OpenSent' && isConnectionRejected(received)) {
    retryLater(context, transitionDetails('turned-away', text, { received }));
  } else if (rejectsCapabilities(received) && !withoutCapabilities && settings.families.includes(4)) {
    context.toIdle(details, 'does not count');
    context.session = { ...context.session, withoutCapabilities: true };
  } else context.toIdle(details, isVersionError(received) ? 'does not count' : 'counts');
}

const unexpectedMessage = (state: keyof typeof STATE_ERROR): Notification =>
  newNotification(ERROR.stateMachine, STATE_ERROR[state]);

/** Ends the session after a message that is unexpected in its state (RFC 6608). */
export function rejectMessage(
  context: StepContext,
  connectionId: ConnectionId,
  kind: Message['kind'],
  state: keyof typeof STATE_ERROR,
): void {
  const sent = unexpectedMessage(state);
  context.closeConnection(connectionId, sent);
  const text = `the peer sent ${kind.toUpperCase()} while the session was in ${context.session.phase.kind}`;
  context.toIdle(transitionDetails('unexpected', text, { sent }));
}
