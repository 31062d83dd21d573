/** AS_PATH and AS4_PATH (RFC 4271 4.3, RFC 6793), and the one made of both. */

import {
  type AsPath,
  type AsPathSegment,
  type AsPathSegmentKind,
  asPathLength,
  EMPTY_AS_PATH,
} from '../../attributes/as-path.ts';
import { AS_TRANS } from '../../attributes/asn.ts';
import { u8, u16, u32 } from '../octets.ts';
import {
  type AttributeError,
  attributeDiscard,
  treatAsWithdraw,
  type UpdateBuilder,
} from '../update-builder.ts';

/** By their number, less one; the last two are RFC 5065 3. */
const SEGMENT_KINDS: readonly AsPathSegmentKind[] = ['set', 'sequence', 'confed-sequence', 'confed-set'];

const isConfed = ({ kind }: AsPathSegment): boolean => kind === 'confed-sequence' || kind === 'confed-set';

const HAS_ZERO_ASN = 'has AS 0 in it';

/** The end of a sentence, where it is malformed. */
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
    const kind = SEGMENT_KINDS[u8(bytes, at) - 1];
    const count = u8(bytes, at + 1);
    if (kind === undefined) return `has a segment of type ${u8(bytes, at)}`;
    if (count === 0) return 'has a segment of no AS';
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
    return treatAsWithdraw('asPath', 'has a segment of a confederation that we are not in', 'RFC 5065 5');
  }
  builder.asPath = path;
  return null;
}

/** Segments of a confederation do not belong there and are left out (RFC 6793 6). */
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

/** Puts together what a peer with two octets for AS numbers told in two attributes (RFC 6793 4.2.3). */
export function mergeAs4Attributes(builder: UpdateBuilder): void {
  const { aggregator, as4Aggregator, as4Path, asPath } = builder;
  if (aggregator !== null && as4Aggregator !== null) {
    if (aggregator.asn !== AS_TRANS) return; // somebody has aggregated anew since: both are out of date
    builder.aggregator = as4Aggregator;
  }
  if (as4Path === null || asPath === null) return;
  const missing = asPathLength(asPath) - asPathLength(as4Path);
  if (missing >= 0) builder.asPath = [...leadingSegments(asPath, missing), ...as4Path];
}

/** The first segments that count `length` between them. */
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
