/**
 * A cluster once its BGP has converged, with the routers that its own objects name. Of these routers only the sessions in
 * the objects are known; they are taken to agree with what the nodes are configured for.
 */
import { type Address, type Family, formatAddress } from '../../net/address.ts';
import { unusableInSession } from '../../net/special-ranges.ts';
import { type ClusterIPsVariable, rangeListsInForce } from '../confd/range-lists.ts';
import { readServiceRanges, type ServiceRanges } from '../confd/service-ranges.ts';
import type { SessionConfig } from '../confd/session-config.ts';
import { sessionsOf } from '../confd/sessions.ts';
import type { CalicoCluster, CalicoClusterOptions } from '../objects/cluster.ts';
import type { ClusterObject } from '../objects/cluster-object.ts';
import { ClusterTimeline } from './cluster-timeline.ts';
import { buildTopology, type CalicoNodeState } from './converged-ribs.ts';
import { evaluateSession, type Topology } from './established-sessions.ts';
import { EXTERNAL_ROUTER_DEFAULTS, type ExternalRouter } from './external-router.ts';
import type { NodeClasses } from './node-classes.ts';
import { type LearnedRoute, RibQuery } from './rib-query.ts';
import type { EvaluatedSession } from './session-graph.ts';

export type ConvergenceOptions = CalicoClusterOptions & {
  /** `CALICO_ROUTER_ID` of calico-node; '' where it is not set. */
  readonly routerId: string;
  readonly hashRouterId: (name: string) => number;
  /** `CALICO_ADVERTISE_CLUSTER_IPS` of calico-node; '' where it is not set. */
  readonly clusterIPs: ClusterIPsVariable;
  /** calico-node runs without BGP, or not at all. */
  readonly isOff: boolean;
};

export type ConvergedCluster = {
  readonly cluster: CalicoCluster;
  readonly ranges: ServiceRanges;
  readonly nodeStates: readonly CalicoNodeState[];
  /** One for each peer address that is no node's, and that a router can have. */
  readonly routers: readonly ExternalRouter[];
  /** One for each family. */
  readonly ribs: { readonly [F in Family]: RibQuery };
  /** Sessions of BGPPeers; those of the mesh as well where one of them is not established. */
  readonly sessions: readonly EvaluatedSession[];
  /** The router's most specific route to the address, null for none. */
  readonly longestMatch: (router: ExternalRouter, address: Address) => LearnedRoute | null;
};

export function convergeCluster(
  objects: readonly ClusterObject[],
  options: ConvergenceOptions,
): ConvergedCluster {
  const timeline = new ClusterTimeline(objects, {
    ...options,
    routers: [],
    poweredOff: options.isOff ? objects.flatMap((one) => (one.type === 'node' ? [one.node.name] : [])) : [],
    routerId: () => options.routerId,
    clusterIPs: () => options.clusterIPs,
    waitsForPeers: false,
    seconds: 0,
  });
  const { cluster } = timeline;
  const nodeStates = timeline.convergedStates();
  const routers = inferRouters(cluster);
  const [ipv4, ipv6] = ([4, 6] as const).map((family) => buildTopology(nodeStates, routers, family));
  const ribs = { 4: new RibQuery(ipv4 as Topology), 6: new RibQuery(ipv6 as Topology) };
  return {
    cluster,
    ranges: readServiceRanges(
      rangeListsInForce(cluster.configuration, options.clusterIPs, cluster.behaviour, null),
      cluster.configuration,
      cluster.behaviour,
    ),
    nodeStates,
    routers,
    ribs,
    sessions: [ipv4, ipv6].flatMap((one) =>
      evaluateSessions(one as Topology, ribs[one?.family ?? 4].nodeClasses),
    ),
    longestMatch: (router, address) => ribs[address.family].longestMatch(router, address),
  };
}

function evaluateSessions(topology: Topology, { isMeshComplete }: NodeClasses): readonly EvaluatedSession[] {
  return topology.live.flatMap((live) =>
    live.loaded.main.sessions
      .filter(({ kind }) => kind !== 'mesh' || !isMeshComplete)
      .map((session) => ({
        live,
        session,
        outcome: evaluateSession(live, session, topology),
        directionId: '',
      })),
  );
}

export const routerFamily = ({ addresses }: ExternalRouter): Family => (addresses[4] === null ? 6 : 4);

export type NodePeerSession = SessionConfig & { readonly node: string };

const peerSessionCache = new WeakMap<CalicoCluster, readonly NodePeerSession[]>();

/** The sessions that BGPPeers configure, whether BIRD accepts its configuration or not; without those of the mesh. */
export function bgpPeerSessions(cluster: CalicoCluster): readonly NodePeerSession[] {
  const known = peerSessionCache.get(cluster);
  if (known !== undefined) return known;
  const made = cluster.nodes.flatMap((node) =>
    ([4, 6] as const).flatMap((family) => {
      const own = node.addresses[family];
      if (own === null) return [];
      const sessions = sessionsOf(withoutMesh(cluster), node, family);
      return sessions.map((one) => ({ node: node.name, ...one }));
    }),
  );
  peerSessionCache.set(cluster, made);
  return made;
}

const withoutMeshCache = new WeakMap<CalicoCluster, CalicoCluster>();

function withoutMesh(cluster: CalicoCluster): CalicoCluster {
  const made = withoutMeshCache.get(cluster) ?? {
    ...cluster,
    configuration: { ...cluster.configuration, mesh: false },
  };
  withoutMeshCache.set(cluster, made);
  return made;
}

export function isSessionToNode({ nodes }: CalicoCluster): (session: SessionConfig) => boolean {
  const own = new Set(
    nodes.flatMap(({ addresses }) =>
      [addresses[4], addresses[6]].flatMap((one) => (one === null ? [] : [formatAddress(one)])),
    ),
  );
  return ({ peer }) => own.has(formatAddress(peer));
}

/** A router is in one AS: where BGPPeers disagree, the AS that most sessions name. */
function inferRouters(cluster: CalicoCluster): readonly ExternalRouter[] {
  const isNodeSession = isSessionToNode(cluster);
  const found = new Map<string, { readonly peer: Address; readonly counts: Map<number, number> }>();
  for (const session of bgpPeerSessions(cluster)) {
    if (isNodeSession(session) || unusableInSession(session.peer) !== null) continue;
    const name = formatAddress(session.peer);
    const router = found.get(name) ?? { peer: session.peer, counts: new Map<number, number>() };
    found.set(name, router);
    const as = session.remoteAS ?? 0;
    router.counts.set(as, (router.counts.get(as) ?? 0) + 1);
  }
  return [...found].map(
    ([name, { peer, counts }]): ExternalRouter => ({
      ...EXTERNAL_ROUTER_DEFAULTS,
      name,
      addresses: { 4: peer.family === 4 ? peer : null, 6: peer.family === 6 ? peer : null },
      as: [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0],
      isInferred: true,
      // What it re-advertises only makes longer paths to what other routers learn from the nodes themselves.
      readvertises: false,
    }),
  );
}
