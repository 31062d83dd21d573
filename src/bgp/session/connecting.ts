/** The states Idle, Connect and Active: until our OPEN is sent over a connection (RFC 4271 8.2.2). */
import { CEASE, ERROR } from '../wire/codes.ts';
import { newNotification } from '../wire/failure.ts';
import type { Message, Notification } from '../wire/message.ts';
import { retryLater } from './connect-retry.ts';
import type { TransitionDetails } from './events.ts';
import { isConnectionRejected, isVersionError } from './notification-kinds.ts';
import { acceptOpen, rejectMessage } from './opening.ts';
import { receivedNotificationText } from './received-notification.ts';
import {
  type Active,
  type CollidingConnection,
  type Connect,
  type ConnectionId,
  type DelayedOpen,
  localOpen,
} from './session.ts';
import { COLLISION_CEASE, type StepContext, transitionDetails } from './step-context.ts';
import { connectRetryDeadline } from './timers.ts';

/** Refuses an inbound connection that the session does not accept (RFC 4486 4). */
const CONNECTION_REJECTED: Notification = newNotification(ERROR.cease, CEASE.connectionRejected);

type ConnectOrActive = Connect | Active;

export function beginConnecting(context: StepContext, details: TransitionDetails): void {
  const { settings } = context.session;
  if (settings.role === 'listen')
    context.transition({ kind: 'Active', retryAt: null, delayedOpen: null }, details);
  else dial(context, details);
}

/** Starts an outbound connection and the ConnectRetryTimer. */
function dial(context: StepContext, details: TransitionDetails): void {
  const connectionId = context.newConnectionId();
  context.emit({ kind: 'dial', connectionId });
  const retryAt = connectRetryDeadline(context.session.settings, context.now, context.chance);
  context.transition({ kind: 'Connect', connectionId, retryAt, delayedOpen: null }, details);
}

/** ConnectRetryTimer (event 9) and DelayOpenTimer (event 12) expire. */
export function connectingTick(context: StepContext, phase: ConnectOrActive): void {
  const { retryAt, delayedOpen } = phase;
  if (delayedOpen !== null && delayedOpen.openAt <= context.now) {
    sendOpen(context, delayedOpen, transitionDetails('delay-over', 'the delay open timer expired'));
    return;
  }
  if (retryAt === null || retryAt > context.now) return;
  if (phase.kind === 'Connect')
    context.emit({ kind: 'close', connectionId: phase.connectionId, abort: true });
  dial(context, transitionDetails('retried', 'the connect retry timer expired'));
}

/** Our outbound connection is established (event 16). */
export function outboundConnected(
  context: StepContext,
  { connectionId }: Connect,
  localIPv4: number | undefined,
): void {
  context.useLocalAddress(localIPv4);
  const delayedOpen = delayedOpenFor(context, connectionId, true);
  if (delayedOpen !== null)
    context.updatePhase({ kind: 'Connect', connectionId, retryAt: null, delayedOpen });
  else
    sendOpen(
      context,
      { connectionId, isOutbound: true },
      transitionDetails('connected', 'the TCP connection is established'),
    );
}

/** An inbound connection is accepted (event 17). Our own attempt continues, unless an OPEN is delayed. */
export function acceptInbound(
  context: StepContext,
  phase: ConnectOrActive,
  localIPv4: number | undefined,
): void {
  if (phase.delayedOpen?.isOutbound) {
    context.emit({ kind: 'refuse', message: COLLISION_CEASE });
    return;
  }
  context.useLocalAddress(localIPv4);
  const connectionId = context.newConnectionId();
  const delayedOpen = delayedOpenFor(context, connectionId, false);
  if (delayedOpen !== null) {
    const previous = phase.kind === 'Connect' ? phase.connectionId : phase.delayedOpen?.connectionId;
    if (previous !== undefined) context.emit({ kind: 'close', connectionId: previous, abort: true });
    context.emit({ kind: 'adopt', connectionId });
    context.updatePhase(
      phase.kind === 'Connect'
        ? { ...phase, connectionId, retryAt: null, delayedOpen }
        : { ...phase, retryAt: null, delayedOpen },
    );
    return;
  }
  context.emit({ kind: 'adopt', connectionId });
  sendOpen(
    context,
    { connectionId, isOutbound: false },
    transitionDetails('accepted', 'the peer opened a connection'),
    outboundAttempt(context, phase),
  );
}

function outboundAttempt(context: StepContext, phase: ConnectOrActive): CollidingConnection | null {
  if (phase.kind === 'Active') return null;
  const giveUpAt = phase.retryAt ?? context.openingHoldDeadline();
  return { connectionId: phase.connectionId, isOutbound: true, isOpenSent: false, giveUpAt };
}

export const rejectInbound = (context: StepContext): void =>
  context.emit({ kind: 'refuse', message: CONNECTION_REJECTED });

function delayedOpenFor(
  context: StepContext,
  connectionId: ConnectionId,
  isOutbound: boolean,
): DelayedOpen | null {
  const { delayOpen } = context.session.settings;
  return delayOpen === 0 ? null : { connectionId, isOutbound, openAt: context.now + delayOpen };
}

function sendOpen(
  context: StepContext,
  { connectionId, isOutbound }: Pick<DelayedOpen, 'connectionId' | 'isOutbound'>,
  details: TransitionDetails,
  colliding: CollidingConnection | null = null,
): void {
  context.emit({ kind: 'send', connectionId, message: localOpen(context.session) });
  context.transition(
    { kind: 'OpenSent', connectionId, isOutbound, holdAt: context.openingHoldDeadline(), colliding },
    details,
  );
}

/**
 * Our connection attempt failed (event 18). If the peer may connect to us, the session waits in Active, not in Idle, which
 * refuses connections: a peer that cannot be reached, being firewalled or passive, is the one that connects.
 */
export function outboundFailed(context: StepContext, reason: string): void {
  const details = transitionDetails('connect-failed', reason);
  if (context.session.settings.role === 'dial') context.toIdle(details);
  else retryLater(context, details);
}

/** The connection is lost while our OPEN is delayed (event 18). */
export function delayedConnectionLost(context: StepContext, phase: ConnectOrActive, reason: string): void {
  const details = transitionDetails('lost', reason);
  if (phase.kind === 'Active') {
    context.toIdle(details);
    return;
  }
  retryLater(context, details);
}

/** The peer sends first while our OPEN is delayed: its OPEN is answered by ours and a KEEPALIVE (event 20). */
export function receiveBeforeOpen(
  context: StepContext,
  connectionId: ConnectionId,
  isOutbound: boolean,
  message: Message,
): void {
  switch (message.kind) {
    case 'open':
      context.emit({ kind: 'send', connectionId, message: localOpen(context.session) });
      acceptOpen(context, { connectionId, isOutbound, colliding: null }, message);
      return;
    case 'notification': {
      context.closeConnection(connectionId, null);
      const text = receivedNotificationText(context.session.settings, message);
      if (isOutbound && isConnectionRejected(message))
        retryLater(context, transitionDetails('turned-away', text, { received: message }));
      else {
        const details = transitionDetails('notified', text, { received: message });
        context.toIdle(details, isVersionError(message) ? 'does not count' : 'counts');
      }
      return;
    }
    default:
      rejectMessage(context, connectionId, message.kind, 'unspecific');
      return;
  }
}
