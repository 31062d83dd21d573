/**
 * The BGP sessions that a node's BIRD is configured to keep (confd, `bgp_processor.go`): to the other nodes of the mesh, to
 * addresses that BGPPeers name, and to nodes that they select, reverse sessions included.
 */

import { type Address, type Family, formatAddress, sameAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
import type { Labels } from '../../objects/selector.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { SecretRef } from '../objects/configuration.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { BGPPeer } from '../objects/peers.ts';
import { readPeerAddress } from '../objects/prefixes.ts';
import { matches, parseSelector } from '../selector/selector.ts';

/** The AS of nodes where no object sets one (`DefaultASNumber`). */
export const DEFAULT_AS = 64_512;

export type SessionConfig = {
  readonly family: Family;
  readonly peer: Address;
  /** The TCP port that the node connects to. */
  readonly port: number;
  readonly kind: 'mesh' | 'global' | 'node';
  readonly localAS: number;
  /** Null where no object sets it: BIRD then rejects its whole configuration. */
  readonly remoteAS: number | null;
  readonly password: SecretRef | null;
  readonly nextHop: BGPPeer['nextHop'];
  readonly allowedLocalAS: number;
  readonly ttlSecurity: number | null;
  readonly filters: readonly string[];
  /** The gateway of a static route to the peer; '' for none. */
  readonly reachableBy: string;
  /** This node is a route reflector and the peer is its client. */
  readonly isReflectorClient: boolean;
  /** Name of the BGPPeer that configures it; '' for the mesh. */
  readonly bgpPeer: string;
};

const globalAS = ({ configuration }: CalicoCluster): number => configuration.asNumber ?? DEFAULT_AS;

export const localAS = (cluster: CalicoCluster, node: CalicoNode): number =>
  node.asNumber ?? globalAS(cluster);

export const listenPort = (cluster: CalicoCluster, node: string): number =>
  cluster.nodeConfigurations.get(node)?.listenPort ?? cluster.configuration.listenPort ?? BGP_PORT;

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

/** The sessions of one node and family; none where the node has no address of the family. */
export function sessionsOf(
  cluster: CalicoCluster,
  node: CalicoNode,
  family: Family,
): readonly SessionConfig[] {
  const own = node.addresses[family];
  if (own === null) return [];
  const peerSessions = bgpPeerSessionsOf(cluster, node, family);
  const meshSessions = meshSessionsOf(cluster, node, family);
  if (peerSessions.length === 0) return meshSessions.filter((one) => !sameAddress(one.peer, own));
  const byRemote = new Map<string, SessionConfig>();
  // A BGPPeer session to a node can replace its mesh session; other BGPPeers leave the mesh as it is.
  const nodeAddressBits = nodeBits(cluster)[family];
  const isDisjoint = peerSessions.every(({ peer }) => !nodeAddressBits.has(peer.bits));
  // A global BGPPeer overrides node-specific ones for the same address. Of two alike, which one wins is undefined.
  for (const session of [
    ...(isDisjoint ? [] : meshSessions),
    ...peerSessions.filter((one) => one.kind === 'node'),
    ...peerSessions.filter((one) => one.kind === 'global'),
  ]) {
    if (sameAddress(session.peer, own)) continue;
    const remote = `${session.peer.bits} ${session.port}`;
    const existing = byRemote.get(remote);
    if (existing === undefined || existing.kind !== session.kind) byRemote.set(remote, session);
  }
  return isDisjoint
    ? [...meshSessions.filter((one) => !sameAddress(one.peer, own)), ...byRemote.values()]
    : [...byRemote.values()];
}

const nodeBitsCache = new WeakMap<
  CalicoCluster,
  { readonly [F in Family]: ReadonlySet<bigint | undefined> }
>();

/** The addresses of all nodes. */
function nodeBits(cluster: CalicoCluster): { readonly [F in Family]: ReadonlySet<bigint | undefined> } {
  const of = (family: Family) => new Set(cluster.nodes.map(({ addresses }) => addresses[family]?.bits));
  const known = nodeBitsCache.get(cluster) ?? { 4: of(4), 6: of(6) };
  nodeBitsCache.set(cluster, known);
  return known;
}

/** The sessions that BGPPeers configure, without the mesh; several for one remote where several BGPPeers name it. */
export const bgpPeerSessionsOf = (
  cluster: CalicoCluster,
  node: CalicoNode,
  family: Family,
): readonly SessionConfig[] =>
  cluster.peers.flatMap((peer) => [
    ...(appliesToNode(peer, node) ? sessionsFromPeer(cluster, peer, node, family) : []),
    ...reverseSessions(cluster, peer, node, family),
  ]);

/** Remotes (address and port) that several BGPPeers configure for the node, with the names of these BGPPeers. */
export function conflictingPeers(
  cluster: CalicoCluster,
  node: CalicoNode,
  family: Family,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const peer of cluster.peers.filter((one) => appliesToNode(one, node))) {
    for (const { peer: address, port, bgpPeer } of sessionsFromPeer(cluster, peer, node, family)) {
      const remote = `${formatAddress(address)} ${port}`;
      names.set(remote, [...(names.get(remote) ?? []), bgpPeer]);
    }
  }
  return new Map([...names].filter(([, peers]) => peers.length > 1));
}

/** The mesh sessions of all nodes of one AS. Nodes share the objects, since a mesh of n nodes has n² of them. */
const meshCache = new WeakMap<CalicoCluster, Map<string, readonly MeshSession[]>>();

type MeshSession = { readonly to: string; readonly session: SessionConfig };

function meshSessionsOf(cluster: CalicoCluster, node: CalicoNode, family: Family): readonly SessionConfig[] {
  if (!cluster.configuration.mesh || node.clusterId !== '') return [];
  return fullMesh(cluster, localAS(cluster, node), family).flatMap(({ to, session }) =>
    to === node.name ? [] : [session],
  );
}

function fullMesh(cluster: CalicoCluster, own: number, family: Family): readonly MeshSession[] {
  const known = meshCache.get(cluster) ?? new Map<string, readonly MeshSession[]>();
  meshCache.set(cluster, known);
  const key = `${own} ${family}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = cluster.nodes.flatMap((other): readonly MeshSession[] => {
    const peer = other.addresses[family];
    if (peer === null || other.clusterId !== '') return [];
    const session: SessionConfig = {
      family,
      peer,
      port: listenPort(cluster, other.name),
      kind: 'mesh',
      localAS: own,
      // A neighbour without an annotation.
      remoteAS: other.asNumber ?? (cluster.behaviour.hasBgpProcessor ? own : globalAS(cluster)),
      ...SESSION_DEFAULTS,
      password: cluster.configuration.meshPassword,
    };
    return [{ to: other.name, session }];
  });
  known.set(key, made);
  return made;
}

const SESSION_DEFAULTS = {
  password: null,
  nextHop: 'auto',
  allowedLocalAS: 0,
  ttlSecurity: null,
  filters: [],
  reachableBy: '',
  isReflectorClient: false,
  bgpPeer: '',
} as const;

function sessionsFromPeer(
  cluster: CalicoCluster,
  peer: BGPPeer,
  node: CalicoNode,
  family: Family,
): readonly SessionConfig[] {
  const kind = isGlobal(peer) ? 'global' : 'node';
  if (peer.peerSelector !== '') {
    return cluster.nodes
      .filter((other) => other.name !== node.name && matchesSelector(peer.peerSelector, other.labels))
      .flatMap((other) => sessionsToNode(cluster, peer, { node, other, family, kind }));
  }
  const remote = readPeerAddress(peer.peerIP);
  if (remote === null || remote.address.family !== family) return [];
  const port = remote.port ?? BGP_PORT;
  const remoteAS = peer.asNumber;
  const own = peer.localAS ?? localAS(cluster, node);
  return [
    {
      family,
      peer: remote.address,
      port,
      kind,
      localAS: own,
      remoteAS,
      isReflectorClient: node.clusterId !== '' && remoteAS === own,
      ...peerSettings(peer),
    },
  ];
}

/** A BGPPeer that selects this node as a peer configures the session back, too, unless `reversePeering` is Manual. */
function reverseSessions(
  cluster: CalicoCluster,
  peer: BGPPeer,
  node: CalicoNode,
  family: Family,
): readonly SessionConfig[] {
  if (peer.peerSelector === '' || !peer.hasReversePeering || !matchesSelector(peer.peerSelector, node.labels))
    return [];
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
): readonly SessionConfig[] {
  const address = other.addresses[family];
  if (address === null) return [];
  const [own, remoteAS] = [localAS(cluster, node), localAS(cluster, other)];
  const port = listenPort(cluster, other.name);
  // Reflectors with one cluster ID are plain peers of each other; every other node of the AS is a client.
  const isReflectorClient = node.clusterId !== '' && own === remoteAS && other.clusterId !== node.clusterId;
  return [
    { family, peer: address, port, kind, localAS: own, remoteAS, isReflectorClient, ...peerSettings(peer) },
  ];
}

const peerSettings = (peer: BGPPeer) =>
  ({
    password: peer.password,
    nextHop: peer.nextHop,
    allowedLocalAS: peer.allowedLocalAS,
    ttlSecurity: peer.ttlSecurity,
    filters: peer.filters,
    reachableBy: peer.reachableBy,
    bgpPeer: peer.name,
  }) as const;
