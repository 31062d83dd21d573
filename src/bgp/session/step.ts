/**
 * The BGP finite state machine (RFC 4271 8) as a pure function: from a session and an event to the next session and a list
 * of actions. The driver performs the actions in order, and sends a tick when `nextSessionDeadline` is reached.
 *
 * Events of connections that the session no longer has are ignored: they were queued when it closed them.
 */
import type { Millis } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import type { DecodeFailure, Message } from '../wire/message.ts';
import { bfdDown } from './bfd-down.ts';
import { retryLater } from './connect-retry.ts';
import {
  acceptInbound,
  beginConnecting,
  connectingTick,
  delayedConnectionLost,
  outboundConnected,
  outboundFailed,
  receiveBeforeOpen,
  rejectInbound,
} from './connecting.ts';
import {
  acceptWhileEstablished,
  establishedTick,
  receiveEstablished,
  updateSendHold,
} from './established.ts';
import type { SessionAction, SessionEvent } from './events.ts';
import {
  acceptColliding,
  collidingConnected,
  openingTick,
  receiveOnColliding,
  receiveOpening,
} from './opening.ts';
import {
  type BgpSession,
  type ConnectionId,
  connectionIdsOf,
  isConnectionUp,
  nextSessionDeadline,
} from './session.ts';
import { StepContext, transitionDetails } from './step-context.ts';
import { stopSession } from './stop.ts';

export type SessionStep = { readonly session: BgpSession; readonly actions: readonly SessionAction[] };

/** Upper limit of timers that can expire in one step. */
const DUE_TIMERS_MAX = 16;

/** `chance`, in [0, 1), is the source of jitter. */
export function stepSession(
  session: BgpSession,
  event: SessionEvent,
  now: Millis,
  chance: number,
): SessionStep {
  const context = new StepContext(session, now, chance);
  handleEvent(context, event);
  for (let due = 0; isTimerDue(context); due++) {
    invariant(due < DUE_TIMERS_MAX, 'timers of a session keep expiring');
    fireTimer(context);
  }
  return { session: context.session, actions: context.actions };
}

function isTimerDue({ session, now }: StepContext): boolean {
  const at = nextSessionDeadline(session);
  return at !== null && at <= now;
}

function handleEvent(context: StepContext, event: SessionEvent): void {
  switch (event.kind) {
    case 'tick':
      return;
    case 'start':
      startSession(context);
      return;
    case 'stop':
      stopSession(context, event.cease, event.communication);
      return;
    case 'accepted':
      inboundAccepted(context, event.localIPv4);
      return;
    case 'bfd-down':
      bfdDown(context, event.reason);
      return;
    default:
      if (connectionIdsOf(context.session).includes(event.connectionId))
        handleConnectionEvent(context, event);
  }
}

type ConnectionEvent = Extract<SessionEvent, { readonly connectionId: ConnectionId }>;

function handleConnectionEvent(context: StepContext, event: ConnectionEvent): void {
  const up = isConnectionUp(context.session, event.connectionId);
  switch (event.kind) {
    case 'connected':
      outboundUp(context, event.connectionId, event.localIPv4);
      return;
    case 'connect-failed':
    case 'closed':
      connectionLost(context, event.connectionId, event.reason);
      return;
    case 'received':
      if (up) receive(context, event.connectionId, event.message);
      return;
    case 'malformed':
      if (up) receiveMalformed(context, event.connectionId, event.failure);
      return;
    case 'write-progress': {
      const { phase } = context.session;
      if (phase.kind === 'Established') updateSendHold(context, phase, event.hasPending);
    }
  }
}

/** ManualStart and its variants (events 1, 3 to 5): resets the failure count. Ignored except in Idle. */
function startSession(context: StepContext): void {
  if (context.session.phase.kind !== 'Idle') return;
  context.session = { ...context.session, failures: 0 };
  beginConnecting(context, transitionDetails('started', 'the session was started'));
}

function fireTimer(context: StepContext): void {
  const { phase } = context.session;
  switch (phase.kind) {
    case 'Idle':
      beginConnecting(context, transitionDetails('rested', 'the idle hold timer expired'));
      return;
    case 'Connect':
    case 'Active':
      connectingTick(context, phase);
      return;
    case 'OpenSent':
    case 'OpenConfirm':
      openingTick(context, phase);
      return;
    case 'Established':
      establishedTick(context, phase);
      return;
  }
}

function inboundAccepted(context: StepContext, localIPv4: number | undefined): void {
  const { phase, settings } = context.session;
  if (settings.role === 'dial') {
    rejectInbound(context);
    return;
  }
  switch (phase.kind) {
    case 'Idle':
      rejectInbound(context);
      return;
    case 'Connect':
    case 'Active':
      acceptInbound(context, phase, localIPv4);
      return;
    case 'OpenSent':
    case 'OpenConfirm':
      acceptColliding(context, phase);
      return;
    case 'Established':
      acceptWhileEstablished(context, phase, localIPv4);
      return;
  }
}

function outboundUp(context: StepContext, connectionId: ConnectionId, localIPv4: number | undefined): void {
  const { phase } = context.session;
  if (phase.kind === 'Connect' && phase.delayedOpen === null) {
    outboundConnected(context, phase, localIPv4);
    return;
  }
  if (phase.kind !== 'OpenSent') return;
  if (phase.colliding?.connectionId === connectionId && !phase.colliding.isOpenSent)
    collidingConnected(context, phase, phase.colliding);
}

/** TcpConnectionFails (event 18). */
function connectionLost(context: StepContext, connectionId: ConnectionId, reason: string): void {
  const { phase } = context.session;
  context.emit({ kind: 'close', connectionId, abort: true });
  const details = transitionDetails('lost', reason);
  switch (phase.kind) {
    case 'Idle':
      return;
    case 'Connect':
      if (phase.delayedOpen === null) outboundFailed(context, reason);
      else delayedConnectionLost(context, phase, reason);
      return;
    case 'Active':
      delayedConnectionLost(context, phase, reason);
      return;
    case 'Established':
      context.toIdle(details);
      return;
    case 'OpenSent':
    case 'OpenConfirm':
      if (connectionId !== phase.connectionId) {
        context.updatePhase({ ...phase, colliding: null });
        return;
      }
      if (phase.colliding !== null) {
        context.promote(phase.colliding, details);
        return;
      }
      if (phase.kind === 'OpenSent') retryLater(context, details);
      else context.toIdle(details);
      return;
  }
}

function receive(context: StepContext, connectionId: ConnectionId, message: Message): void {
  const { phase } = context.session;
  switch (phase.kind) {
    case 'Connect':
    case 'Active':
      if (phase.delayedOpen !== null)
        receiveBeforeOpen(context, connectionId, phase.delayedOpen.isOutbound, message);
      return;
    case 'OpenSent':
    case 'OpenConfirm':
      if (connectionId === phase.connectionId) {
        receiveOpening(context, phase, message);
        return;
      }
      if (phase.colliding !== null) receiveOnColliding(context, phase, phase.colliding, message);
      return;
    case 'Established':
      receiveEstablished(context, phase, message);
      return;
    case 'Idle':
  }
}

/** A malformed message (events 21, 22 and 28): sends the NOTIFICATION and closes the connection, in every state. */
function receiveMalformed(
  context: StepContext,
  connectionId: ConnectionId,
  { notification, reason }: DecodeFailure,
): void {
  const { phase } = context.session;
  context.closeConnection(connectionId, notification);
  const colliding = phase.kind === 'OpenSent' || phase.kind === 'OpenConfirm' ? phase.colliding : null;
  if (colliding !== null && 'colliding' in phase && connectionId === colliding.connectionId) {
    context.updatePhase({ ...phase, colliding: null });
    return;
  }
  context.dropColliding(colliding);
  context.toIdle(transitionDetails('malformed', reason, { sent: notification }));
}
