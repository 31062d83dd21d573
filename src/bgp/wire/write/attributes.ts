/** Encodes path attributes in ascending order of their type codes (RFC 4271 5). */
import { TWO_OCTET_ASN_MAX, toTwoOctetAsn } from '../../attributes/asn.ts';
import type {
  NextHop,
  PathAttributes,
  RouteAggregator,
  UnrecognizedAttribute,
} from '../../attributes/path.ts';
import { OPTIONAL, OPTIONAL_TRANSITIVE, WELL_KNOWN } from '../attribute-kind.ts';
import { ATTRIBUTE, FLAG, ORIGIN_CODES } from '../codes.ts';
import type { WriteTerms } from '../negotiated.ts';
import { putBigUint } from '../octets.ts';
import { writeAs4Path, writeAsPath } from './as-path.ts';
import { OctetWriter } from './octet-writer.ts';

/** Encodes all attributes but MP_REACH_NLRI and MP_UNREACH_NLRI. `nextHop` is null if it is in MP_REACH_NLRI. */
export function encodeAttributes(
  attributes: PathAttributes,
  nextHop: NextHop | null,
  { fourOctetAs }: Pick<WriteTerms, 'fourOctetAs'>,
): Uint8Array {
  const out = new OctetWriter();
  out.attribute(WELL_KNOWN, ATTRIBUTE.origin, 1);
  out.u8(ORIGIN_CODES.indexOf(attributes.origin));
  writeAsPath(out, attributes.asPath, fourOctetAs);
  if (nextHop !== null) writeUint32(out, WELL_KNOWN, ATTRIBUTE.nextHop, Number(nextHop.address.bits));
  if (attributes.med !== null) writeUint32(out, OPTIONAL, ATTRIBUTE.med, attributes.med);
  if (attributes.localPref !== null) {
    writeUint32(out, WELL_KNOWN, ATTRIBUTE.localPref, attributes.localPref);
  }
  if (attributes.atomicAggregate) out.attribute(WELL_KNOWN, ATTRIBUTE.atomicAggregate, 0);
  if (attributes.aggregator !== null) writeAggregator(out, attributes.aggregator, fourOctetAs);
  writeCommunities(out, attributes);
  const others = [...attributes.others].sort((a, b) => a.type - b.type);
  writeOthers(out, others, 0, ATTRIBUTE.extendedCommunities);
  writeExtendedCommunities(out, attributes);
  if (!fourOctetAs) {
    writeAs4Path(out, attributes.asPath);
    if (attributes.aggregator !== null) writeAs4Aggregator(out, attributes.aggregator);
  }
  writeOthers(out, others, ATTRIBUTE.extendedCommunities, ATTRIBUTE.largeCommunities);
  writeLargeCommunities(out, attributes);
  writeOthers(out, others, ATTRIBUTE.largeCommunities, 256);
  return out.written;
}

function writeUint32(out: OctetWriter, flags: number, type: number, value: number): void {
  out.attribute(flags, type, 4);
  out.u32(value);
}

function writeAggregator(out: OctetWriter, { asn, routerId }: RouteAggregator, fourOctetAs: boolean): void {
  out.attribute(OPTIONAL_TRANSITIVE, ATTRIBUTE.aggregator, fourOctetAs ? 8 : 6);
  if (fourOctetAs) out.u32(asn);
  else out.u16(toTwoOctetAsn(asn));
  out.u32(routerId);
}

/** RFC 6793 4.2.2. */
function writeAs4Aggregator(out: OctetWriter, { asn, routerId }: RouteAggregator): void {
  if (asn <= TWO_OCTET_ASN_MAX) return;
  out.attribute(OPTIONAL_TRANSITIVE, ATTRIBUTE.as4Aggregator, 8);
  out.u32(asn);
  out.u32(routerId);
}

function writeCommunities(out: OctetWriter, { communities }: PathAttributes): void {
  if (communities.length === 0) return;
  out.attribute(OPTIONAL_TRANSITIVE, ATTRIBUTE.communities, 4 * communities.length);
  for (const community of communities) out.u32(community);
}

function writeExtendedCommunities(out: OctetWriter, { extendedCommunities }: PathAttributes): void {
  if (extendedCommunities.length === 0) return;
  out.attribute(OPTIONAL_TRANSITIVE, ATTRIBUTE.extendedCommunities, 8 * extendedCommunities.length);
  for (const { high, low } of extendedCommunities) {
    out.u32(high);
    out.u32(low);
  }
}

function writeLargeCommunities(out: OctetWriter, { largeCommunities }: PathAttributes): void {
  if (largeCommunities.length === 0) return;
  out.attribute(OPTIONAL_TRANSITIVE, ATTRIBUTE.largeCommunities, 12 * largeCommunities.length);
  for (const { global, first, second } of largeCommunities) {
    out.u32(global);
    out.u32(first);
    out.u32(second);
  }
}

/** Writes the attributes with `above` < type < `below`. */
function writeOthers(
  out: OctetWriter,
  others: readonly UnrecognizedAttribute[],
  above: number,
  below: number,
): void {
  for (const { type, optional, transitive, partial, value } of others) {
    if (type <= above || type >= below) continue;
    const flags =
      (optional ? FLAG.optional : 0) | (transitive ? FLAG.transitive : 0) | (partial ? FLAG.partial : 0);
    out.attribute(flags, type, value.length);
    out.bytes(value);
  }
}

/** Next hop for MP_REACH_NLRI: 4, 16 or 32 octets (RFC 2545 3, RFC 8950 3). */
export function encodeNextHop({ address, linkLocal }: NextHop): Uint8Array {
  const octets = address.family === 4 ? 4 : 16;
  const bytes = new Uint8Array(linkLocal === null ? octets : 32);
  putBigUint(bytes, 0, address.bits, octets);
  if (linkLocal !== null) putBigUint(bytes, 16, linkLocal.bits, 16);
  return bytes;
}
