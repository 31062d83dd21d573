/**
 * The BFD state machine (RFC 5880 6.8) as a pure function: from a session and an event to the next session and a list of
 * actions. The driver performs the actions in order, and sends a tick when `nextBfdDeadline` is reached.
 */
import type { BfdProtocolEvent, BfdStep, BfdSurroundings } from './events.ts';
import { receivePacket } from './receive.ts';
import { type BfdSession, sendsPeriodically, silentAt } from './session.ts';
import { BfdStepContext } from './step-context.ts';

export function stepBfd(
  session: BfdSession,
  event: BfdProtocolEvent,
  surroundings: BfdSurroundings,
): BfdStep {
  const context = new BfdStepContext(session, surroundings);
  switch (event.kind) {
    case 'received':
      receivePacket(context, event);
      break;
    case 'settings':
      context.applySettings(event.settings);
      break;
    case 'disable':
      context.changeState('AdminDown', 'administratively-down');
      break;
    case 'enable':
      if (session.state === 'AdminDown') context.changeState('Down', 'administratively-down');
      break;
    case 'repeat':
      context.requestSendIfAllowed();
      break;
    case 'tick':
      break;
  }
  fireDeadlines(context);
  return context.finish();
}

function fireDeadlines(context: BfdStepContext): void {
  const silenceAt = silentAt(context.session);
  if (silenceAt !== null && silenceAt <= context.now) remoteIsSilent(context);
  const { session } = context;
  if (session.sendAt !== null && session.sendAt <= context.now && sendsPeriodically(session))
    context.requestSend();
}

/** The detection time expired (RFC 5880 6.8.4). What the remote said no longer holds, its discriminator included (6.8.1). */
function remoteIsSilent(context: BfdStepContext): void {
  const { state } = context.session;
  context.forgetRemote();
  if (state === 'Init' || state === 'Up') context.changeState('Down', 'detection-time-expired');
}
