/**
 * The BFD session with the peer went down: the path failed, long before the hold timer would notice. Ends the session like an
 * expired hold timer, but with Cease / BFD Down (RFC 9384 3), as a hard reset where that was negotiated.
 *
 * The session then connects again with the usual back-off, whatever the state of BFD. It could wait for BFD only if the peer
 * were known to run BFD at all times (RFC 5882 4.2), and a peer whose BFD was switched off would never come back.
 */
import { CEASE } from '../wire/codes.ts';
import { newCease } from '../wire/notification.ts';
import { outgoingCease } from './graceful-restart.ts';
import { type StepContext, transitionDetails } from './step-context.ts';

/** Ignored before our OPEN is sent: such an attempt ends by itself if the path has failed. */
export function bfdDown(context: StepContext, reason: string): void {
  const { phase } = context.session;
  if (phase.kind === 'Idle' || phase.kind === 'Connect' || phase.kind === 'Active') return;
  const sent = outgoingCease(phase, newCease(CEASE.bfdDown, ''));
  context.closeConnection(phase.connectionId, sent);
  if (phase.kind !== 'Established') context.dropColliding(phase.colliding);
  context.toIdle(transitionDetails('bfd-down', reason, { sent }));
}
