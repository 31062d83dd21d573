/**
 * Packs prefixes with the same path into as few UPDATEs as possible, each filled to the peer's maximum length.
 * Announcements and withdrawals never share a message.
 *
 * IPv4 prefixes with an IPv4 next hop use the NLRI and Withdrawn Routes fields (RFC 4271 4.3); all others use MP_REACH_NLRI
 * and MP_UNREACH_NLRI, encoded as the first attribute (RFC 7606 5.1).
 */
import { err, ok, type Result } from '../../../base/result.ts';
import { FAMILY_BITS, type Family } from '../../../net/address.ts';
import type { Prefix } from '../../../net/prefix.ts';
import type { BgpPath } from '../../attributes/path.ts';
import { AFI, ATTRIBUTE, FLAG, HEADER_BYTES, MESSAGE, SAFI_UNICAST } from '../codes.ts';
import { NO_DATA } from '../failure.ts';
import { newMessage, writeHeader } from '../header.ts';
import type { WriteTerms } from '../negotiated.ts';
import { PREFIX_SLACK_BYTES, prefixBytes, putPrefix } from '../nlri.ts';
import { put16 } from '../octets.ts';
import { encodeAttributes, encodeNextHop } from './attributes.ts';

/** Why the batch cannot be packed. */
export type PackFailure =
  /** The attributes leave no room for a prefix (RFC 4271 9.2). */
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  /** The peer does not accept next hops of this family for the prefix (RFC 8950). */
  | { readonly kind: 'next-hop-family' };

export type AnnouncementBatch = {
  readonly family: Family;
  readonly path: BgpPath;
  /** All of that family, in sending order. */
  readonly prefixes: readonly Prefix[];
};

/** Octets of an attribute's flags, type and extended length. */
const MP_HEADER_BYTES = 4;

export function packAnnouncements(
  { family, path, prefixes }: AnnouncementBatch,
  terms: WriteTerms,
): Result<readonly Uint8Array[], PackFailure> {
  const { nextHop, attributes } = path;
  const nextHopFamily = nextHop.address.family;
  if (nextHopFamily > family ? !terms.extendedNextHop : nextHopFamily < family)
    return err({ kind: 'next-hop-family' });
  const isIPv4NextHop = nextHopFamily === 4;
  const attributeOctets = encodeAttributes(attributes, isIPv4NextHop ? nextHop : null, terms);
  const nextHopOctets = isIPv4NextHop ? NO_DATA : encodeNextHop(nextHop);
  const reachBytes = isIPv4NextHop ? 0 : MP_HEADER_BYTES + 5 + nextHopOctets.length;
  const fixedBytes = HEADER_BYTES + 4 + reachBytes + attributeOctets.length;
  const prefixBytesMax = prefixBytes(FAMILY_BITS[family]);
  if (fixedBytes + prefixBytesMax > terms.sendMax) {
    return err({ kind: 'too-large', bytes: fixedBytes + prefixBytesMax, bytesMax: terms.sendMax });
  }
  const { bytes, view } = newBuffer(Math.min(terms.sendMax, fixedBytes + prefixBytesMax * prefixes.length));
  const attributesAt = HEADER_BYTES + 4;
  if (isIPv4NextHop) {
    put16(bytes, attributesAt - 2, attributeOctets.length);
    bytes.set(attributeOctets, attributesAt);
    return ok(
      packPrefixes({ bytes, view, prefixes, from: fixedBytes, bytesMax: terms.sendMax }, (end) => end),
    );
  }
  const from = attributesAt + reachBytes;
  bytes[attributesAt] = FLAG.optional | FLAG.extendedLength;
  bytes[attributesAt + 1] = ATTRIBUTE.mpReach;
  put16(bytes, attributesAt + 4, AFI[family]);
  bytes[attributesAt + 6] = SAFI_UNICAST;
  bytes[attributesAt + 7] = nextHopOctets.length;
  bytes.set(nextHopOctets, attributesAt + 8);
  bytes[from - 1] = 0; // reserved
  const bytesMax = terms.sendMax - attributeOctets.length;
  return ok(
    packPrefixes({ bytes, view, prefixes, from, bytesMax }, (end) => {
      put16(bytes, attributesAt - 2, end - attributesAt + attributeOctets.length);
      put16(bytes, attributesAt + 2, end - attributesAt - MP_HEADER_BYTES);
      bytes.set(attributeOctets, end);
      return end + attributeOctets.length;
    }),
  );
}

/** `prefixes` are all of `family`. */
export function packWithdrawals(
  family: Family,
  prefixes: readonly Prefix[],
  terms: Pick<WriteTerms, 'sendMax'>,
): readonly Uint8Array[] {
  const bytesNeeded =
    HEADER_BYTES + 4 + MP_HEADER_BYTES + 3 + prefixBytes(FAMILY_BITS[family]) * prefixes.length;
  const { bytes, view } = newBuffer(Math.min(terms.sendMax, bytesNeeded));
  if (family === 4) {
    const bytesMax = terms.sendMax - 2; // Total Path Attribute Length, 0, follows
    return packPrefixes({ bytes, view, prefixes, from: HEADER_BYTES + 2, bytesMax }, (end) => {
      put16(bytes, HEADER_BYTES, end - HEADER_BYTES - 2);
      put16(bytes, end, 0);
      return end + 2;
    });
  }
  const from = beginUnreach(bytes, family);
  return packPrefixes({ bytes, view, prefixes, from, bytesMax: terms.sendMax }, (end) =>
    endUnreach(bytes, end),
  );
}

/** End-of-RIB: an MP_UNREACH_NLRI without prefixes; for IPv4 an empty UPDATE (RFC 4724 2). */
export function encodeEndOfRib(family: Family): Uint8Array {
  const empty = HEADER_BYTES + 4;
  if (family === 4) return newMessage(MESSAGE.update, empty);
  const bytes = newMessage(MESSAGE.update, empty + 6);
  bytes[empty - 1] = 6;
  bytes.set([FLAG.optional, ATTRIBUTE.mpUnreach, 3, 0, AFI[family], SAFI_UNICAST], empty);
  return bytes;
}

function beginUnreach(bytes: Uint8Array, family: Family): number {
  const at = HEADER_BYTES + 4;
  bytes[at] = FLAG.optional | FLAG.extendedLength;
  bytes[at + 1] = ATTRIBUTE.mpUnreach;
  put16(bytes, at + 4, AFI[family]);
  bytes[at + 6] = SAFI_UNICAST;
  return at + 7;
}

function endUnreach(bytes: Uint8Array, end: number): number {
  const at = HEADER_BYTES + 4;
  put16(bytes, at - 2, end - at);
  put16(bytes, at + 2, end - at - MP_HEADER_BYTES);
  return end;
}

function newBuffer(bytesMax: number): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(bytesMax + PREFIX_SLACK_BYTES);
  return { bytes, view: new DataView(bytes.buffer) };
}

type PackBuffer = {
  /** Everything before the prefixes is written already. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly prefixes: readonly Prefix[];
  /** Offsets at which the prefixes begin and at the latest end. */
  readonly from: number;
  readonly bytesMax: number;
};

/** `finishMessage` writes, once a message, what depends on the end of the prefixes, and returns the message's length. */
function packPrefixes(
  { bytes, view, prefixes, from, bytesMax }: PackBuffer,
  finishMessage: (end: number) => number,
): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  let at = from;
  const flush = (): void => {
    const length = finishMessage(at);
    writeHeader(bytes, MESSAGE.update, length);
    messages.push(bytes.slice(0, length));
    at = from;
  };
  for (const prefix of prefixes) {
    if (at + prefixBytes(prefix.length) > bytesMax) flush();
    at = putPrefix(bytes, view, at, prefix);
  }
  if (at > from) flush();
  return messages;
}
