/** Whether what a peer told stays while it comes back (RFC 4724 4.2), and how it is told that we do not (RFC 8538). */
import { CEASE, ERROR } from '../wire/codes.ts';
import type { Notification } from '../wire/message.ts';
import { wrapInHardReset } from '../wire/notification.ts';
import type { TransitionDetails } from './events.ts';
import type { Phase } from './session.ts';

/** We do not come back from these by ourselves: the peer is not to keep our routes (RFC 8538 5.1). */
const PERMANENT_CEASES: ReadonlySet<number> = new Set([
  CEASE.maximumPrefixes,
  CEASE.administrativeShutdown,
  CEASE.peerDeconfigured,
  CEASE.bfdDown,
]);

/** A Cease of ours as this peer has to get it. */
export function outgoingCease(phase: Phase, cease: Notification): Notification {
  const isHardReset = phase.kind === 'Established' && phase.negotiated.gracefulNotification;
  return isHardReset && PERMANENT_CEASES.has(cease.subcode) ? wrapInHardReset(cease) : cease;
}

export function retainsRoutes(phase: Phase, { cause, received }: TransitionDetails): boolean {
  if (phase.kind !== 'Established' || phase.negotiated.gracefulRestart === null) return false;
  switch (cause) {
    case 'lost':
    case 'replaced':
      return true;
    case 'stopped':
      return false;
    default:
      // A NOTIFICATION has come or gone: only with the N bit of both sides, and never behind a hard reset (RFC 8538 4).
      return (
        phase.negotiated.gracefulNotification && !(received !== null && isHardResetNotification(received))
      );
  }
}

const isHardResetNotification = ({ code, subcode }: Notification): boolean =>
  code === ERROR.cease && subcode === CEASE.hardReset;
