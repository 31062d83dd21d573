/** Connection collision resolution: of two connections with one peer, both ends close the same one (RFC 4271 6.8). */
import type { Open } from '../wire/message.ts';

type OpenIdentity = Pick<Open, 'routerId' | 'asn'>;

/** Whether to keep our outbound connection: the higher BGP Identifier wins, or the higher AS on a tie (RFC 6286 2.3). */
export function keepsOutbound(local: OpenIdentity, peer: OpenIdentity): boolean {
  if (local.routerId !== peer.routerId) return local.routerId > peer.routerId;
  return local.asn > peer.asn;
}
