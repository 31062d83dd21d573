/** Decodes a whole message into its value. */
import { ok, type Result } from '../../../base/result.ts';
import { HEADER_BYTES, MESSAGE } from '../codes.ts';
import { headerFailure } from '../failure.ts';
import { checkHeader, messageLengthAt } from '../header.ts';
import { type DecodeFailure, KEEPALIVE, type Message } from '../message.ts';
import type { ReadTerms } from '../negotiated.ts';
import { decodeNotification } from '../notification.ts';
import { u8 } from '../octets.ts';
import { decodeOpen } from '../open.ts';
import { decodeRouteRefresh } from '../route-refresh.ts';
import { decodeUpdate } from './decode-update.ts';

/** An UPDATE holds views of `bytes`; other messages are copies. */
export function decodeMessage(bytes: Uint8Array, terms: ReadTerms): Result<Message, DecodeFailure> {
  if (bytes.length < HEADER_BYTES) {
    return headerFailure('badLength', `a message has ${bytes.length} octets`, 'RFC 4271 6.1');
  }
  const headerError = checkHeader(bytes, 0, terms.receiveMax);
  if (headerError !== null) return headerError;
  if (messageLengthAt(bytes, 0) !== bytes.length) {
    const reason = `a message of ${bytes.length} octets says that it has ${messageLengthAt(bytes, 0)}`;
    return headerFailure('badLength', reason, 'RFC 4271 6.1', bytes.subarray(16, 18));
  }
  return decodeBody(bytes, terms);
}

/** Decodes a message from the framer, which has checked its header. */
export function decodeBody(bytes: Uint8Array, terms: ReadTerms): Result<Message, DecodeFailure> {
  switch (u8(bytes, HEADER_BYTES - 1)) {
    case MESSAGE.open:
      return decodeOpen(bytes);
    case MESSAGE.update:
      return decodeUpdate(bytes, terms);
    case MESSAGE.notification:
      return ok(decodeNotification(bytes));
    case MESSAGE.routeRefresh:
      return decodeRouteRefresh(bytes);
    default:
      return ok(KEEPALIVE);
  }
}
