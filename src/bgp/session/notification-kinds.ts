/** NOTIFICATIONs that say more than that it is over. */
import { CEASE, ERROR, OPEN_ERROR } from '../wire/codes.ts';
import type { Notification } from '../wire/message.ts';

/** Event 24: nobody's fault, and it comes again however long one waits. */
export const isVersionError = ({ code, subcode }: Notification): boolean =>
  code === ERROR.open && subcode === OPEN_ERROR.version;

/** The peer is older than capabilities, and is to be asked once more without (RFC 5492 3). */
export const rejectsCapabilities = ({ code, subcode }: Notification): boolean =>
  code === ERROR.open && subcode === OPEN_ERROR.optionalParameter;

/**
 * The peer rests, or has another connection. It is as if it had refused at the TCP level: we go where we take its
 * connection (event 18). Were we to rest as well, two that fail together could turn each other away for ever.
 */
export const isConnectionRejected = ({ code, subcode }: Notification): boolean =>
  code === ERROR.cease && (subcode === CEASE.connectionRejected || subcode === CEASE.collision);
