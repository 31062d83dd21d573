/** Extended communities (RFC 4360): 64 bits, of which the first one or two octets are the type. */
import { formatIPv4 } from '../../net/address.ts';
import { toTwoOctetAsn } from './asn.ts';

/** The 64 bits as two numbers of 32 bits. */
export type ExtendedCommunity = { readonly high: number; readonly low: number };

/** Type bit of a community that is not propagated to other ASes (RFC 4360 2). */
const NON_TRANSITIVE = 0x40;

/** Type of a two-octet AS specific community (RFC 4360 3.1): 0x00, or 0x40 if non-transitive. */
const TWO_OCTET_AS = 0x00;
const IPV4_ADDRESS = 0x01;
const FOUR_OCTET_AS = 0x02;

const ROUTE_TARGET = 0x02;
const ROUTE_ORIGIN = 0x03;
const LINK_BANDWIDTH = 0x04;

/** Link bandwidth: weight of a path in multipath load balancing (draft-ietf-idr-link-bandwidth). */
export type LinkBandwidth = {
  readonly asn: number;
  /** Bytes per second, with the precision of an IEEE 754 single. */
  readonly bytesPerSecond: number;
  /** The draft's form is non-transitive: it is removed at the AS boundary. */
  readonly transitive: boolean;
};

const FLOAT32 = new DataView(new ArrayBuffer(4));

/** Encodes an AS number that does not fit two octets as AS_TRANS. */
export function linkBandwidthCommunity({
  asn,
  bytesPerSecond,
  transitive,
}: LinkBandwidth): ExtendedCommunity {
  FLOAT32.setFloat32(0, bytesPerSecond);
  const type = transitive ? TWO_OCTET_AS : TWO_OCTET_AS | NON_TRANSITIVE;
  return {
    high: ((type << 24) | (LINK_BANDWIDTH << 16) | toTwoOctetAsn(asn)) >>> 0,
    low: FLOAT32.getUint32(0),
  };
}

/** Null unless it is a link bandwidth. */
export function readLinkBandwidth({ high, low }: ExtendedCommunity): LinkBandwidth | null {
  const type = high >>> 24;
  if ((type & ~NON_TRANSITIVE) !== TWO_OCTET_AS || ((high >>> 16) & 0xff) !== LINK_BANDWIDTH) return null;
  FLOAT32.setUint32(0, low);
  return { asn: high & 0xffff, bytesPerSecond: FLOAT32.getFloat32(0), transitive: type === TWO_OCTET_AS };
}

const SUBTYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [ROUTE_TARGET, 'rt'],
  [ROUTE_ORIGIN, 'soo'],
]);

/** `link-bandwidth:64512:125000000`, `rt:64512:1`; other types in hexadecimal. */
export function formatExtendedCommunity(community: ExtendedCommunity): string {
  const bandwidth = readLinkBandwidth(community);
  if (bandwidth !== null) {
    const label = bandwidth.transitive ? 'link-bandwidth-transitive' : 'link-bandwidth';
    return `${label}:${bandwidth.asn}:${bandwidth.bytesPerSecond}`;
  }
  const { high, low } = community;
  const name = SUBTYPE_NAMES.get((high >>> 16) & 0xff);
  if (name !== undefined) {
    const sixOctetAdmin = (high & 0xffff) * 65_536 + (low >>> 16);
    switch (high >>> 24) {
      case TWO_OCTET_AS:
        return `${name}:${high & 0xffff}:${low}`;
      case IPV4_ADDRESS:
        return `${name}:${formatIPv4(sixOctetAdmin)}:${low & 0xffff}`;
      case FOUR_OCTET_AS:
        return `${name}:${sixOctetAdmin}:${low & 0xffff}`;
    }
  }
  return `0x${hex(high)}${hex(low)}`;
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
