/**
 * The BGP sessions that a node's BIRD is told to keep (confd, `bgp_processor.go`): to the other nodes of the mesh, to
 * addresses that BGPPeers name, and to nodes that they select, those back again included.
 */
import type { Labels } from '../cluster/selector.ts';
import { type Address, type Family, formatAddress, sameAddress } from '../net/address.ts';
import type { Cluster } from './objects/cluster.ts';
import type { SecretRef } from './objects/configuration.ts';
import type { CalicoNode } from './objects/nodes.ts';
import type { BGPPeer } from './objects/peers.ts';
import { peerAddress } from './objects/prefixes.ts';
import { matches, parseSelector } from './selector/selector.ts';

/** What BGP uses where nobody says anything (`DefaultASNumber`). */
export const DEFAULT_AS = 64_512;
export const BGP_PORT = 179;

export type Session = {
  readonly family: Family;
  readonly peer: Address;
  /** Where the node dials. */
  readonly port: number;
  readonly kind: 'mesh' | 'global' | 'node';
  readonly localAS: number;
  /** Null where nobody says: BIRD then refuses its whole configuration. */
  readonly remoteAS: number | null;
  readonly password: SecretRef | null;
  readonly nextHop: BGPPeer['nextHop'];
  readonly ownASAllowed: number;
  readonly ttlSecurity: number | null;
  readonly filters: readonly string[];
  /** The gateway of a static route to the peer; '' for none. */
  readonly reachableBy: string;
  /** The peer is a client of this node, a route reflector. */
  readonly reflects: boolean;
  /** Which BGPPeer asked for it; '' for the mesh. */
  readonly by: string;
};

export const localAS = (cluster: Cluster, node: CalicoNode): number =>
  node.asNumber ?? cluster.configuration.asNumber ?? DEFAULT_AS;

export const listenPort = (cluster: Cluster, node: string): number =>
  cluster.nodeConfigurations.get(node)?.listenPort ?? cluster.configuration.listenPort ?? BGP_PORT;

const isGlobal = ({ node, nodeSelector }: BGPPeer): boolean => node === '' && nodeSelector === '';

/** False where the selector cannot be read: then it selects nobody, and confd says so in its log. */
function selects(selector: string, labels: Labels): boolean {
  const read = parseSelector(selector);
  return read.ok && matches(read.value, labels);
}

/** Whether the BGPPeer is meant for the node. */
export function concerns(peer: BGPPeer, node: Pick<CalicoNode, 'name' | 'labels'>): boolean {
  if (isGlobal(peer)) return true;
  return peer.nodeSelector === '' ? peer.node === node.name : selects(peer.nodeSelector, node.labels);
}

/** Of one node and family; none for a node that has no address of it. */
export function sessionsOf(cluster: Cluster, node: CalicoNode, family: Family): readonly Session[] {
  const own = node.addresses[family];
  if (own === null) return [];
  const asked = askedOf(cluster, node, family);
  const mesh = meshOf(cluster, node, family);
  if (asked.length === 0) return mesh.filter((one) => !sameAddress(one.peer, own));
  const byEnd = new Map<string, Session>();
  // Nodes that peer with nodes by BGPPeers may do so in the mesh's place; elsewhere the mesh stays as it is.
  const others = nodeBits(cluster)[family];
  const isApart = asked.every(({ peer }) => !others.has(peer.bits));
  // A global peer hides those of single nodes at the same address; of two alike one wins, nobody knows which.
  for (const session of [
    ...(isApart ? [] : mesh),
    ...asked.filter((one) => one.kind === 'node'),
    ...asked.filter((one) => one.kind === 'global'),
  ]) {
    if (sameAddress(session.peer, own)) continue;
    const end = `${session.peer.bits} ${session.port}`;
    const there = byEnd.get(end);
    if (there === undefined || there.kind !== session.kind) byEnd.set(end, session);
  }
  return isApart
    ? [...mesh.filter((one) => !sameAddress(one.peer, own)), ...byEnd.values()]
    : [...byEnd.values()];
}

const bitsOf = new WeakMap<Cluster, { readonly [F in Family]: ReadonlySet<bigint | undefined> }>();

/** The addresses of all nodes. */
function nodeBits(cluster: Cluster): { readonly [F in Family]: ReadonlySet<bigint | undefined> } {
  const of = (family: Family) => new Set(cluster.nodes.map(({ addresses }) => addresses[family]?.bits));
  const known = bitsOf.get(cluster) ?? { 4: of(4), 6: of(6) };
  bitsOf.set(cluster, known);
  return known;
}

/** Those that BGPPeers ask of it, the mesh left out; several for one end where several ask. */
export const askedOf = (cluster: Cluster, node: CalicoNode, family: Family): readonly Session[] =>
  cluster.peers.flatMap((peer) => [
    ...(concerns(peer, node) ? askedBy(cluster, peer, node, family) : []),
    ...reverseOf(cluster, peer, node, family),
  ]);

/** How many BGPPeers ask for the same session of a node; more than one is a matter of chance. */
export function rivals(
  cluster: Cluster,
  node: CalicoNode,
  family: Family,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const peer of cluster.peers.filter((one) => concerns(one, node))) {
    for (const { peer: address, port, by } of askedBy(cluster, peer, node, family)) {
      const end = `${formatAddress(address)} ${port}`;
      names.set(end, [...(names.get(end) ?? []), by]);
    }
  }
  return new Map([...names].filter(([, several]) => several.length > 1));
}

/** The sessions of a mesh as every node of one AS has them: the same objects for all, since there are so many. */
const meshes = new WeakMap<Cluster, Map<string, readonly MeshSession[]>>();

type MeshSession = { readonly to: string; readonly session: Session };

function meshOf(cluster: Cluster, node: CalicoNode, family: Family): readonly Session[] {
  if (!cluster.configuration.mesh || node.clusterId !== '') return [];
  return wholeMesh(cluster, localAS(cluster, node), family).flatMap(({ to, session }) =>
    to === node.name ? [] : [session],
  );
}

function wholeMesh(cluster: Cluster, own: number, family: Family): readonly MeshSession[] {
  const known = meshes.get(cluster) ?? new Map<string, readonly MeshSession[]>();
  meshes.set(cluster, known);
  const key = `${own} ${family}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = cluster.nodes.flatMap((other): readonly MeshSession[] => {
    const peer = other.addresses[family];
    if (peer === null || other.clusterId !== '') return [];
    const session: Session = {
      ...PLAIN,
      family,
      peer,
      port: listenPort(cluster, other.name),
      kind: 'mesh',
      localAS: own,
      // From a neighbour without an annotation it expects its own.
      remoteAS: other.asNumber ?? own,
      password: cluster.configuration.meshPassword,
    };
    return [{ to: other.name, session }];
  });
  known.set(key, made);
  return made;
}

const PLAIN = {
  password: null,
  nextHop: 'auto',
  ownASAllowed: 0,
  ttlSecurity: null,
  filters: [],
  reachableBy: '',
  reflects: false,
  by: '',
} as const;

function askedBy(cluster: Cluster, peer: BGPPeer, node: CalicoNode, family: Family): readonly Session[] {
  const kind = isGlobal(peer) ? 'global' : 'node';
  if (peer.peerSelector !== '') {
    return cluster.nodes
      .filter((other) => other.name !== node.name && selects(peer.peerSelector, other.labels))
      .flatMap((other) => toNode(cluster, peer, node, other, family, kind));
  }
  const end = peerAddress(peer.peerIP);
  if (end === null || end.address.family !== family) return [];
  const port = end.port ?? BGP_PORT;
  const remoteAS = peer.asNumber;
  const own = peer.localAS ?? localAS(cluster, node);
  return [
    {
      ...termsOf(peer),
      family,
      peer: end.address,
      port,
      kind,
      localAS: own,
      remoteAS,
      reflects: node.clusterId !== '' && remoteAS === own,
    },
  ];
}

/** A BGPPeer that selects this node as a peer makes it peer back, unless it says Manual. */
function reverseOf(cluster: Cluster, peer: BGPPeer, node: CalicoNode, family: Family): readonly Session[] {
  if (peer.peerSelector === '' || !peer.reverse || !selects(peer.peerSelector, node.labels)) return [];
  return cluster.nodes
    .filter((other) => other.name !== node.name && concerns(peer, other))
    .flatMap((other) => toNode(cluster, peer, node, other, family, 'node'));
}

function toNode(
  cluster: Cluster,
  peer: BGPPeer,
  node: CalicoNode,
  other: CalicoNode,
  family: Family,
  kind: 'global' | 'node',
): readonly Session[] {
  const address = other.addresses[family];
  if (address === null) return [];
  const [own, remoteAS] = [localAS(cluster, node), localAS(cluster, other)];
  const port = listenPort(cluster, other.name);
  // Reflectors of one cluster are peers of each other, everybody else in their AS is a client.
  const reflects = node.clusterId !== '' && own === remoteAS && other.clusterId !== node.clusterId;
  return [{ ...termsOf(peer), family, peer: address, port, kind, localAS: own, remoteAS, reflects }];
}

const termsOf = (peer: BGPPeer) =>
  ({
    password: peer.password,
    nextHop: peer.nextHop,
    ownASAllowed: peer.ownASAllowed,
    ttlSecurity: peer.ttlSecurity,
    filters: peer.filters,
    reachableBy: peer.reachableBy,
    by: peer.name,
  }) as const;
