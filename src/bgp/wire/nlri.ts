/** Encodes and decodes NLRI: prefixes as a length in bits and the octets that it needs (RFC 4271 4.3). */
import { FAMILY_BITS, type Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import { put32, u8 } from './octets.ts';

/**
 * Prefixes of one family, checked and counted, and decoded only on demand (`decodePrefixes`). `bytes` is a view of the
 * message.
 */
export type Nlri = { readonly family: Family; readonly count: number; readonly bytes: Uint8Array };

/** Octets that `putPrefix` may write past the prefix. */
export const PREFIX_SLACK_BYTES = 16;

export const prefixBytes = (length: number): number => 1 + ((length + 7) >>> 3);

/** Number of prefixes from `at` to `end`, or −1 if they are malformed (RFC 7606 5.3). */
export function countPrefixes(bytes: Uint8Array, at: number, end: number, family: Family): number {
  const lengthMax = FAMILY_BITS[family];
  let count = 0;
  let next = at;
  while (next < end) {
    const length = u8(bytes, next);
    if (length > lengthMax) return -1;
    next += 1 + ((length + 7) >>> 3);
    count++;
  }
  return next === end ? count : -1;
}

/** Clears the bits past the length, which may have any value on the wire (RFC 4271 4.3). */
export function decodePrefixes(nlri: Nlri): Prefix[] {
  return nlri.family === 4 ? decodeIPv4(nlri) : decodeIPv6(nlri);
}

function decodeIPv4({ bytes, count }: Nlri): Prefix[] {
  const prefixes: Prefix[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = u8(bytes, at);
    const octets = (length + 7) >>> 3;
    let bits = 0;
    for (let j = 0; j < octets; j++) bits |= u8(bytes, at + 1 + j) << (24 - 8 * j);
    const network = length === 0 ? 0 : (bits & (-1 << (32 - length))) >>> 0;
    prefixes.push({ family: 4, bits: BigInt(network), length });
    at += 1 + octets;
  }
  return prefixes;
}

function decodeIPv6({ bytes, count }: Nlri): Prefix[] {
  const prefixes: Prefix[] = [];
  const address = new Uint8Array(16);
  const view = new DataView(address.buffer);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = u8(bytes, at);
    const octets = (length + 7) >>> 3;
    for (let j = 0; j < octets; j++) address[j] = u8(bytes, at + 1 + j);
    address.fill(0, octets);
    if (length % 8 !== 0) address[octets - 1] = u8(address, octets - 1) & (0xff00 >>> (length % 8));
    const bits = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
    prefixes.push({ family: 6, bits, length });
    at += 1 + octets;
  }
  return prefixes;
}

/**
 * Writes `prefix` and returns the offset after it. It writes all octets of the address; the next prefix overwrites those
 * that the length does not need, so the buffer has `PREFIX_SLACK_BYTES` to spare.
 */
export function putPrefix(bytes: Uint8Array, view: DataView, at: number, prefix: Prefix): number {
  const { length, bits } = prefix;
  bytes[at] = length;
  if (prefix.family === 4) {
    put32(bytes, at + 1, Number(bits));
  } else {
    view.setBigUint64(at + 1, bits >> 64n);
    view.setBigUint64(at + 9, bits); // its lower 64
  }
  return at + 1 + ((length + 7) >>> 3);
}
