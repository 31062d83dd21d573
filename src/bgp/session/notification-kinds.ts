/** NOTIFICATIONs during session setup that change how we retry. */
import { CEASE, ERROR, OPEN_ERROR } from '../wire/codes.ts';
import type { Notification } from '../wire/message.ts';

/** Version error (event 24): not counted as a failure, since waiting does not help. */
export const isVersionError = ({ code, subcode }: Notification): boolean =>
  code === ERROR.open && subcode === OPEN_ERROR.version;

/** The peer does not support capabilities; the next OPEN is sent without them (RFC 5492 3). */
export const rejectsCapabilities = ({ code, subcode }: Notification): boolean =>
  code === ERROR.open && subcode === OPEN_ERROR.optionalParameter;

/**
 * The peer is in Idle, or keeps another connection. Handled like a refused TCP connection (event 18): the session waits in
 * Active, where it accepts the peer's connection. If it went to Idle, two failing peers could reject each other for ever.
 */
export const isConnectionRejected = ({ code, subcode }: Notification): boolean =>
  code === ERROR.cease && (subcode === CEASE.connectionRejected || subcode === CEASE.collision);
