/**
 * The sessions that BGPPeers configure on a node (confd, `client.go`): with addresses that they name and nodes that they select,
 * and back from a node that is such a peer. Of two sessions with one address and port, confd writes one: that of a BGPPeer for
 * all nodes, else one of them that its maps choose at random. Here this is the first by name.
 */

import { type Family, formatAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
import type { Labels } from '../../objects/selector.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { BGPPeer } from '../objects/peers.ts';
import { readPeerAddress } from '../objects/prefixes.ts';
import { matches, parseSelector } from '../selector/selector.ts';
import {
  configuredPort,
  globalAS,
  localAS,
  type PeerSession,
  protocolName,
  type SessionConfig,
} from './session-config.ts';

const isGlobal = ({ node, nodeSelector }: BGPPeer): boolean => node === '' && nodeSelector === '';

/** False where the selector cannot be parsed: it then selects nothing, and confd only logs it. */
function matchesSelector(selector: string, labels: Labels): boolean {
  const read = parseSelector(selector);
  return read.ok && matches(read.value, labels);
}

/** Whether the BGPPeer applies to the node. */
export function appliesToNode(peer: BGPPeer, node: Pick<CalicoNode, 'name' | 'labels'>): boolean {
  if (isGlobal(peer)) return true;
  return peer.nodeSelector === '' ? peer.node === node.name : matchesSelector(peer.nodeSelector, node.labels);
}

/** The sessions that confd writes for BGPPeers. */
export function peerSessionsOf(
  cluster: CalicoCluster,
  node: CalicoNode,
  family: Family,
): readonly PeerSession[] {
  const candidates = peerSessionCandidates(cluster, node, family);
  const written = new Map<string, PeerSession>();
  for (const kind of ['global', 'node'] as const) {
    for (const session of candidates.filter((one) => one.kind === kind)) {
      const remote = remoteText(session);
      if (!written.has(remote)) written.set(remote, session);
    }
  }
  return [...written.values()];
}

/** The remotes that confd tells apart: a port that is written counts as another than the same one by default. */
const remoteText = ({ peer, writtenPort }: PeerSession): string => `${peer.bits} ${writtenPort ?? ''}`;

/** All sessions that BGPPeers ask for, reverse ones last; several of them may have one remote. */
const peerSessionCandidates = (
  cluster: CalicoCluster,
  node: CalicoNode,
  family: Family,
): readonly PeerSession[] => [
  ...cluster.peers
    .filter((peer) => appliesToNode(peer, node))
    .flatMap((peer) => sessionsFromPeer(cluster, peer, node, family)),
  ...cluster.peers.flatMap((peer) => reverseSessions(cluster, peer, node, family)),
];

/** Remotes (address and port) that several BGPPeers configure alike for the node, with the names of these BGPPeers. */
export function conflictingPeers(
  cluster: CalicoCluster,
  node: CalicoNode,
  family: Family,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const peer of cluster.peers.filter((one) => appliesToNode(one, node))) {
    for (const session of sessionsFromPeer(cluster, peer, node, family)) {
      const { writtenPort } = session;
      const remote = `${formatAddress(session.peer)}${writtenPort === null ? '' : ` port ${writtenPort}`}`;
      names.set(remote, [...(names.get(remote) ?? []), session.bgpPeer]);
    }
  }
  return new Map([...names].filter(([, peers]) => peers.length > 1));
}

function sessionsFromPeer(
  cluster: CalicoCluster,
  peer: BGPPeer,
  node: CalicoNode,
  family: Family,
): readonly PeerSession[] {
  const kind = isGlobal(peer) ? 'global' : 'node';
  if (peer.peerSelector !== '') {
    return cluster.nodes
      .filter((other) => other.name !== node.name && matchesSelector(peer.peerSelector, other.labels))
      .flatMap((other) => sessionsToNode(cluster, peer, { node, other, family, kind }));
  }
  const remote = readPeerAddress(peer.peerIP);
  if (remote === null || remote.address.family !== family) return [];
  const [named] = nodesNamedBy(cluster, peer);
  const writtenPort = remote.port ?? (named === undefined ? null : configuredPort(cluster, named.name));
  const remoteAS = peer.asNumber;
  const own = peer.localAS ?? localAS(cluster, node);
  return [
    completeSession({
      family,
      peer: remote.address,
      writtenPort,
      kind,
      localAS: own,
      remoteAS,
      isReflectorClient: node.clusterId !== '' && remoteAS === own,
      allowedLocalAS: peer.allowedLocalAS,
      ...peerSettings(peer),
    }),
  ];
}

/** The nodes that have the address and AS of the `peerIP`, and its port if it has one. */
function nodesNamedBy(cluster: CalicoCluster, peer: BGPPeer): readonly CalicoNode[] {
  const remote = readPeerAddress(peer.peerIP);
  if (peer.peerSelector !== '' || remote === null) return [];
  const { address, port } = remote;
  const as = peer.asNumber ?? globalAS(cluster);
  const { listenPort: common } = cluster.configuration;
  return cluster.nodes.filter((node) => {
    if (node.addresses[address.family]?.bits !== address.bits || localAS(cluster, node) !== as) return false;
    const own = cluster.nodeConfigurations.get(node.name)?.listenPort ?? null;
    if (port === null) return true;
    return (own === null || own === port) && (common === null || common === port);
  });
}

/** A node that is the peer of a BGPPeer has the session back, too, unless `reversePeering` is Manual. */
function reverseSessions(
  cluster: CalicoCluster,
  peer: BGPPeer,
  node: CalicoNode,
  family: Family,
): readonly PeerSession[] {
  if (!peer.hasReversePeering) return [];
  const isPeer =
    peer.peerSelector === ''
      ? readPeerAddress(peer.peerIP)?.address.family === family && nodesNamedBy(cluster, peer).includes(node)
      : matchesSelector(peer.peerSelector, node.labels);
  if (!isPeer) return [];
  return cluster.nodes
    .filter((other) => other.name !== node.name && appliesToNode(peer, other))
    .flatMap((other) => sessionsToNode(cluster, peer, { node, other, family, kind: 'node' }));
}

type NodeSession = {
  readonly node: CalicoNode;
  readonly other: CalicoNode;
  readonly family: Family;
  readonly kind: 'global' | 'node';
};

/** The session of `node` with `other`; none where that has no address of the family. */
function sessionsToNode(
  cluster: CalicoCluster,
  peer: BGPPeer,
  { node, other, family, kind }: NodeSession,
): readonly PeerSession[] {
  const address = other.addresses[family];
  if (address === null) return [];
  const [own, remoteAS] = [localAS(cluster, node), localAS(cluster, other)];
  const writtenPort = configuredPort(cluster, other.name);
  // Reflectors with one cluster ID are plain peers of each other; every other node of the AS is a client.
  const isReflectorClient = node.clusterId !== '' && own === remoteAS && other.clusterId !== node.clusterId;
  const session = { family, peer: address, writtenPort, kind, localAS: own, remoteAS, isReflectorClient };
  return [completeSession({ ...session, allowedLocalAS: 0, ...peerSettings(peer) })];
}

const completeSession = (
  session: Omit<SessionConfig, 'name' | 'port'> & Pick<PeerSession, 'writtenPort'>,
): PeerSession => ({
  ...session,
  name: protocolName(session.kind, session.peer, session.writtenPort),
  port: session.writtenPort ?? BGP_PORT,
});

const peerSettings = (peer: BGPPeer) =>
  ({
    password: peer.password,
    nextHop: peer.nextHop,
    ttlSecurity: peer.ttlSecurity,
    restartSeconds: peer.restartSeconds,
    filters: peer.filters,
    reachableBy: peer.reachableBy,
    bgpPeer: peer.name,
  }) as const;
