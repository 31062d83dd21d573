/** NOTIFICATION (RFC 4271 4.5), with the shutdown communication (RFC 9003) and the hard reset (RFC 8538) of a Cease. */
import { CEASE, ERROR, HEADER_BYTES, MESSAGE } from './codes.ts';
import { newNotification } from './failure.ts';
import { newMessage } from './header.ts';
import type { Notification } from './message.ts';
import { u8 } from './octets.ts';

const DATA_AT = HEADER_BYTES + 2;

/** Longest shutdown communication, in octets of UTF-8 (RFC 9003 2). */
export const COMMUNICATION_BYTES_MAX = 255;

/** `bytes` is a message whose header has been checked. */
export const decodeNotification = (bytes: Uint8Array): Notification =>
  newNotification(u8(bytes, HEADER_BYTES), u8(bytes, HEADER_BYTES + 1), bytes.slice(DATA_AT));

/** Truncates the data to fit `bytesMax`. */
export function encodeNotification({ code, subcode, data }: Notification, bytesMax: number): Uint8Array {
  const length = Math.min(DATA_AT + data.length, bytesMax);
  const bytes = newMessage(MESSAGE.notification, length);
  bytes[HEADER_BYTES] = code;
  bytes[HEADER_BYTES + 1] = subcode;
  bytes.set(data.subarray(0, length - DATA_AT), DATA_AT);
  return bytes;
}

/** A Cease with a shutdown communication, truncated between characters if it is too long. */
export function newCease(subcode: number, communication: string): Notification {
  if (communication === '' || !allowsCommunication(subcode)) return newNotification(ERROR.cease, subcode);
  const text = new TextEncoder().encode(communication);
  let length = Math.min(text.length, COMMUNICATION_BYTES_MAX);
  while (length < text.length && (u8(text, length) & 0xc0) === 0x80) length--;
  const data = new Uint8Array(1 + length);
  data[0] = length;
  data.set(text.subarray(0, length), 1);
  return newNotification(ERROR.cease, subcode, data);
}

/** Only these subcodes carry a communication (RFC 9003 2). */
const allowsCommunication = (subcode: number): boolean =>
  subcode === CEASE.administrativeShutdown || subcode === CEASE.administrativeReset;

/** The peer's shutdown communication; null if there is none, or if it is not valid UTF-8. */
export function shutdownCommunication({ code, subcode, data }: Notification): string | null {
  if (code !== ERROR.cease) return null;
  if (!allowsCommunication(subcode)) return null;
  const length = u8(data, 0);
  if (length === 0 || length + 1 > data.length) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(1, 1 + length));
  } catch {
    return null; // an invalid communication is ignored
  }
}

/** Wraps a NOTIFICATION in a hard reset, so that the peer does not retain routes (RFC 8538 3.1). */
export function wrapInHardReset({ code, subcode, data }: Notification): Notification {
  const wrapped = new Uint8Array(2 + data.length);
  wrapped[0] = code;
  wrapped[1] = subcode;
  wrapped.set(data, 2);
  return newNotification(ERROR.cease, CEASE.hardReset, wrapped);
}

/** The NOTIFICATION inside a hard reset; null if it is none or empty. */
export function unwrapHardReset({ code, subcode, data }: Notification): Notification | null {
  if (code !== ERROR.cease || subcode !== CEASE.hardReset || data.length < 2) return null;
  return newNotification(u8(data, 0), u8(data, 1), data.slice(2));
}
