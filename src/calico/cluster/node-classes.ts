/**
 * Classes of nodes that BGP cannot tell apart: they have the same AS, sessions with routers, filters and community tags,
 * and are members of one mesh. Where a route propagates then depends on how many nodes of a class originate it, not on
 * which. So a few nodes of each class represent all of them.
 */
import { formatAddress } from '../../net/address.ts';
import {
  evaluateSession,
  type LiveNode,
  type SessionTrouble,
  type Topology,
} from './established-sessions.ts';
import { familyPrefixKey } from './propagation.ts';

export type NodeClasses = {
  /** The class of each live node, by its index in the topology. */
  readonly classByNode: readonly number[];
  /** By class, the indices of its members. */
  readonly members: readonly (readonly number[])[];
  /** Every mesh session is established, except with nodes that are off. */
  readonly isMeshComplete: boolean;
};

export function classifyNodes(topology: Topology): NodeClasses {
  const { live } = topology;
  const [shared, isMeshComplete] = classifyByKey(topology);
  // Where nodes peer with each other outside of the mesh, each node can play a part of its own: a class for each.
  const classByNode = shared ?? live.map((_, index) => index);
  const members: number[][] = [];
  for (const [index, id] of classByNode.entries()) {
    const list = members[id] ?? [];
    members[id] = list;
    list.push(index);
  }
  return { classByNode, members, isMeshComplete };
}

function classifyByKey(
  topology: Topology,
): readonly [classByNode: readonly number[] | null, isMeshComplete: boolean] {
  const { live, byAddress, downAddresses } = topology;
  const ids = new Map<string, number>();
  const representatives: LiveNode[] = [];
  let hasMeshPeersOnly = true;
  const classByNode = live.map((node) => {
    const key = classKey(node, topology);
    const known = ids.get(key);
    if (known !== undefined) return known;
    for (const { kind, peer } of node.loaded.main.sessions) {
      if (kind !== 'mesh' && (byAddress.has(peer.bits) || downAddresses.has(peer.bits)))
        hasMeshPeersOnly = false;
    }
    ids.set(key, ids.size);
    representatives.push(node);
    return ids.size - 1;
  });
  const isMeshComplete = checkMeshComplete(topology, classByNode, representatives);
  return [hasMeshPeersOnly && isMeshComplete ? classByNode : null, isMeshComplete];
}

/** One session represents all between the same two classes. */
function checkMeshComplete(
  topology: Topology,
  classByNode: readonly number[],
  representatives: readonly LiveNode[],
): boolean {
  const { live, byAddress } = topology;
  const indexByNode = new Map(live.map((node, index) => [node, index]));
  return representatives.every((node) => {
    const seen = new Set<number>();
    return node.loaded.main.sessions.every((session) => {
      if (session.kind !== 'mesh') return true;
      const other = byAddress.get(session.peer.bits);
      const id = other === undefined ? undefined : classByNode[indexByNode.get(other) ?? -1];
      if (id === undefined || seen.has(id)) return true;
      seen.add(id);
      return 'link' in evaluateSession(node, session, topology);
    });
  });
}

function classKey(live: LiveNode, topology: Topology): string {
  const { main, included } = live.loaded;
  const sessions = main.sessions
    .filter(({ kind }) => kind !== 'mesh')
    .map((one) =>
      [
        formatAddress(one.peer),
        one.port,
        one.localAS,
        one.remoteAS,
        one.nextHop,
        one.allowedLocalAS,
        one.bgpPeer,
        one.filters.join(),
        one.reachableBy,
        sessionTrouble(live, one, topology),
      ].join(' '),
    );
  const mesh = main.sessions.find(({ kind }) => kind === 'mesh');
  return [
    live.node.isExcluded,
    live.node.clusterId,
    main.listenPort,
    mesh === undefined
      ? 'no mesh'
      : `mesh ${mesh.localAS} ${mesh.resolvedPassword ?? ''} ${mesh.password === null}`,
    ...sessions,
    'tags',
    ...main.communityTags.map(({ prefix, values }) => `${familyPrefixKey(prefix)} ${values.join()}`),
    'ranges',
    ...included.aggregated.map(familyPrefixKey),
    ...included.reflectedRanges.map(familyPrefixKey),
  ].join('\n');
}

function sessionTrouble(
  live: LiveNode,
  session: Parameters<typeof evaluateSession>[1],
  topology: Topology,
): SessionTrouble | '' {
  const result = evaluateSession(live, session, topology);
  return 'trouble' in result ? result.trouble : '';
}
