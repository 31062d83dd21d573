/** Routers that Calico peers with from this node; the speaker opens no sessions with them. */

import type { Raw } from '../../base/json.ts';
import { formatAddress } from '../../net/address.ts';
import type { Labels } from '../../objects/selector.ts';
import { readCalicoPeer } from '../objects/peers.ts';
import { readPeerAddress } from '../objects/prefixes.ts';
import { appliesToNode } from './peer-sessions.ts';

/** For each router's address, the name of Calico's BGPPeer, for messages. */
export function findCalicoRouters(
  bgpPeers: readonly Raw[],
  node: { readonly name: string; readonly labels: Labels },
): ReadonlyMap<string, string> {
  const routers = new Map<string, string>();
  for (const peer of bgpPeers.map(readCalicoPeer)) {
    const endpoint = readPeerAddress(peer.peerIP);
    if (endpoint === null || !appliesToNode(peer, node)) continue;
    routers.set(formatAddress(endpoint.address), `Calico's BGPPeer ${JSON.stringify(peer.name)}`);
  }
  return routers;
}
