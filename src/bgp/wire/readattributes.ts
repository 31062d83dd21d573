/**
 * The path attributes of an UPDATE, one after the other, each with the verdict of RFC 7606 where it is malformed:
 * discarded, all prefixes treated as withdrawn, or the end of the session.
 */
import type { ReadTerms } from './agreement.ts';
import { attributeFlags } from './attributekind.ts';
import { ATTRIBUTE, FLAG } from './codes.ts';
import { type Complaint, type Draft, discard, reset, withdraw } from './draft.ts';
import { u8, u16 } from './octets.ts';
import {
  listComplaint,
  readAggregator,
  readAs4Aggregator,
  readAtomicAggregate,
  readLocalPref,
  readMed,
  readNextHop,
  readOrigin,
} from './readcommon.ts';
import { readCommunities, readExtendedCommunities, readLargeCommunities } from './readcommunities.ts';
import { readReach, readUnreach } from './readmp.ts';
import { readAs4Path, readAsPath } from './readpath.ts';

/** Complaints of one message that are kept; more say nothing new. */
const COMPLAINTS_MAX = 16;

export type Complained = Complaint & {
  readonly type: number;
  /** All of the attribute, header included: what a NOTIFICATION shows (RFC 4271 6.3). */
  readonly octets: Uint8Array;
};

export type AttributesRead = {
  readonly complaints: readonly Complained[];
  /** Types that came, those that were malformed or ignored included. */
  readonly seen: ReadonlySet<number>;
};

/** Where attributes lie in the message. `prefixesFollow`: its own field of prefixes is not empty. */
export type AttributeField = {
  readonly at: number;
  readonly end: number;
  readonly prefixesFollow: boolean;
};

export function readAttributes(
  draft: Draft,
  bytes: Uint8Array,
  { at: from, end, prefixesFollow }: AttributeField,
  terms: ReadTerms,
): AttributesRead {
  const complaints: Complained[] = [];
  const seen = new Set<number>();
  const complain = (type: number, start: number, stop: number, complaint: Complaint): void => {
    const grave = complaint.verdict !== 'attribute-discard';
    if (complaints.length >= COMPLAINTS_MAX && !grave) return;
    if (complaints.length >= 2 * COMPLAINTS_MAX && complaint.verdict !== 'session-reset') return;
    complaints.push({ ...complaint, type, octets: bytes.subarray(start, stop) });
  };
  let at = from;
  while (at < end) {
    const start = at;
    const flags = u8(bytes, at);
    const type = at + 1 < end ? u8(bytes, at + 1) : 0;
    const headBytes = (flags & FLAG.extendedLength) === 0 ? 3 : 4;
    if (end - at < headBytes) {
      complain(type, start, end, overrun(type, 'ends within its header'));
      break;
    }
    const length = headBytes === 3 ? u8(bytes, at + 2) : u16(bytes, at + 2);
    at += headBytes;
    if (at + length > end) {
      complain(
        type,
        start,
        end,
        overrun(type, `says that it has ${length} octets, and there are ${end - at}`),
      );
      break;
    }
    const complaint = seen.has(type)
      ? again(type)
      : readOne(draft, bytes, { type, flags, at, length, prefixesFollow }, terms);
    seen.add(type);
    at += length;
    if (complaint !== null) {
      complain(type, start, at, complaint);
      if (complaint.verdict === 'session-reset') break;
    }
  }
  return { complaints, seen };
}

/** Which prefixes an attribute of prefixes would have named, nobody can know. */
const overrun = (type: number, says: string): Complaint =>
  type === ATTRIBUTE.mpReach || type === ATTRIBUTE.mpUnreach
    ? reset('malformedList', says, 'RFC 7606 5.3')
    : withdraw('malformedList', says, 'RFC 7606 4');

const again = (type: number): Complaint =>
  type === ATTRIBUTE.mpReach || type === ATTRIBUTE.mpUnreach
    ? reset('malformedList', 'stands there twice', 'RFC 7606 3 g')
    : discard('stands there twice', 'RFC 7606 3 g');

type Found = {
  readonly type: number;
  readonly flags: number;
  readonly at: number;
  readonly length: number;
  readonly prefixesFollow: boolean;
};

function readOne(draft: Draft, bytes: Uint8Array, found: Found, terms: ReadTerms): Complaint | null {
  const { type, flags, at, length } = found;
  const misplaced = misplacedFrom(type, terms);
  if (misplaced !== null) return misplaced;
  const expected = attributeFlags(type);
  if (expected === null) return keepUnknown(draft, bytes, found);
  // What it says counts all the same: the prefixes of MP_REACH_NLRI are to be withdrawn.
  const complaint = readKnown(draft, bytes, found, terms);
  if (complaint?.verdict === 'session-reset') return complaint;
  if ((flags & (FLAG.optional | FLAG.transitive)) !== expected) {
    const says = `has the flags 0x${flags.toString(16).padStart(2, '0')}`;
    return withdraw('flags', says, 'RFC 7606 3 c');
  }
  if (complaint === null && CHECKED_ONLY.has(type)) keep(draft, found, bytes.slice(at, at + length));
  return complaint;
}

/** Known well enough to be judged; kept as they came. */
const CHECKED_ONLY: ReadonlySet<number> = new Set([
  ATTRIBUTE.originatorId,
  ATTRIBUTE.clusterList,
  ATTRIBUTE.ipv6ExtendedCommunities,
]);

/** Those that this peer has no business to send; not looked at any further. */
function misplacedFrom(type: number, { internal, fourOctetAs }: ReadTerms): Complaint | null {
  switch (type) {
    case ATTRIBUTE.localPref:
      return internal ? null : discard('comes from another AS', 'RFC 7606 7.5');
    case ATTRIBUTE.originatorId:
      return internal ? null : discard('comes from another AS', 'RFC 7606 7.9');
    case ATTRIBUTE.clusterList:
      return internal ? null : discard('comes from another AS', 'RFC 7606 7.10');
    case ATTRIBUTE.as4Path:
    case ATTRIBUTE.as4Aggregator:
      return fourOctetAs
        ? discard('comes from a peer that writes AS numbers in four octets', 'RFC 6793 6')
        : null;
    default:
      return null;
  }
}

function readKnown(draft: Draft, bytes: Uint8Array, found: Found, terms: ReadTerms): Complaint | null {
  const { type, at, length, prefixesFollow } = found;
  switch (type) {
    case ATTRIBUTE.origin:
      return readOrigin(draft, bytes, at, length);
    case ATTRIBUTE.asPath:
      return readAsPath(draft, bytes, at, length, terms);
    case ATTRIBUTE.nextHop:
      return readNextHop(draft, bytes, at, length, prefixesFollow);
    case ATTRIBUTE.med:
      return readMed(draft, bytes, at, length);
    case ATTRIBUTE.localPref:
      return readLocalPref(draft, bytes, at, length);
    case ATTRIBUTE.atomicAggregate:
      return readAtomicAggregate(draft, length);
    case ATTRIBUTE.aggregator:
      return readAggregator(draft, bytes, at, length, terms.fourOctetAs);
    case ATTRIBUTE.communities:
      return readCommunities(draft, bytes, at, length);
    case ATTRIBUTE.originatorId:
      return length === 4 ? null : withdraw('length', `has ${length} octets`, 'RFC 7606 7.9');
    case ATTRIBUTE.clusterList:
      return listComplaint(length, 4, 'RFC 7606 7.10');
    case ATTRIBUTE.mpReach:
      return readReach(draft, bytes, at, length, terms);
    case ATTRIBUTE.mpUnreach:
      return readUnreach(draft, bytes, at, length, terms);
    case ATTRIBUTE.extendedCommunities:
      return readExtendedCommunities(draft, bytes, at, length);
    case ATTRIBUTE.as4Path:
      return readAs4Path(draft, bytes, at, length);
    case ATTRIBUTE.as4Aggregator:
      return readAs4Aggregator(draft, bytes, at, length);
    case ATTRIBUTE.ipv6ExtendedCommunities:
      return listComplaint(length, 20, 'RFC 7606 7.15');
    case ATTRIBUTE.largeCommunities:
      return readLargeCommunities(draft, bytes, at, length);
    default:
      return null;
  }
}

/** RFC 4271 5 and 6.3: whoever sends one that everybody must know, and we do not, cannot be understood. */
function keepUnknown(draft: Draft, bytes: Uint8Array, found: Found): Complaint | null {
  if ((found.flags & FLAG.optional) === 0) {
    return reset('unrecognizedWellKnown', 'says that it is well-known, and is not', 'RFC 4271 6.3');
  }
  keep(draft, found, bytes.slice(found.at, found.at + found.length));
  return null;
}

function keep(draft: Draft, { type, flags }: Found, value: Uint8Array): void {
  const attribute = {
    type,
    optional: (flags & FLAG.optional) !== 0,
    transitive: (flags & FLAG.transitive) !== 0,
    partial: (flags & FLAG.partial) !== 0,
    value,
  };
  draft.others = [...draft.others, attribute];
}
