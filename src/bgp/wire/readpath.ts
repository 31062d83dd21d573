/** AS_PATH and AS4_PATH (RFC 4271 4.3, RFC 6793), and the one made of both. */

import { AS_TRANS } from '../../routes/asn.ts';
import { type AsPath, EMPTY_PATH, pathLength, type Segment, type SegmentKind } from '../../routes/aspath.ts';
import { type Complaint, type Draft, discard, withdraw } from './draft.ts';
import { u8, u16, u32 } from './octets.ts';

/** By their number, less one; the last two are RFC 5065 3. */
const SEGMENTS: readonly SegmentKind[] = ['set', 'sequence', 'confed-sequence', 'confed-set'];

const isConfed = ({ kind }: Segment): boolean => kind === 'confed-sequence' || kind === 'confed-set';

const HAS_ZERO = 'has AS 0 in it';

/** The end of a sentence, where it is malformed. */
function readSegments(bytes: Uint8Array, from: number, end: number, each: 2 | 4): Segment[] | string {
  const path: Segment[] = [];
  let at = from;
  while (at < end) {
    if (end - at < 2) return 'ends within a segment';
    const kind = SEGMENTS[u8(bytes, at) - 1];
    const count = u8(bytes, at + 1);
    if (kind === undefined) return `has a segment of type ${u8(bytes, at)}`;
    if (count === 0) return 'has a segment of no AS';
    at += 2;
    if (at + count * each > end) return 'ends within a segment';
    const asns: number[] = [];
    for (let i = 0; i < count; i++, at += each) {
      const asn = each === 4 ? u32(bytes, at) : u16(bytes, at);
      if (asn === 0) return HAS_ZERO;
      asns.push(asn);
    }
    path.push({ kind, asns });
  }
  return path;
}

const sectionOf = (says: string, usual: string): string => (says === HAS_ZERO ? 'RFC 7607 2' : usual);

export function readAsPath(
  draft: Draft,
  bytes: Uint8Array,
  at: number,
  length: number,
  { fourOctetAs, internal }: { readonly fourOctetAs: boolean; readonly internal: boolean },
): Complaint | null {
  const path = length === 0 ? EMPTY_PATH : readSegments(bytes, at, at + length, fourOctetAs ? 4 : 2);
  if (typeof path === 'string') return withdraw('asPath', path, sectionOf(path, 'RFC 7606 7.2'));
  if (!internal && path.some(isConfed)) {
    return withdraw('asPath', 'has a segment of a confederation that we are not in', 'RFC 5065 5');
  }
  draft.asPath = path;
  return null;
}

/** Segments of a confederation do not belong there and are left out (RFC 6793 6). */
export function readAs4Path(draft: Draft, bytes: Uint8Array, at: number, length: number): Complaint | null {
  const path = length === 0 ? 'has no segment' : readSegments(bytes, at, at + length, 4);
  if (typeof path === 'string') return discard(path, sectionOf(path, 'RFC 6793 6'));
  draft.as4Path = path.filter((segment) => !isConfed(segment));
  return null;
}

/** Puts together what a peer with two octets for AS numbers told in two attributes (RFC 6793 4.2.3). */
export function mergeAs4(draft: Draft): void {
  const { aggregator, as4Aggregator, as4Path, asPath } = draft;
  if (aggregator !== null && as4Aggregator !== null) {
    if (aggregator.asn !== AS_TRANS) return; // somebody has aggregated anew since: both are out of date
    draft.aggregator = as4Aggregator;
  }
  if (as4Path === null || asPath === null) return;
  const missing = pathLength(asPath) - pathLength(as4Path);
  if (missing >= 0) draft.asPath = [...leading(asPath, missing), ...as4Path];
}

/** The first segments that count `length` between them. */
function leading(path: AsPath, length: number): Segment[] {
  const taken: Segment[] = [];
  let left = length;
  for (const segment of path) {
    if (isConfed(segment)) {
      taken.push(segment);
    } else if (left === 0) {
      break;
    } else if (segment.kind === 'set') {
      taken.push(segment);
      left--;
    } else {
      const asns = segment.asns.slice(0, left);
      taken.push({ kind: 'sequence', asns });
      left -= asns.length;
    }
  }
  return taken;
}
