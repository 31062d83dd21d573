/** ManualStop (event 2): sends a Cease on each connection with an OPEN; the session stays in Idle until it is started. */
import type { Notification } from '../wire/message.ts';
import { newCease } from '../wire/notification.ts';
import { outgoingCease } from './graceful-restart.ts';
import { connectionIdsOf, isConnectionUp } from './session.ts';
import { type StepContext, transitionDetails } from './step-context.ts';

export function stopSession(context: StepContext, cease: number | null, communication: string): void {
  const { session } = context;
  const { phase } = session;
  const isConnecting = phase.kind === 'Connect' || phase.kind === 'Active';
  const ceaseMessage = cease === null ? null : outgoingCease(phase, newCease(cease, communication));
  let sent: Notification | null = null;
  for (const connectionId of connectionIdsOf(session)) {
    const notification = isConnectionUp(session, connectionId) && !isConnecting ? ceaseMessage : null;
    context.closeConnection(connectionId, notification);
    sent ??= notification;
  }
  context.toIdle(transitionDetails('stopped', 'the session was stopped', { sent }), 'stopped');
}
