/** Decodes MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 3 and 4), with the next hops of RFC 2545 and RFC 8950. */
import type { Address, Family } from '../../../net/address.ts';
import type { NextHop } from '../../attributes/path.ts';
import { unicastFamilyOf } from '../codes.ts';
import type { ReadTerms } from '../negotiated.ts';
import { countPrefixes } from '../nlri.ts';
import { bigUint, u8, u16, u32 } from '../octets.ts';
import {
  type AttributeError,
  attributeDiscard,
  sessionReset,
  type UpdateBuilder,
} from '../update-builder.ts';

/** Octets of AFI, SAFI, next hop length and the reserved octet. */
const REACH_BYTES_MIN = 5;
/** Octets of AFI and SAFI. */
const UNREACH_BYTES_MIN = 3;

export function readReach(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
  terms: ReadTerms,
): AttributeError | null {
  if (length < REACH_BYTES_MIN) return sessionReset('optional', `has ${length} octets`, 'RFC 7606 7.11');
  const family = unicastFamilyOf(u16(bytes, at), u8(bytes, at + 2));
  if (family === null || !terms.families.includes(family)) return notNegotiated(bytes, at);
  const nextHopBytes = u8(bytes, at + 3);
  const end = at + length;
  if (at + 4 + nextHopBytes + 1 > end || !isNextHopLength(family, nextHopBytes, terms.extendedNextHop)) {
    return sessionReset('optional', `has a next hop of ${nextHopBytes} octets`, 'RFC 7606 7.11');
  }
  const start = at + 5 + nextHopBytes;
  const count = countPrefixes(bytes, start, end, family);
  if (count < 0) return sessionReset('optional', 'has a malformed prefix', 'RFC 7606 5.3');
  const nextHop = decodeNextHop(bytes, at + 4, nextHopBytes);
  builder.reach = { nlri: { family, count, bytes: bytes.subarray(start, end) }, nextHop };
  return null;
}

export function readUnreach(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
  terms: ReadTerms,
): AttributeError | null {
  if (length < UNREACH_BYTES_MIN) return sessionReset('optional', `has ${length} octets`, 'RFC 7606 7.12');
  const family = unicastFamilyOf(u16(bytes, at), u8(bytes, at + 2));
  if (family === null || !terms.families.includes(family)) return notNegotiated(bytes, at);
  const [start, end] = [at + UNREACH_BYTES_MIN, at + length];
  const count = countPrefixes(bytes, start, end, family);
  if (count < 0) return sessionReset('optional', 'has a malformed prefix', 'RFC 7606 5.3');
  builder.unreach = { family, count, bytes: bytes.subarray(start, end) };
  return null;
}

/** Ignores a family that was not negotiated (RFC 4760 8). */
const notNegotiated = (bytes: Uint8Array, at: number): AttributeError =>
  attributeDiscard(
    `is of AFI ${u16(bytes, at)} SAFI ${u8(bytes, at + 2)}, which was not negotiated`,
    'RFC 4760 8',
  );

/** 4 octets for IPv4 (RFC 4760 3), 16 or 32 for IPv6 (RFC 2545 3), and for IPv4 with an IPv6 next hop (RFC 8950 3). */
function isNextHopLength(family: Family, length: number, extendedNextHop: boolean): boolean {
  if (length === 16 || length === 32) return family === 6 || extendedNextHop;
  return length === 4 && family === 4;
}

function decodeNextHop(bytes: Uint8Array, at: number, length: number): NextHop {
  if (length === 4) return { address: { family: 4, bits: BigInt(u32(bytes, at)) }, linkLocal: null };
  const linkLocal: Address | null = length === 32 ? { family: 6, bits: bigUint(bytes, at + 16, 16) } : null;
  return {
    address: { family: 6, bits: bigUint(bytes, at, 16) },
    linkLocal: linkLocal === null || linkLocal.bits === 0n ? null : linkLocal, // BIRD sends zeros if it has no link-local address
  };
}
