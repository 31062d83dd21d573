/** The BGP Identifier (router ID) of a node's speaker, unique within its AS (RFC 6286). */
import type { Address } from '../../net/address.ts';
import type { Node } from '../../objects/node.ts';

/**
 * The BGPPeer's `routerID`; else the node's IPv4 address; else a checksum of the node's name, as in MetalLB, which is the
 * same after a restart. A session over IPv4 uses its local address instead of the checksum.
 */
export function routerIdFor(
  configured: Address | null,
  { name, addresses }: Pick<Node, 'name' | 'addresses'>,
): number {
  const address = configured ?? addresses[4];
  return (address === null ? crc32(name) : Number(address.bits)) || ROUTER_ID_MIN;
}

/** 0 is invalid (RFC 6286 2.1). */
const ROUTER_ID_MIN = 1;

/** IEEE 802.3, reversed bit order. */
const POLYNOMIAL = 0xedb8_8320;

/** Bit by bit, without a table: names are short. */
export function crc32(text: string): number {
  let remainder = 0xffff_ffff;
  for (const octet of new TextEncoder().encode(text)) {
    remainder ^= octet;
    for (let bit = 0; bit < 8; bit++)
      remainder = (remainder >>> 1) ^ ((remainder & 1) === 0 ? 0 : POLYNOMIAL);
  }
  return ~remainder >>> 0;
}
