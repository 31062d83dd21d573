/** The router ID that calico-node makes of a node's name (`CALICO_ROUTER_ID=hash`). */
import { createHash } from 'node:crypto';

/** Above this a first byte would make a multicast address. */
const FIRST_BYTE_MAX = 223;

/** The first bytes of a hash of the name, as calico-node makes a router ID of it (`CALICO_ROUTER_ID=hash`). */
export function hashedRouterId(nodeName: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = createHash('sha256').update(nodeName).digest();
  return (((a > FIRST_BYTE_MAX ? a - 32 : a) * 256 + b) * 256 + c) * 256 + d;
}
