/** Graceful restart: when the peer's routes are retained (RFC 4724 4.2), and when a Cease is a hard reset (RFC 8538). */
import { CEASE, ERROR } from '../wire/codes.ts';
import type { Notification } from '../wire/message.ts';
import { wrapInHardReset } from '../wire/notification.ts';
import type { TransitionDetails } from './events.ts';
import type { Phase } from './session.ts';

/** Ceases without an automatic restart: sent as a hard reset, so that the peer drops our routes (RFC 8538 5.1). */
const PERMANENT_CEASES: ReadonlySet<number> = new Set([
  CEASE.maximumPrefixes,
  CEASE.administrativeShutdown,
  CEASE.peerDeconfigured,
  CEASE.bfdDown,
]);

/** The Cease to send: wrapped in a hard reset if its subcode requires it and both sides set the N bit (RFC 8538). */
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
    case 'bfd-down': // sent as a hard reset, where a NOTIFICATION would retain them
      return false;
    default:
      // After a NOTIFICATION only if both sides set the N bit, and never after a hard reset (RFC 8538 4).
      return (
        phase.negotiated.gracefulNotification && !(received !== null && isHardResetNotification(received))
      );
  }
}

const isHardResetNotification = ({ code, subcode }: Notification): boolean =>
  code === ERROR.cease && subcode === CEASE.hardReset;
