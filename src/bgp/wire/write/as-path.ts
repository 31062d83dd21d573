/** AS_PATH, and AS4_PATH for a peer with two octets for AS numbers (RFC 6793 4.2.2). */

import type { AsPath, AsPathSegment, AsPathSegmentKind } from '../../attributes/as-path.ts';
import { TWO_OCTET_ASN_MAX, toTwoOctetAsn } from '../../attributes/asn.ts';
import { ATTRIBUTE, FLAG } from '../codes.ts';
import type { OctetWriter } from './octet-writer.ts';

/** RFC 4271 4.3: their count has one octet. A longer sequence goes as two. */
const SEGMENT_ASNS_MAX = 255;

const SEGMENT_TYPES: Readonly<Record<AsPathSegmentKind, number>> = {
  set: 1,
  sequence: 2,
  'confed-sequence': 3,
  'confed-set': 4,
};

export function writeAsPath(out: OctetWriter, path: AsPath, fourOctetAs: boolean): void {
  const segments = splitSegments(path);
  out.attribute(FLAG.transitive, ATTRIBUTE.asPath, segmentsBytes(segments, fourOctetAs ? 4 : 2));
  writeSegments(out, segments, fourOctetAs);
}

/** Only where a number has been lost: without one, there is nothing that the peer would have to be told. */
export function writeAs4Path(out: OctetWriter, path: AsPath): void {
  if (!path.some(({ asns }) => asns.some((asn) => asn > TWO_OCTET_ASN_MAX))) return;
  const segments = splitSegments(path.filter(({ kind }) => kind === 'sequence' || kind === 'set'));
  if (segments.length === 0) return;
  out.attribute(FLAG.optional | FLAG.transitive, ATTRIBUTE.as4Path, segmentsBytes(segments, 4));
  writeSegments(out, segments, true);
}

function splitSegments(path: AsPath): readonly AsPathSegment[] {
  if (path.every(({ asns }) => asns.length > 0 && asns.length <= SEGMENT_ASNS_MAX)) return path;
  return path.flatMap(({ kind, asns }) => {
    const segments: AsPathSegment[] = [];
    for (let at = 0; at < asns.length; at += SEGMENT_ASNS_MAX) {
      segments.push({ kind, asns: asns.slice(at, at + SEGMENT_ASNS_MAX) });
    }
    return segments;
  });
}

const segmentsBytes = (segments: readonly AsPathSegment[], asnBytes: number): number =>
  segments.reduce((sum, { asns }) => sum + 2 + asnBytes * asns.length, 0);

function writeSegments(out: OctetWriter, segments: readonly AsPathSegment[], fourOctetAs: boolean): void {
  for (const { kind, asns } of segments) {
    out.u8(SEGMENT_TYPES[kind]);
    out.u8(asns.length);
    for (const asn of asns) {
      if (fourOctetAs) out.u32(asn);
      else out.u16(toTwoOctetAsn(asn));
    }
  }
}
