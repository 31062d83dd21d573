/** Encodes every message but UPDATE, which `pack.ts` builds from routes. */

import { HEADER_BYTES, MESSAGE, MESSAGE_BYTES_MAX } from '../codes.ts';
import { newMessage } from '../header.ts';
import type { Message, Update } from '../message.ts';
import type { WriteTerms } from '../negotiated.ts';
import { encodeNotification } from '../notification.ts';
import { encodeOpen } from '../open.ts';
import { encodeRouteRefresh } from '../route-refresh.ts';

/** The terms may be omitted before both OPENs are known. */
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
