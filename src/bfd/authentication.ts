/**
 * Keyed and meticulous keyed SHA-1 (RFC 5880 6.7.4): signs our packets, and checks those received. A packet that fails a
 * check changes nothing.
 */
import { err, ok, type Result } from '../base/result.ts';
import {
  DIGEST_OFFSET,
  SHA1_OCTETS,
  SHA1_SECTION_OCTETS,
  type Sha1Type,
  writeAuthentication,
} from './authentication-section.ts';
import { type DecodedPacket, PACKET_OCTETS } from './packet.ts';
import type { BfdAuthentication, BfdKey } from './settings.ts';

/** SHA-1 of some octets: 20 octets. */
export type Sha1 = (octets: Uint8Array) => Uint8Array;

export type AuthenticationFault =
  | 'not-in-use'
  | 'missing'
  | 'wrong-type'
  | 'unknown-key'
  | 'replayed'
  | 'wrong-digest';

/** A jump of the sequence number by more than three times the multiplier is a replay (RFC 5880 6.7.4). */
const SEQUENCE_WINDOW_MULTIPLIERS = 3;

/** The sequence number after this one, in 32 circular bits. */
export const nextSequence = (sequence: number): number => (sequence + 1) >>> 0;

/** Octets that `encodePacket` is to reserve. */
export const authenticationOctets = (authentication: BfdAuthentication | null): number =>
  authentication === null ? 0 : SHA1_SECTION_OCTETS;

/**
 * The newer one of our active key and of the one that the remote used last: a remote that began after a rotation has the new one
 * only. Both sides do so, and end with the new one.
 */
export function sendingKey({ keys, activeKeyId }: BfdAuthentication, remoteKeyId: number | null): BfdKey {
  const newest = keys.findLast(({ id }) => id === activeKeyId || id === remoteKeyId);
  return newest ?? { id: activeKeyId, key: new Uint8Array() };
}

/** Fills in the section that `encodePacket` reserved. */
export function signPacket(
  octets: Uint8Array,
  { type, key: { id: keyId, key } }: { readonly type: Sha1Type; readonly key: BfdKey },
  sequence: number,
  sha1: Sha1,
): void {
  const section = octets.subarray(PACKET_OCTETS);
  writeAuthentication(section, { type, keyId, sequence }, key);
  section.set(sha1(octets), DIGEST_OFFSET);
}

export type ReceivedPacket = {
  readonly packet: DecodedPacket;
  /** As they were received. */
  readonly octets: Uint8Array;
};

/** Of a packet that was accepted. */
export type VerifiedPacket = { readonly sequence: number; readonly keyId: number };

/** Null where no authentication is in use. `lastSequence` is null if it is not known (bfd.AuthSeqKnown is 0). */
export function verifyPacket(
  { packet, octets }: ReceivedPacket,
  authentication: BfdAuthentication | null,
  lastSequence: number | null,
  sha1: Sha1,
): Result<VerifiedPacket | null, AuthenticationFault> {
  const section = packet.authentication;
  if (authentication === null) return section === null ? ok(null) : err('not-in-use');
  if (section === null) return err('missing');
  if (section.type !== authentication.type) return err('wrong-type');
  const { keyId, sequence, digest } = section;
  const keys = authentication.keys.filter(({ id }) => id === keyId);
  if (keys.length === 0) return err('unknown-key');
  if (lastSequence !== null && !isExpected(sequence, lastSequence, packet.detectMultiplier, section.type))
    return err('replayed');
  return keys.some(({ key }) => isSame(digestOf(octets, key, sha1), digest))
    ? ok({ sequence, keyId })
    : err('wrong-digest');
}

function digestOf(octets: Uint8Array, key: Uint8Array, sha1: Sha1): Uint8Array {
  const signed = new Uint8Array(octets.subarray(0, PACKET_OCTETS + SHA1_SECTION_OCTETS)); // a copy, of a Buffer, too
  const place = signed.subarray(PACKET_OCTETS + DIGEST_OFFSET);
  place.fill(0);
  place.set(key.subarray(0, SHA1_OCTETS));
  return sha1(signed);
}

function isExpected(
  sequence: number,
  last: number,
  detectMultiplier: number,
  type: BfdAuthentication['type'],
): boolean {
  const ahead = (sequence - last) >>> 0;
  const least = type === 'meticulous-keyed-sha1' ? 1 : 0;
  return ahead >= least && ahead <= SEQUENCE_WINDOW_MULTIPLIERS * detectMultiplier;
}

/** Takes the same time wherever they differ, so that a digest cannot be found octet by octet. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, octet] of one.entries()) difference |= octet ^ (other[index] ?? 0);
  return difference === 0;
}
