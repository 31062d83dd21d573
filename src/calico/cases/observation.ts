/** Describes converged RIBs as they can be observed: each node's sessions, routes and kernel, and each router's routes. */
import { compareText } from '../../base/text.ts';
import { type Address, compareAddresses, type Family, formatAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import { describeBirdState } from '../bird/bird-process.ts';
import { compareEcmp, type RibPath } from '../bird/rib-path.ts';
import type { ClusterTimeline } from '../cluster/cluster-timeline.ts';
import {
  type CalicoNodeState,
  type ConvergedGroup,
  type ConvergedRibs,
  convergeRibs,
} from '../cluster/converged-ribs.ts';
import type { LiveNode } from '../cluster/established-sessions.ts';
import type { ExternalRouter } from '../cluster/external-router.ts';
import { familyPrefixKey } from '../cluster/propagation.ts';
import { type EvaluatedSession, nodeSpeaker, routerSpeaker } from '../cluster/session-graph.ts';
import { isLargeCommunity } from '../confd/communities.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import { addressText, coversPrefix, hostPrefix, readAddress } from '../objects/prefixes.ts';

export type CalicoObservation = {
  readonly nodes: Readonly<Record<string, NodeObservation>>;
  readonly routers: Readonly<Record<string, RouterObservation>>;
};

export type NodeObservation = {
  readonly config: { readonly v4: string; readonly v6: string };
  readonly sessions: readonly SessionObservation[];
  readonly kernel: { readonly blackholes: readonly string[]; readonly learned: readonly string[] };
};

export type SessionObservation = {
  readonly family: Family;
  readonly peer: string;
  readonly port?: number;
  readonly kind: string;
  readonly remoteAS: number;
  readonly state: 'Established' | 'down';
  readonly sends: readonly string[];
};

export type RouterObservation = {
  readonly as: number;
  readonly sessions: readonly {
    readonly node: string;
    readonly family: Family;
    readonly state: 'Established' | 'down';
    readonly as?: number;
  }[];
  readonly routes: readonly RouteObservation[];
};

export type RouteObservation = {
  readonly prefix: string;
  readonly forwardsTo: readonly string[];
  readonly paths: readonly PathObservation[];
};

export type PathObservation = {
  readonly from: string;
  readonly nextHop: string;
  readonly asPath: string;
  readonly best: boolean;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly localPref?: number;
};

/** What can be observed once BGP has converged. A BIRD that still waits for a peer advertises nothing. */
export function observeTimeline(timeline: ClusterTimeline): CalicoObservation {
  const first = observeCluster(timeline.convergedStates(), timeline.routers);
  const isRecovering = timeline.settleStarting(
    (node, family) =>
      first.nodes[node]?.sessions.some((one) => one.family === family && one.state === 'down') === true,
  );
  return isRecovering ? observeCluster(timeline.nodeStates(), timeline.routers) : first;
}

function observeCluster(
  states: readonly CalicoNodeState[],
  routers: readonly ExternalRouter[],
): CalicoObservation {
  const ribs = convergeRibs(states, routers);
  const nodes = states
    .filter(({ isOff }) => !isOff)
    .map((state) => [state.node.name, observeNode(state, ribs)] as const);
  return {
    nodes: Object.fromEntries(nodes),
    routers: Object.fromEntries(routers.map((router) => [router.name, observeRouter(router, states, ribs)])),
  };
}

function observeNode(
  { node, birds, recovery }: CalicoNodeState,
  ribs: readonly ConvergedRibs[],
): NodeObservation {
  return {
    config: { v4: describeBirdState(birds[4]), v6: describeBirdState(birds[6]) },
    sessions: ribs.flatMap(({ sessions, groups }) =>
      sessions
        .filter(({ live }) => live.node === node && live.silence === null)
        .map((one) => observeSession(one, recovery[one.session.family] === 'none' ? groups : [])),
    ),
    // A BIRD that starts for the first time installs nothing while it waits.
    kernel: observeKernel(
      node,
      birds,
      ribs.filter(({ family }) => recovery[family] !== 'first-start'),
    ),
  };
}

function observeSession(
  { session, outcome, directionId }: EvaluatedSession,
  groups: readonly ConvergedGroup[],
): SessionObservation {
  const sends = groups
    .filter(({ propagated }) => (propagated.advertised.get(directionId)?.length ?? 0) > 0)
    .flatMap(({ prefixes }) => prefixes.map(formatPrefix));
  const isUp = 'link' in outcome && !outcome.isStale;
  return {
    family: session.family,
    peer: formatAddress(session.peer),
    ...(session.port === BGP_PORT || session.kind === 'mesh' ? {} : { port: session.port }),
    kind: session.kind,
    remoteAS: session.remoteAS ?? 0,
    state: isUp ? 'Established' : 'down',
    sends: isUp ? sends.sort(compareText) : [],
  };
}

function observeKernel(
  node: CalicoNode,
  birds: CalicoNodeState['birds'],
  ribs: readonly ConvergedRibs[],
): NodeObservation['kernel'] {
  const blackholes: string[] = [];
  const learned: string[] = [];
  for (const { family, groups } of ribs) {
    const { loaded } = birds[family];
    if (loaded === null) continue;
    for (const { prefixes, propagated } of groups) {
      const table = propagated.ribs.get(nodeSpeaker(node.name)) ?? [];
      const [best] = table;
      const [prefix] = prefixes;
      if (best === undefined || prefix === undefined) continue;
      if (loaded.included.notInKernel.some((one) => coversPrefix(one, prefix))) continue;
      const gateway = best.source === 'static' ? gatewayOf(loaded, prefix) : null;
      if (best.source === 'static' && gateway === null) blackholes.push(...prefixes.map(formatPrefix));
      const hops =
        best.source === 'bgp' ? ecmpNextHops(table) : gateway === null ? [] : [formatAddress(gateway)];
      if (hops.length > 0) {
        learned.push(...prefixes.map((one) => `${formatPrefix(one)} via ${hops.join(' ')}`));
      }
    }
  }
  return { blackholes: blackholes.sort(compareText), learned: learned.sort(compareText) };
}

function gatewayOf({ main }: LiveNode['loaded'], prefix: Prefix): Address | null {
  const session = main.sessions.find(
    ({ peer, reachableBy }) =>
      reachableBy !== '' && familyPrefixKey(hostPrefix(peer)) === familyPrefixKey(prefix),
  );
  return session === undefined ? null : readAddress(session.reachableBy);
}

/** The next hops of all paths that are as good as the best (ECMP), each once. */
export function ecmpNextHops(table: readonly RibPath[]): readonly string[] {
  const [best] = table;
  if (best === undefined) return [];
  const hops = table
    .filter((one) => compareEcmp(one, best) === 0)
    .flatMap(({ nextHop }) => (nextHop === null ? [] : [nextHop]));
  return [...new Set([...hops].sort(compareAddresses).map(formatAddress))];
}

function observeRouter(
  router: ExternalRouter,
  states: readonly CalicoNodeState[],
  ribs: readonly ConvergedRibs[],
): RouterObservation {
  if (router.isDown) return { as: router.as, sessions: [], routes: [] };
  const sessions = states.flatMap(({ node }) =>
    ribs
      .filter(
        ({ family, sessions: all }) => family === 4 || all.some((one) => isSessionWith(one, node, router)),
      )
      .map(({ family, sessions: all }) => {
        const up = all.find(
          ({ live, outcome }) =>
            live.node === node &&
            'link' in outcome &&
            !outcome.isStale &&
            outcome.link.to === 'router' &&
            outcome.link.router === router,
        );
        return up === undefined
          ? ({ node: node.name, family, state: 'down' } as const)
          : ({ node: node.name, family, state: 'Established', as: up.session.localAS } as const);
      }),
  );
  const routes = ribs.flatMap(({ sessions: all, groups }) => {
    const senders = new Map(all.map(({ directionId, live }) => [directionId, live.node.name]));
    return groups.flatMap(({ prefixes, propagated }) => {
      const table = propagated.ribs.get(routerSpeaker(router)) ?? [];
      if (table.length === 0) return [];
      const route = observeRoute(table, senders);
      return prefixes.map((prefix) => ({ prefix: formatPrefix(prefix), ...route }));
    });
  });
  return { as: router.as, sessions, routes: routes.sort((a, b) => compareText(a.prefix, b.prefix)) };
}

/** A router lists all nodes as IPv4 neighbours, and as IPv6 neighbours only those that have such a session. */
const isSessionWith = (
  { live, session }: EvaluatedSession,
  node: CalicoNode,
  router: ExternalRouter,
): boolean =>
  live.node === node && addressText(router.addresses[session.family]) === formatAddress(session.peer);

/** Equal for all prefixes of a group. */
function observeRoute(
  table: readonly RibPath[],
  senders: ReadonlyMap<string, string>,
): Omit<RouteObservation, 'prefix'> {
  return {
    forwardsTo: ecmpNextHops(table),
    paths: table.map((path, index) => ({
      from: senders.get(path.learnedVia) ?? '',
      nextHop: path.nextHop === null ? '' : formatAddress(path.nextHop),
      asPath: path.asPath.join(' '),
      best: index === 0,
      communities: path.communities.filter((one) => !isLargeCommunity(one)),
      largeCommunities: path.communities.filter(isLargeCommunity),
      ...(path.localPref === null ? {} : { localPref: path.localPref }),
    })),
  };
}
