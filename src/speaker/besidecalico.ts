/** To whom Calico peers from this node: those routers are not ours to dial. */

import { readPeer } from '../calico/objects/peers.ts';
import { peerAddress } from '../calico/objects/prefixes.ts';
import { concerns } from '../calico/sessions.ts';
import type { Raw } from '../cluster/fields.ts';
import type { Labels } from '../cluster/selector.ts';
import { formatAddress } from '../net/address.ts';

/** By the address of the router, the words for the object that says so. `raws` are Calico's BGPPeers. */
export function takenByCalico(
  raws: readonly Raw[],
  node: { readonly name: string; readonly labels: Labels },
): ReadonlyMap<string, string> {
  const taken = new Map<string, string>();
  for (const peer of raws.map(readPeer)) {
    const end = peerAddress(peer.peerIP);
    if (end === null || !concerns(peer, node)) continue;
    taken.set(formatAddress(end.address), `Calico's BGPPeer ${JSON.stringify(peer.name)}`);
  }
  return taken;
}
