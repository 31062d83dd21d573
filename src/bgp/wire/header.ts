/** The message header (RFC 4271 4.1) and its errors (6.1). */
import { EXTENDED_BYTES_MAX, HEADER_BYTES, MESSAGE, MESSAGE_BYTES_MAX } from './codes.ts';
import { type DecodeFailed, headerFailure } from './failure.ts';
import { put16, u8, u16 } from './octets.ts';

/** Minimum length of each message type in octets, header included; 0 for an unknown type. */
const BYTES_MIN_BY_TYPE: readonly number[] = [0, 29, 23, 21, HEADER_BYTES, 23];

/** OPEN and KEEPALIVE are never extended (RFC 8654 4). */
const isNeverExtended = (type: number): boolean => type === MESSAGE.open || type === MESSAGE.keepalive;

/**
 * Checks the header at `at`, whose 19 octets are present; null if it is valid. `bytesMax` is the longest message that we
 * accept. ROUTE-REFRESH has its own error for a wrong length (RFC 7313 5), which its decoder reports.
 */
export function checkHeader(bytes: Uint8Array, at: number, bytesMax: number): DecodeFailed | null {
  for (let i = 0; i < 16; i++) {
    if (u8(bytes, at + i) !== 0xff) {
      return headerFailure('notSynchronized', 'the marker of a message is not all ones', 'RFC 4271 6.1');
    }
  }
  const length = u16(bytes, at + 16);
  const type = u8(bytes, at + 18);
  const lengthField = bytes.subarray(at + 16, at + 18);
  if (length < HEADER_BYTES || length > bytesMax) {
    const rfc =
      bytesMax === EXTENDED_BYTES_MAX || length <= MESSAGE_BYTES_MAX ? 'RFC 4271 6.1' : 'RFC 8654 4';
    return headerFailure('badLength', `a message says that it has ${length} octets`, rfc, lengthField);
  }
  const bytesMin = BYTES_MIN_BY_TYPE[type] ?? 0;
  if (bytesMin === 0) {
    const data = bytes.subarray(at + 18, at + 19);
    return headerFailure('badType', `there are no messages of type ${type}`, 'RFC 4271 6.1', data);
  }
  const typeBytesMax =
    type === MESSAGE.keepalive ? HEADER_BYTES : isNeverExtended(type) ? MESSAGE_BYTES_MAX : bytesMax;
  if (length < bytesMin || length > typeBytesMax) {
    const reason = `a message of type ${type} says that it has ${length} octets`;
    return headerFailure(
      'badLength',
      reason,
      length > MESSAGE_BYTES_MAX ? 'RFC 8654 4' : 'RFC 4271 6.1',
      lengthField,
    );
  }
  return null;
}

/** Length field of a header that has been checked. */
export const messageLengthAt = (bytes: Uint8Array, at: number): number => u16(bytes, at + 16);

/** Allocates a message of `length` octets and writes its header. */
export function newMessage(type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  writeHeader(bytes, type, length);
  return bytes;
}

export function writeHeader(bytes: Uint8Array, type: number, length: number): void {
  bytes.fill(0xff, 0, 16);
  put16(bytes, 16, length);
  bytes[18] = type;
}
