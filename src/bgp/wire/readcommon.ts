/** Path attributes of one number or so, read into a draft, each with its verdict where it is malformed. */
import type { Origin } from '../../routes/path.ts';
import { toNextHop } from '../../routes/path.ts';
import { type Complaint, type Draft, discard, withdraw } from './draft.ts';
import { u8, u16, u32 } from './octets.ts';

const ORIGINS: readonly Origin[] = ['igp', 'egp', 'incomplete'];

export function readOrigin(draft: Draft, bytes: Uint8Array, at: number, length: number): Complaint | null {
  if (length !== 1) return withdraw('length', `has ${length} octets`, 'RFC 7606 7.1');
  const origin = ORIGINS[u8(bytes, at)];
  if (origin === undefined) return withdraw('origin', `has the value ${u8(bytes, at)}`, 'RFC 7606 7.1');
  draft.origin = origin;
  return null;
}

/** `used`: there are prefixes that it is the next hop of; else it is nobody's concern (RFC 4760 3). */
export function readNextHop(
  draft: Draft,
  bytes: Uint8Array,
  at: number,
  length: number,
  used: boolean,
): Complaint | null {
  if (length !== 4) return withdraw('length', `has ${length} octets`, 'RFC 7606 7.3');
  const first = u8(bytes, at);
  if (used && (first === 0 || first === 127 || first >= 224)) {
    return withdraw('nextHop', 'is no address of a host', 'RFC 4271 6.3');
  }
  draft.nextHop = toNextHop({ family: 4, bits: BigInt(u32(bytes, at)) });
  return null;
}

export function readMed(draft: Draft, bytes: Uint8Array, at: number, length: number): Complaint | null {
  if (length !== 4) return withdraw('length', `has ${length} octets`, 'RFC 7606 7.4');
  draft.med = u32(bytes, at);
  return null;
}

export function readLocalPref(draft: Draft, bytes: Uint8Array, at: number, length: number): Complaint | null {
  if (length !== 4) return withdraw('length', `has ${length} octets`, 'RFC 7606 7.5');
  draft.localPref = u32(bytes, at);
  return null;
}

export function readAtomicAggregate(draft: Draft, length: number): Complaint | null {
  if (length !== 0) return discard(`has ${length} octets`, 'RFC 7606 7.6');
  draft.atomicAggregate = true;
  return null;
}

export function readAggregator(
  draft: Draft,
  bytes: Uint8Array,
  at: number,
  length: number,
  fourOctetAs: boolean,
): Complaint | null {
  if (length !== (fourOctetAs ? 8 : 6)) return discard(`has ${length} octets`, 'RFC 7606 7.7');
  const asn = fourOctetAs ? u32(bytes, at) : u16(bytes, at);
  if (asn === 0) return discard('says that the AS is 0', 'RFC 7607 2');
  draft.aggregator = { asn, routerId: u32(bytes, at + length - 4) };
  return null;
}

export function readAs4Aggregator(
  draft: Draft,
  bytes: Uint8Array,
  at: number,
  length: number,
): Complaint | null {
  if (length !== 8) return discard(`has ${length} octets`, 'RFC 6793 6');
  const asn = u32(bytes, at);
  if (asn === 0) return discard('says that the AS is 0', 'RFC 7607 2');
  draft.as4Aggregator = { asn, routerId: u32(bytes, at + 4) };
  return null;
}

/** Of a list: so many octets each, and at least one of them. */
export function listComplaint(length: number, each: number, rfc: string): Complaint | null {
  return length > 0 && length % each === 0 ? null : withdraw('length', `has ${length} octets`, rfc);
}
