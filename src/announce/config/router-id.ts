/** By which number a node's speaker is told from all others (the BGP Identifier, RFC 6286). */
import type { Address } from '../../net/address.ts';
import type { Node } from '../../objects/node.ts';

/**
 * What the peer's object says; else the node's IPv4 address; else a number made of the node's name, as in MetalLB, so
 * that it is the same after a restart.
 */
export function routerIdFor(
  configured: Address | null,
  { name, addresses }: Pick<Node, 'name' | 'addresses'>,
): number {
  const address = configured ?? addresses[4];
  return (address === null ? crc32(name) : Number(address.bits)) || ROUTER_ID_MIN;
}

/** 0 is nobody's (RFC 6286 2.1). */
const ROUTER_ID_MIN = 1;

/** IEEE 802.3's, from its lowest bit on. */
const POLYNOMIAL = 0xedb8_8320;

/** Bit by bit: a name is short. */
export function crc32(text: string): number {
  let remainder = 0xffff_ffff;
  for (const octet of new TextEncoder().encode(text)) {
    remainder ^= octet;
    for (let bit = 0; bit < 8; bit++)
      remainder = (remainder >>> 1) ^ ((remainder & 1) === 0 ? 0 : POLYNOMIAL);
  }
  return ~remainder >>> 0;
}
