/** Derives a router ID from the name of a node, as calico-node does (`CALICO_ROUTER_ID=hash`). */
import { createHash } from 'node:crypto';

/** A greater first byte is multicast. */
const FIRST_BYTE_MAX = 223;

/** The first four bytes of the name's SHA-256, as an IPv4 address below the multicast range. */
export function hashedRouterId(nodeName: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = createHash('sha256').update(nodeName).digest();
  return (((a > FIRST_BYTE_MAX ? a - 32 : a) * 256 + b) * 256 + c) * 256 + d;
}
