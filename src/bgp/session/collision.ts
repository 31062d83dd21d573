/** Of two connections with one peer only one may stay, and both ends must come to the same (RFC 4271 6.8). */
import type { Open } from '../wire/message.ts';

type OpenIdentity = Pick<Open, 'routerId' | 'asn'>;

/** Whether the connection stays that we dialled: of the higher identifier, or AS where they are the same (RFC 6286 2.3). */
export function keepsOutbound(local: OpenIdentity, peer: OpenIdentity): boolean {
  if (local.routerId !== peer.routerId) return local.routerId > peer.routerId;
  return local.asn > peer.asn;
}
