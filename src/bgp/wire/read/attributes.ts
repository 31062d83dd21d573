/**
 * Decodes the path attributes of an UPDATE. A malformed attribute gets the error handling of RFC 7606: attribute discard,
 * treat-as-withdraw, or session reset.
 */

import { attributeFlags } from '../attribute-kind.ts';
import { ATTRIBUTE, FLAG } from '../codes.ts';
import type { ReadTerms } from '../negotiated.ts';
import { u8, u16 } from '../octets.ts';
import {
  type AttributeError,
  attributeDiscard,
  sessionReset,
  treatAsWithdraw,
  type UpdateBuilder,
} from '../update-builder.ts';
import { readAs4Path, readAsPath } from './as-path.ts';
import { readExtendedCommunities, readLargeCommunities, readStandardCommunities } from './communities.ts';
import { readReach, readUnreach } from './mp-reach.ts';
import {
  checkListLength,
  readAggregator,
  readAs4Aggregator,
  readAtomicAggregate,
  readLocalPref,
  readMed,
  readNextHop,
  readOrigin,
} from './simple-attributes.ts';

/** Errors recorded for one message. */
const ERRORS_MAX = 16;

export type LocatedAttributeError = AttributeError & {
  readonly type: number;
  /** The whole attribute, header included: the data of a NOTIFICATION (RFC 4271 6.3). */
  readonly octets: Uint8Array;
};

export type AttributesRead = {
  readonly errors: readonly LocatedAttributeError[];
  /** Types received, including malformed and ignored ones. */
  readonly seen: ReadonlySet<number>;
};

/** Offsets of the attributes in the message. `prefixesFollow`: the NLRI field is not empty. */
export type AttributeField = {
  readonly at: number;
  readonly end: number;
  readonly prefixesFollow: boolean;
};

export function readAttributes(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  { at: from, end, prefixesFollow }: AttributeField,
  terms: ReadTerms,
): AttributesRead {
  const errors: LocatedAttributeError[] = [];
  const seen = new Set<number>();
  const report = (type: number, start: number, stop: number, error: AttributeError): void => {
    const isSevere = error.handling !== 'attribute-discard';
    if (errors.length >= ERRORS_MAX && !isSevere) return;
    if (errors.length >= 2 * ERRORS_MAX && error.handling !== 'session-reset') return;
    errors.push({ ...error, type, octets: bytes.subarray(start, stop) });
  };
  let at = from;
  while (at < end) {
    const start = at;
    const flags = u8(bytes, at);
    const type = at + 1 < end ? u8(bytes, at + 1) : 0;
    const headerBytes = (flags & FLAG.extendedLength) === 0 ? 3 : 4;
    if (end - at < headerBytes) {
      report(type, start, end, overrunError(type, 'is truncated in its header'));
      break;
    }
    const length = headerBytes === 3 ? u8(bytes, at + 2) : u16(bytes, at + 2);
    at += headerBytes;
    if (at + length > end) {
      report(
        type,
        start,
        end,
        overrunError(type, `has length ${length}, but only ${end - at} octets remain`),
      );
      break;
    }
    const error = seen.has(type)
      ? duplicateError(type)
      : readAttribute(builder, bytes, { type, flags, at, length, prefixesFollow }, terms);
    seen.add(type);
    at += length;
    if (error !== null) {
      report(type, start, at, error);
      if (error.handling === 'session-reset') break;
    }
  }
  return { errors, seen };
}

/** Session reset if the prefixes of the attribute cannot be determined (RFC 7606 5.3). */
const overrunError = (type: number, reason: string): AttributeError =>
  type === ATTRIBUTE.mpReach || type === ATTRIBUTE.mpUnreach
    ? sessionReset('malformedList', reason, 'RFC 7606 5.3')
    : treatAsWithdraw('malformedList', reason, 'RFC 7606 4');

const duplicateError = (type: number): AttributeError =>
  type === ATTRIBUTE.mpReach || type === ATTRIBUTE.mpUnreach
    ? sessionReset('malformedList', 'occurs twice', 'RFC 7606 3 g')
    : attributeDiscard('occurs twice', 'RFC 7606 3 g');

type AttributeSlice = {
  readonly type: number;
  readonly flags: number;
  readonly at: number;
  readonly length: number;
  readonly prefixesFollow: boolean;
};

function readAttribute(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  slice: AttributeSlice,
  terms: ReadTerms,
): AttributeError | null {
  const { type, flags, at, length } = slice;
  const unexpected = unexpectedFromPeer(type, terms);
  if (unexpected !== null) return unexpected;
  const expectedFlags = attributeFlags(type);
  if (expectedFlags === null) return acceptUnknown(builder, bytes, slice);
  // The value is decoded even if the flags are wrong: the prefixes of MP_REACH_NLRI must be withdrawn.
  const error = readKnown(builder, bytes, slice, terms);
  if (error?.handling === 'session-reset') return error;
  if ((flags & (FLAG.optional | FLAG.transitive)) !== expectedFlags) {
    const reason = `has the flags 0x${flags.toString(16).padStart(2, '0')}`;
    return treatAsWithdraw('flags', reason, 'RFC 7606 3 c');
  }
  if (error === null && OPAQUE_CHECKED.has(type)) keepOpaque(builder, slice, bytes.slice(at, at + length));
  return error;
}

/** Attributes that are validated, but kept as opaque values. */
const OPAQUE_CHECKED: ReadonlySet<number> = new Set([
  ATTRIBUTE.originatorId,
  ATTRIBUTE.clusterList,
  ATTRIBUTE.ipv6ExtendedCommunities,
]);

/** Attributes that this kind of peer must not send: discarded without decoding. */
function unexpectedFromPeer(type: number, { internal, fourOctetAs }: ReadTerms): AttributeError | null {
  switch (type) {
    case ATTRIBUTE.localPref:
      return internal ? null : attributeDiscard('came from an eBGP peer', 'RFC 7606 7.5');
    case ATTRIBUTE.originatorId:
      return internal ? null : attributeDiscard('came from an eBGP peer', 'RFC 7606 7.9');
    case ATTRIBUTE.clusterList:
      return internal ? null : attributeDiscard('came from an eBGP peer', 'RFC 7606 7.10');
    case ATTRIBUTE.as4Path:
    case ATTRIBUTE.as4Aggregator:
      return fourOctetAs
        ? attributeDiscard('came from a peer that supports four-octet AS numbers', 'RFC 6793 6')
        : null;
    default:
      return null;
  }
}

function readKnown(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  slice: AttributeSlice,
  terms: ReadTerms,
): AttributeError | null {
  const { type, at, length, prefixesFollow } = slice;
  switch (type) {
    case ATTRIBUTE.origin:
      return readOrigin(builder, bytes, at, length);
    case ATTRIBUTE.asPath:
      return readAsPath(builder, bytes, at, length, terms);
    case ATTRIBUTE.nextHop:
      return readNextHop(builder, bytes, at, length, prefixesFollow);
    case ATTRIBUTE.med:
      return readMed(builder, bytes, at, length);
    case ATTRIBUTE.localPref:
      return readLocalPref(builder, bytes, at, length);
    case ATTRIBUTE.atomicAggregate:
      return readAtomicAggregate(builder, length);
    case ATTRIBUTE.aggregator:
      return readAggregator(builder, bytes, at, length, terms.fourOctetAs);
    case ATTRIBUTE.communities:
      return readStandardCommunities(builder, bytes, at, length);
    case ATTRIBUTE.originatorId:
      return length === 4 ? null : treatAsWithdraw('length', `has ${length} octets`, 'RFC 7606 7.9');
    case ATTRIBUTE.clusterList:
      return checkListLength(length, 4, 'RFC 7606 7.10');
    case ATTRIBUTE.mpReach:
      return readReach(builder, bytes, at, length, terms);
    case ATTRIBUTE.mpUnreach:
      return readUnreach(builder, bytes, at, length, terms);
    case ATTRIBUTE.extendedCommunities:
      return readExtendedCommunities(builder, bytes, at, length);
    case ATTRIBUTE.as4Path:
      return readAs4Path(builder, bytes, at, length);
    case ATTRIBUTE.as4Aggregator:
      return readAs4Aggregator(builder, bytes, at, length);
    case ATTRIBUTE.ipv6ExtendedCommunities:
      return checkListLength(length, 20, 'RFC 7606 7.15');
    case ATTRIBUTE.largeCommunities:
      return readLargeCommunities(builder, bytes, at, length);
    default:
      return null;
  }
}

/** Keeps an unknown optional attribute; an unknown well-known one resets the session (RFC 4271 5, 6.3). */
function acceptUnknown(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  slice: AttributeSlice,
): AttributeError | null {
  if ((slice.flags & FLAG.optional) === 0) {
    return sessionReset('unrecognizedWellKnown', 'is flagged well-known, but is unknown', 'RFC 4271 6.3');
  }
  keepOpaque(builder, slice, bytes.slice(slice.at, slice.at + slice.length));
  return null;
}

function keepOpaque(builder: UpdateBuilder, { type, flags }: AttributeSlice, value: Uint8Array): void {
  const attribute = {
    type,
    optional: (flags & FLAG.optional) !== 0,
    transitive: (flags & FLAG.transitive) !== 0,
    partial: (flags & FLAG.partial) !== 0,
    value,
  };
  builder.others = [...builder.others, attribute];
}
