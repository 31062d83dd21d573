/** Encodes AS_PATH, and AS4_PATH for a peer that encodes AS numbers in two octets (RFC 6793 4.2.2). */

import type { AsPath, AsPathSegment } from '../../attributes/as-path.ts';
import { TWO_OCTET_ASN_MAX, toTwoOctetAsn } from '../../attributes/asn.ts';
import { OPTIONAL_TRANSITIVE, WELL_KNOWN } from '../attribute-kind.ts';
import { AS_PATH_SEGMENT_KINDS, ATTRIBUTE } from '../codes.ts';
import type { OctetWriter } from './octet-writer.ts';

/** AS numbers in a segment, whose count has one octet (RFC 4271 4.3). A longer sequence is split. */
const SEGMENT_ASNS_MAX = 255;

export function writeAsPath(out: OctetWriter, path: AsPath, fourOctetAs: boolean): void {
  const segments = splitSegments(path);
  out.attribute(WELL_KNOWN, ATTRIBUTE.asPath, segmentsBytes(segments, fourOctetAs ? 4 : 2));
  writeSegments(out, segments, fourOctetAs);
}

/** Writes AS4_PATH only if AS_PATH lost a four-octet AS number (RFC 6793 4.2.2). */
export function writeAs4Path(out: OctetWriter, path: AsPath): void {
  if (!path.some(({ asns }) => asns.some((asn) => asn > TWO_OCTET_ASN_MAX))) return;
  const segments = splitSegments(path.filter(({ kind }) => kind === 'sequence' || kind === 'set'));
  if (segments.length === 0) return;
  out.attribute(OPTIONAL_TRANSITIVE, ATTRIBUTE.as4Path, segmentsBytes(segments, 4));
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
    out.u8(AS_PATH_SEGMENT_KINDS.indexOf(kind) + 1);
    out.u8(asns.length);
    for (const asn of asns) {
      if (fourOctetAs) out.u32(asn);
      else out.u16(toTwoOctetAsn(asn));
    }
  }
}
