/** Reception of a control packet by its session (RFC 5880 6.8.6, from the authentication on). */
import { type ReceivedPacket, type VerifiedPacket, verifyPacket } from './authentication.ts';
import type { DecodedPacket } from './packet.ts';
import { detectionTime, type RemoteSystem } from './session.ts';
import type { BfdSessionState } from './status.ts';
import type { BfdStepContext } from './step-context.ts';

export function receivePacket(context: BfdStepContext, received: ReceivedPacket): void {
  const { packet } = received;
  const { settings, receivedSequence } = context.session;
  const known = receivedSequence !== null && receivedSequence.knownUntil > context.now;
  const verified = verifyPacket(
    received,
    settings.authentication,
    known ? receivedSequence.sequence : null,
    context.sha1,
  );
  if (!verified.ok) {
    context.discard(verified.error);
    return;
  }
  context.updateRemote(remoteOf(packet));
  if (packet.final) context.finishPoll();
  if (context.session.state === 'AdminDown') context.discard('admin-down');
  else {
    changeState(context, packet.state);
    if (packet.poll) context.requestFinal();
  }
  noteArrival(context, verified.value);
}

/** The table of RFC 5880 6.8.6; a remote in AdminDown takes the session down from every state. */
function changeState(context: BfdStepContext, remote: BfdSessionState): void {
  const { state } = context.session;
  if (remote === 'AdminDown') context.changeState('Down', 'neighbor-signaled-down');
  else if (state === 'Down') {
    if (remote === 'Down') context.changeState('Init', context.session.diagnostic);
    else if (remote === 'Init') context.changeState('Up', 'none');
  } else if (state === 'Init') {
    if (remote !== 'Down') context.changeState('Up', 'none');
  } else if (remote === 'Down') context.changeState('Down', 'neighbor-signaled-down');
}

/** The packet counts for the detection time. */
function noteArrival(context: BfdStepContext, verified: VerifiedPacket | null): void {
  const { session, now } = context;
  const time = detectionTime(session);
  context.session = {
    ...session,
    heardAt: now,
    receivedSequence: verified === null ? null : { sequence: verified.sequence, knownUntil: now + 2 * time },
    remoteKeyId: verified?.keyId ?? null,
  };
}

const remoteOf = (packet: DecodedPacket): RemoteSystem => ({
  discriminator: packet.myDiscriminator,
  state: packet.state,
  diagnostic: packet.diagnostic,
  demand: packet.demand,
  detectMultiplier: packet.detectMultiplier,
  desiredMinTx: packet.desiredMinTx,
  requiredMinRx: packet.requiredMinRx,
});
