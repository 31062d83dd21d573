/** Where a BGPPeer takes effect, for findings about its fields: on nodes that are known, on unknown ones, or nowhere. */
import { listSome } from '../../base/text.ts';
import { appliesToNode } from '../confd/peer-sessions.ts';
import type { BGPPeer } from '../objects/peers.ts';
import type { ClusterSnapshot } from './snapshot.ts';

/** Whether all nodes are known, and the BGPPeer applies to none of them. It has no session then, which P11 reports. */
export const appliesNowhere = (snapshot: ClusterSnapshot, peer: BGPPeer): boolean =>
  snapshot.isKindComplete('Node') &&
  !snapshot.converged.cluster.nodes.some((node) => appliesToNode(peer, node));

/** Says where BIRD rejects its configuration because of a field of the BGPPeer. */
export function rejectionText(snapshot: ClusterSnapshot, peer: BGPPeer): string {
  if (appliesNowhere(snapshot, peer))
    return `No node has BGPPeer ${peer.name} yet. On a node that gets it, BIRD rejects its whole configuration.`;
  const nodes = snapshot.converged.cluster.nodes.filter((node) => appliesToNode(peer, node));
  const where = nodes.length > 0 ? listSome(nodes.map(({ name }) => name)) : 'every node that has the peer';
  return `BIRD rejects its whole configuration on ${where}, and announces nothing from there.`;
}
