/** The state Established: delivers messages, and runs the hold, keepalive and send hold timers (RFC 4271 8.2.2). */
import { ERROR } from '../wire/codes.ts';
import { newNotification } from '../wire/failure.ts';
import { KEEPALIVE, type Message } from '../wire/message.ts';
import { holdExpired, rejectMessage } from './opening.ts';
import { receivedNotificationText } from './received-notification.ts';
import { type Established, localOpen } from './session.ts';
import { COLLISION_CEASE, type StepContext, transitionDetails } from './step-context.ts';
import { holdDeadline, keepaliveDeadline, sendHoldDeadline } from './timers.ts';

/** HoldTimer (event 10), KeepaliveTimer (event 11) and SendHoldTimer (RFC 9687 4.2) expire. */
export function establishedTick(context: StepContext, phase: Established): void {
  const { now } = context;
  if (phase.holdAt !== null && phase.holdAt <= now) {
    holdExpired(context, phase.connectionId, null);
    return;
  }
  if (phase.sendHoldAt !== null && phase.sendHoldAt <= now) {
    sendHoldExpired(context, phase);
    return;
  }
  if (phase.keepaliveAt === null || phase.keepaliveAt > now) return;
  context.emit({ kind: 'send', connectionId: phase.connectionId, message: KEEPALIVE });
  const keepaliveAt = keepaliveDeadline(phase.negotiated, context.session.settings, now, context.chance);
  context.updatePhase({ ...phase, keepaliveAt });
}

/** Drops the connection with its queue after a NOTIFICATION, which a peer that does not read may never get (RFC 9687 4.3). */
function sendHoldExpired(context: StepContext, { connectionId }: Established): void {
  const sent = newNotification(ERROR.sendHoldTimer, 0);
  context.emit({ kind: 'send', connectionId, message: sent }, { kind: 'close', connectionId, abort: true });
  context.toIdle(
    transitionDetails('send-hold-expired', 'the peer read none of our messages within the send hold time', {
      sent,
    }),
  );
}

/** The write queue changed: restarts the SendHoldTimer, or stops it if the queue is empty (RFC 9687 4.3). */
export function updateSendHold(context: StepContext, phase: Established, hasPending: boolean): void {
  context.updatePhase({
    ...phase,
    sendHoldAt: hasPending ? sendHoldDeadline(phase.negotiated, context.now) : null,
  });
}

export function receiveEstablished(context: StepContext, phase: Established, message: Message): void {
  switch (message.kind) {
    case 'keepalive':
      restartHoldTimer(context, phase);
      return;
    case 'update':
      restartHoldTimer(context, phase);
      context.emit({ kind: 'deliver', message });
      return;
    case 'route-refresh':
      // Ignored unless negotiated (RFC 2918 4). It does not restart the hold timer (RFC 4271 4.2).
      if (phase.negotiated.routeRefresh) context.emit({ kind: 'deliver', message });
      return;
    case 'notification': {
      context.closeConnection(phase.connectionId, null);
      context.toIdle(
        transitionDetails('notified', receivedNotificationText(context.session.settings, message), {
          received: message,
        }),
      );
      return;
    }
    case 'open':
      rejectMessage(context, phase.connectionId, message.kind, 'inEstablished');
      return;
  }
}

const restartHoldTimer = (context: StepContext, phase: Established): void =>
  context.updatePhase({ ...phase, holdAt: holdDeadline(phase.negotiated, context.now) });

/**
 * The peer opens another connection. It is refused (RFC 4271 6.8), unless graceful restart is negotiated: then the peer
 * has restarted, and its new connection replaces the old one (RFC 4724 4.2).
 */
export function acceptWhileEstablished(
  context: StepContext,
  phase: Established,
  localIPv4: number | undefined,
): void {
  if (phase.negotiated.gracefulRestart === null) {
    context.emit({ kind: 'refuse', message: COLLISION_CEASE });
    return;
  }
  context.useLocalAddress(localIPv4);
  const connectionId = context.newConnectionId();
  context.emit(
    { kind: 'close', connectionId: phase.connectionId, abort: true },
    { kind: 'adopt', connectionId },
    { kind: 'send', connectionId, message: localOpen(context.session) },
  );
  const details = transitionDetails('replaced', 'the peer restarted and opened a new connection');
  context.transition(
    {
      kind: 'OpenSent',
      connectionId,
      isOutbound: false,
      holdAt: context.openingHoldDeadline(),
      colliding: null,
    },
    details,
  );
}
