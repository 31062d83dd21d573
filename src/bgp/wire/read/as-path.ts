/** Decodes AS_PATH and AS4_PATH (RFC 4271 4.3, RFC 6793), and merges them. */

import { type AsPath, type AsPathSegment, asPathLength, EMPTY_AS_PATH } from '../../attributes/as-path.ts';
import { AS_TRANS } from '../../attributes/asn.ts';
import { AS_PATH_SEGMENT_KINDS } from '../codes.ts';
import { u8, u16, u32 } from '../octets.ts';
import {
  type AttributeError,
  attributeDiscard,
  treatAsWithdraw,
  type UpdateBuilder,
} from '../update-builder.ts';

const isConfed = ({ kind }: AsPathSegment): boolean => kind === 'confed-sequence' || kind === 'confed-set';

const HAS_ZERO_ASN = 'contains AS 0';

/** The segments; or, if they are malformed, the predicate of a sentence. */
function readSegments(
  bytes: Uint8Array,
  from: number,
  end: number,
  asnBytes: 2 | 4,
): AsPathSegment[] | string {
  const path: AsPathSegment[] = [];
  let at = from;
  while (at < end) {
    if (end - at < 2) return 'ends within a segment';
    const kind = AS_PATH_SEGMENT_KINDS[u8(bytes, at) - 1];
    const count = u8(bytes, at + 1);
    if (kind === undefined) return `has a segment of type ${u8(bytes, at)}`;
    if (count === 0) return 'has an empty segment';
    at += 2;
    if (at + count * asnBytes > end) return 'ends within a segment';
    const asns: number[] = [];
    for (let i = 0; i < count; i++, at += asnBytes) {
      const asn = asnBytes === 4 ? u32(bytes, at) : u16(bytes, at);
      if (asn === 0) return HAS_ZERO_ASN;
      asns.push(asn);
    }
    path.push({ kind, asns });
  }
  return path;
}

const rfcOf = (reason: string, defaultRfc: string): string =>
  reason === HAS_ZERO_ASN ? 'RFC 7607 2' : defaultRfc;

export function readAsPath(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
  { fourOctetAs, internal }: { readonly fourOctetAs: boolean; readonly internal: boolean },
): AttributeError | null {
  const path = length === 0 ? EMPTY_AS_PATH : readSegments(bytes, at, at + length, fourOctetAs ? 4 : 2);
  if (typeof path === 'string') return treatAsWithdraw('asPath', path, rfcOf(path, 'RFC 7606 7.2'));
  if (!internal && path.some(isConfed)) {
    return treatAsWithdraw(
      'asPath',
      'has a confederation segment, but the peer is outside our AS',
      'RFC 5065 5',
    );
  }
  builder.asPath = path;
  return null;
}

/** Drops confederation segments, which AS4_PATH must not have (RFC 6793 6). */
export function readAs4Path(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
): AttributeError | null {
  const path = length === 0 ? 'has no segment' : readSegments(bytes, at, at + length, 4);
  if (typeof path === 'string') return attributeDiscard(path, rfcOf(path, 'RFC 6793 6'));
  builder.as4Path = path.filter((segment) => !isConfed(segment));
  return null;
}

/** Reconstructs the four-octet AS_PATH and AGGREGATOR of a two-octet peer (RFC 6793 4.2.3). */
export function mergeAs4Attributes(builder: UpdateBuilder): void {
  const { aggregator, as4Aggregator, as4Path, asPath } = builder;
  if (aggregator !== null && as4Aggregator !== null) {
    if (aggregator.asn !== AS_TRANS) return; // a two-octet router aggregated later: both AS4 attributes are stale
    builder.aggregator = as4Aggregator;
  }
  if (as4Path === null || asPath === null) return;
  const missing = asPathLength(asPath) - asPathLength(as4Path);
  if (missing >= 0) builder.asPath = [...leadingSegments(asPath, missing), ...as4Path];
}

/** The leading segments with a total path length of `length`. */
function leadingSegments(path: AsPath, length: number): AsPathSegment[] {
  const taken: AsPathSegment[] = [];
  let remaining = length;
  for (const segment of path) {
    if (isConfed(segment)) {
      taken.push(segment);
    } else if (remaining === 0) {
      break;
    } else if (segment.kind === 'set') {
      taken.push(segment);
      remaining--;
    } else {
      const asns = segment.asns.slice(0, remaining);
      taken.push({ kind: 'sequence', asns });
      remaining -= asns.length;
    }
  }
  return taken;
}
