/** AS_PATH, and AS4_PATH for a peer with two octets for AS numbers (RFC 6793 4.2.2). */
import { asTwoOctets, TWO_OCTET_ASN_MAX } from '../../routes/asn.ts';
import type { AsPath, Segment, SegmentKind } from '../../routes/aspath.ts';
import { ATTRIBUTE, FLAG } from './codes.ts';
import type { Writer } from './writer.ts';

/** RFC 4271 4.3: their count has one octet. A longer sequence goes as two. */
const SEGMENT_ASNS_MAX = 255;

const NUMBERS: Readonly<Record<SegmentKind, number>> = {
  set: 1,
  sequence: 2,
  'confed-sequence': 3,
  'confed-set': 4,
};

export function writeAsPath(out: Writer, path: AsPath, fourOctetAs: boolean): void {
  const pieces = cut(path);
  out.attribute(FLAG.transitive, ATTRIBUTE.asPath, bytesOf(pieces, fourOctetAs ? 4 : 2));
  writePieces(out, pieces, fourOctetAs);
}

/** Only where a number has been lost: without one, there is nothing that the peer would have to be told. */
export function writeAs4Path(out: Writer, path: AsPath): void {
  if (!path.some(({ asns }) => asns.some((asn) => asn > TWO_OCTET_ASN_MAX))) return;
  const pieces = cut(path.filter(({ kind }) => kind === 'sequence' || kind === 'set'));
  if (pieces.length === 0) return;
  out.attribute(FLAG.optional | FLAG.transitive, ATTRIBUTE.as4Path, bytesOf(pieces, 4));
  writePieces(out, pieces, true);
}

function cut(path: AsPath): readonly Segment[] {
  if (path.every(({ asns }) => asns.length > 0 && asns.length <= SEGMENT_ASNS_MAX)) return path;
  return path.flatMap(({ kind, asns }) => {
    const pieces: Segment[] = [];
    for (let at = 0; at < asns.length; at += SEGMENT_ASNS_MAX) {
      pieces.push({ kind, asns: asns.slice(at, at + SEGMENT_ASNS_MAX) });
    }
    return pieces;
  });
}

const bytesOf = (pieces: readonly Segment[], each: number): number =>
  pieces.reduce((sum, { asns }) => sum + 2 + each * asns.length, 0);

function writePieces(out: Writer, pieces: readonly Segment[], fourOctetAs: boolean): void {
  for (const { kind, asns } of pieces) {
    out.u8(NUMBERS[kind]);
    out.u8(asns.length);
    for (const asn of asns) {
      if (fourOctetAs) out.u32(asn);
      else out.u16(asTwoOctets(asn));
    }
  }
}
