/**
 * Prefixes packed into as few UPDATEs as the peer takes: all that is said of them is written once a message, and
 * each message is filled. Announcements and withdrawals never share one.
 *
 * IPv4 prefixes with an IPv4 next hop go into the message's own fields (RFC 4271 4.3), all others into MP_REACH_NLRI
 * and MP_UNREACH_NLRI, which stand first (RFC 7606 5.1) and alone with theirs.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { FAMILY_BITS, type Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { Path } from '../../routes/path.ts';
import type { WriteTerms } from './agreement.ts';
import { AFI, ATTRIBUTE, FLAG, HEADER_BYTES, MESSAGE, SAFI_UNICAST } from './codes.ts';
import { NO_DATA } from './failure.ts';
import { newFrame, writeHeader } from './frame.ts';
import { PREFIX_SLACK, prefixBytes, putPrefix } from './nlri.ts';
import { put16 } from './octets.ts';
import { attributeBytes, nextHopBytes } from './writeattributes.ts';

/** Nothing has been packed. */
export type PackFailure =
  /** So much is said of the prefixes that there is no room left for one of them (RFC 4271 9.2). */
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  /** Such a prefix cannot have such a next hop with this peer. */
  | { readonly kind: 'next-hop-family' };

export type Announced = {
  readonly family: Family;
  readonly path: Path;
  /** All of that family, in the order in which they go. */
  readonly prefixes: readonly Prefix[];
};

/** Flags, type and the two octets of its length. */
const MP_HEAD_BYTES = 4;

export function packAnnouncements(
  { family, path, prefixes }: Announced,
  terms: WriteTerms,
): Result<readonly Uint8Array[], PackFailure> {
  const { nextHop, attributes } = path;
  const hopFamily = nextHop.address.family;
  if (hopFamily > family ? !terms.extendedNextHop : hopFamily < family)
    return err({ kind: 'next-hop-family' });
  const plain = hopFamily === 4;
  const said = attributeBytes(attributes, plain ? nextHop : null, terms);
  const hop = plain ? NO_DATA : nextHopBytes(nextHop);
  const reachBytes = plain ? 0 : MP_HEAD_BYTES + 5 + hop.length;
  const fixed = HEADER_BYTES + 4 + reachBytes + said.length;
  const most = prefixBytes(FAMILY_BITS[family]);
  if (fixed + most > terms.sendMax) {
    return err({ kind: 'too-large', bytes: fixed + most, bytesMax: terms.sendMax });
  }
  const { bytes, view } = newBuffer(Math.min(terms.sendMax, fixed + most * prefixes.length));
  const attributesAt = HEADER_BYTES + 4;
  if (plain) {
    put16(bytes, attributesAt - 2, said.length);
    bytes.set(said, attributesAt);
    return ok(fill({ bytes, view, prefixes, from: fixed, bytesMax: terms.sendMax }, (end) => end));
  }
  const from = attributesAt + reachBytes;
  bytes[attributesAt] = FLAG.optional | FLAG.extendedLength;
  bytes[attributesAt + 1] = ATTRIBUTE.mpReach;
  put16(bytes, attributesAt + 4, AFI[family]);
  bytes[attributesAt + 6] = SAFI_UNICAST;
  bytes[attributesAt + 7] = hop.length;
  bytes.set(hop, attributesAt + 8);
  bytes[from - 1] = 0; // reserved
  const bytesMax = terms.sendMax - said.length;
  return ok(
    fill({ bytes, view, prefixes, from, bytesMax }, (end) => {
      put16(bytes, attributesAt - 2, end - attributesAt + said.length);
      put16(bytes, attributesAt + 2, end - attributesAt - MP_HEAD_BYTES);
      bytes.set(said, end);
      return end + said.length;
    }),
  );
}

/** All of one family. */
export function packWithdrawals(
  family: Family,
  prefixes: readonly Prefix[],
  terms: Pick<WriteTerms, 'sendMax'>,
): readonly Uint8Array[] {
  const whole = HEADER_BYTES + 4 + MP_HEAD_BYTES + 3 + prefixBytes(FAMILY_BITS[family]) * prefixes.length;
  const { bytes, view } = newBuffer(Math.min(terms.sendMax, whole));
  if (family === 4) {
    const bytesMax = terms.sendMax - 2; // behind them: no path attributes
    return fill({ bytes, view, prefixes, from: HEADER_BYTES + 2, bytesMax }, (end) => {
      put16(bytes, HEADER_BYTES, end - HEADER_BYTES - 2);
      put16(bytes, end, 0);
      return end + 2;
    });
  }
  const from = startUnreach(bytes, family);
  return fill({ bytes, view, prefixes, from, bytesMax: terms.sendMax }, (end) => endUnreach(bytes, end));
}

/** RFC 4724 2: nothing but an MP_UNREACH_NLRI without a prefix, and for IPv4 nothing at all. */
export function endOfRib(family: Family): Uint8Array {
  const empty = HEADER_BYTES + 4;
  if (family === 4) return newFrame(MESSAGE.update, empty);
  const bytes = newFrame(MESSAGE.update, empty + 6);
  bytes[empty - 1] = 6;
  bytes.set([FLAG.optional, ATTRIBUTE.mpUnreach, 3, 0, AFI[family], SAFI_UNICAST], empty);
  return bytes;
}

function startUnreach(bytes: Uint8Array, family: Family): number {
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
  put16(bytes, at + 2, end - at - MP_HEAD_BYTES);
  return end;
}

function newBuffer(bytesMax: number): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(bytesMax + PREFIX_SLACK);
  return { bytes, view: new DataView(bytes.buffer) };
}

type Filling = {
  /** What stands before the prefixes is written. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly prefixes: readonly Prefix[];
  /** Where the prefixes begin, and where they must have ended. */
  readonly from: number;
  readonly bytesMax: number;
};

/** `finish` writes what depends on where the prefixes end, and says where the message does: once a message. */
function fill(
  { bytes, view, prefixes, from, bytesMax }: Filling,
  finish: (end: number) => number,
): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  let at = from;
  const flush = (): void => {
    const length = finish(at);
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
