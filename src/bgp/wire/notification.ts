/** NOTIFICATION (RFC 4271 4.5), and what a Cease says to people (RFC 9003) or wraps (RFC 8538). */
import { CEASE, ERROR, HEADER_BYTES, MESSAGE } from './codes.ts';
import { newNotification } from './failure.ts';
import { newMessage } from './header.ts';
import type { Notification } from './message.ts';
import { u8 } from './octets.ts';

const DATA_AT = HEADER_BYTES + 2;

/** Longest shutdown communication in octets of UTF-8 (RFC 9003 2). */
export const COMMUNICATION_BYTES_MAX = 255;

/** Takes a message whose header is fine. */
export const decodeNotification = (bytes: Uint8Array): Notification =>
  newNotification(u8(bytes, HEADER_BYTES), u8(bytes, HEADER_BYTES + 1), bytes.slice(DATA_AT));

/** What of the data does not fit `bytesMax` is left out. */
export function encodeNotification({ code, subcode, data }: Notification, bytesMax: number): Uint8Array {
  const length = Math.min(DATA_AT + data.length, bytesMax);
  const bytes = newMessage(MESSAGE.notification, length);
  bytes[HEADER_BYTES] = code;
  bytes[HEADER_BYTES + 1] = subcode;
  bytes.set(data.subarray(0, length - DATA_AT), DATA_AT);
  return bytes;
}

/** A Cease with words for the people on the other side; cut between characters where it is too long. */
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

/** RFC 9003 2: no other subcode has words. */
const allowsCommunication = (subcode: number): boolean =>
  subcode === CEASE.administrativeShutdown || subcode === CEASE.administrativeReset;

/** What the other side's people had to say; null where they said nothing, or nothing that is UTF-8. */
export function shutdownCommunication({ code, subcode, data }: Notification): string | null {
  if (code !== ERROR.cease) return null;
  if (!allowsCommunication(subcode)) return null;
  const length = u8(data, 0);
  if (length === 0 || length + 1 > data.length) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(1, 1 + length));
  } catch {
    return null; // RFC 9003 4: it may be anything, and there is nobody to complain to
  }
}

/** The same, and no graceful restart about it (RFC 8538 3.1). */
export function wrapInHardReset({ code, subcode, data }: Notification): Notification {
  const wrapped = new Uint8Array(2 + data.length);
  wrapped[0] = code;
  wrapped[1] = subcode;
  wrapped.set(data, 2);
  return newNotification(ERROR.cease, CEASE.hardReset, wrapped);
}

/** The NOTIFICATION within a hard reset; null where it is none, or bare. */
export function unwrapHardReset({ code, subcode, data }: Notification): Notification | null {
  if (code !== ERROR.cease || subcode !== CEASE.hardReset || data.length < 2) return null;
  return newNotification(u8(data, 0), u8(data, 1), data.slice(2));
}
