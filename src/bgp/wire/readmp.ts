/** MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 3 and 4), with the next hops of RFC 2545 and RFC 8950. */
import type { Address, Family } from '../../net/address.ts';
import type { NextHop } from '../../routes/path.ts';
import type { ReadTerms } from './agreement.ts';
import { familyOf } from './codes.ts';
import { type Complaint, type Draft, discard, reset } from './draft.ts';
import { countPrefixes } from './nlri.ts';
import { big, u8, u16, u32 } from './octets.ts';

/** AFI, SAFI, length of the next hop, the reserved octet. */
const REACH_BYTES_LEAST = 5;
/** AFI and SAFI. */
const UNREACH_BYTES_LEAST = 3;

export function readReach(
  draft: Draft,
  bytes: Uint8Array,
  at: number,
  length: number,
  terms: ReadTerms,
): Complaint | null {
  if (length < REACH_BYTES_LEAST) return reset('optional', `has ${length} octets`, 'RFC 7606 7.11');
  const family = familyOf(u16(bytes, at), u8(bytes, at + 2));
  if (family === null || !terms.families.includes(family)) return notAgreed(bytes, at);
  const hopBytes = u8(bytes, at + 3);
  const end = at + length;
  if (at + 4 + hopBytes + 1 > end || !isHopLength(family, hopBytes, terms.extendedNextHop)) {
    return reset('optional', `has a next hop of ${hopBytes} octets`, 'RFC 7606 7.11');
  }
  const start = at + 5 + hopBytes;
  const count = countPrefixes(bytes, start, end, family);
  if (count < 0) return reset('optional', 'has a prefix that is malformed', 'RFC 7606 5.3');
  const nextHop = readHop(bytes, at + 4, hopBytes);
  draft.reach = { nlri: { family, count, bytes: bytes.subarray(start, end) }, nextHop };
  return null;
}

export function readUnreach(
  draft: Draft,
  bytes: Uint8Array,
  at: number,
  length: number,
  terms: ReadTerms,
): Complaint | null {
  if (length < UNREACH_BYTES_LEAST) return reset('optional', `has ${length} octets`, 'RFC 7606 7.12');
  const family = familyOf(u16(bytes, at), u8(bytes, at + 2));
  if (family === null || !terms.families.includes(family)) return notAgreed(bytes, at);
  const [start, end] = [at + UNREACH_BYTES_LEAST, at + length];
  const count = countPrefixes(bytes, start, end, family);
  if (count < 0) return reset('optional', 'has a prefix that is malformed', 'RFC 7606 5.3');
  draft.unreach = { family, count, bytes: bytes.subarray(start, end) };
  return null;
}

/** Not to be understood, and so not to be judged. */
const notAgreed = (bytes: Uint8Array, at: number): Complaint =>
  discard(`is of AFI ${u16(bytes, at)} and SAFI ${u8(bytes, at + 2)}, which was not agreed on`, 'RFC 4760 8');

/** RFC 4760 for IPv4; RFC 2545 3 for IPv6, with or without a link-local one; RFC 8950 3 for IPv6 under IPv4. */
function isHopLength(family: Family, length: number, extended: boolean): boolean {
  if (length === 16 || length === 32) return family === 6 || extended;
  return length === 4 && family === 4;
}

function readHop(bytes: Uint8Array, at: number, length: number): NextHop {
  if (length === 4) return { address: { family: 4, bits: BigInt(u32(bytes, at)) }, linkLocal: null };
  const second: Address | null = length === 32 ? { family: 6, bits: big(bytes, at + 16, 16) } : null;
  return {
    address: { family: 6, bits: big(bytes, at, 16) },
    linkLocal: second === null || second.bits === 0n ? null : second, // BIRD fills the place with zeros
  };
}
