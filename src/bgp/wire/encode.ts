/** The messages that are not UPDATEs to octets; those are packed from routes. */

import { HEADER_BYTES, MESSAGE, MESSAGE_BYTES_MAX } from './codes.ts';
import { newMessage } from './header.ts';
import type { Message, Update } from './message.ts';
import type { WriteTerms } from './negotiated.ts';
import { encodeNotification } from './notification.ts';
import { encodeOpen } from './open.ts';
import { encodeRouteRefresh } from './route-refresh.ts';

/** `terms` may be left out before there are two OPENs. */
export function encodeMessage(
  message: Exclude<Message, Update>,
  { sendMax }: Pick<WriteTerms, 'sendMax'> = { sendMax: MESSAGE_BYTES_MAX },
): Uint8Array {
  switch (message.kind) {
    case 'open':
      return encodeOpen(message);
    case 'notification':
      return encodeNotification(message, sendMax);
    case 'keepalive':
      return newMessage(MESSAGE.keepalive, HEADER_BYTES);
    case 'route-refresh':
      return encodeRouteRefresh(message);
  }
}
