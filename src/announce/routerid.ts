/** By which number a node's speaker is told from all others (the BGP Identifier, RFC 6286). */
import type { Address } from '../net/address.ts';
import type { NodeView } from './node.ts';

/**
 * What the peer's object says; else the node's IPv4 address; else a number made of the node's name, as in MetalLB, so
 * that it is the same after a restart.
 */
export function routerIdFor(
  given: Address | null,
  { name, addresses }: Pick<NodeView, 'name' | 'addresses'>,
): number {
  const address = given ?? addresses[4];
  return (address === null ? crc32(name) : Number(address.bits)) || LEAST;
}

/** 0 is nobody's (RFC 6286 2.1). */
const LEAST = 1;

/** IEEE 802.3's, from its lowest bit on. */
const POLYNOMIAL = 0xedb8_8320;

/** Bit by bit: a name is short. */
export function crc32(text: string): number {
  let rest = 0xffff_ffff;
  for (const octet of new TextEncoder().encode(text)) {
    rest ^= octet;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ ((rest & 1) === 0 ? 0 : POLYNOMIAL);
  }
  return ~rest >>> 0;
}
