/** A solution in the form in which it can be observed: what each node keeps and sends, and what each router has. */
import { compareText } from '../base/text.ts';
import { type Address, compareAddresses, type Family, formatAddress } from '../net/address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import { isLarge } from './communities.ts';
import { daemonState } from './daemon.ts';
import type { LiveNode } from './links.ts';
import { type NodeSession, nodeSpeaker, routerSpeaker } from './network.ts';
import type { CalicoNode } from './objects/nodes.ts';
import { addressOrNull, addressText, covers, hostPrefix } from './objects/prefixes.ts';
import { comparePlaces, type Path } from './path.ts';
import { prefixKey } from './propagation.ts';
import type { Router } from './routers.ts';
import { BGP_PORT } from './sessions.ts';
import { type FamilySolution, type Fate, type NodeState, solve } from './solution.ts';

export type Observed = {
  readonly nodes: Readonly<Record<string, ObservedNode>>;
  readonly routers: Readonly<Record<string, ObservedRouter>>;
};

export type ObservedNode = {
  readonly config: { readonly v4: string; readonly v6: string };
  readonly sessions: readonly ObservedSession[];
  readonly kernel: { readonly blackholes: readonly string[]; readonly learned: readonly string[] };
};

export type ObservedSession = {
  readonly family: Family;
  readonly peer: string;
  readonly port?: number;
  readonly kind: string;
  readonly remoteAS: number;
  readonly state: 'Established' | 'down';
  readonly sends: readonly string[];
};

export type ObservedRouter = {
  readonly as: number;
  readonly sessions: readonly {
    readonly node: string;
    readonly family: Family;
    readonly state: 'Established' | 'down';
    readonly as?: number;
  }[];
  readonly routes: readonly ObservedRoute[];
};

export type ObservedRoute = {
  readonly prefix: string;
  readonly forwardsTo: readonly string[];
  readonly paths: readonly ObservedPath[];
};

export type ObservedPath = {
  readonly from: string;
  readonly nextHop: string;
  readonly asPath: string;
  readonly best: boolean;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly localPref?: number;
};

export function predict(states: readonly NodeState[], routers: readonly Router[]): Observed {
  const results = solve(states, routers);
  const nodes = states
    .filter(({ off }) => !off)
    .map((state) => [state.node.name, observeNode(state, results)] as const);
  return {
    nodes: Object.fromEntries(nodes),
    routers: Object.fromEntries(
      routers.map((router) => [router.name, observeRouter(router, states, results)]),
    ),
  };
}

function observeNode({ node, daemons }: NodeState, results: readonly FamilySolution[]): ObservedNode {
  return {
    config: { v4: daemonState(daemons[4]), v6: daemonState(daemons[6]) },
    sessions: results.flatMap(({ sessions, fates }) =>
      sessions.filter(({ live }) => live.node === node).map((one) => observeSession(one, fates)),
    ),
    kernel: kernelOf(node, daemons, results),
  };
}

function observeSession({ session, result, arrow }: NodeSession, fates: readonly Fate[]): ObservedSession {
  const sends = fates
    .filter(({ paths }) => (paths.sent.get(arrow)?.length ?? 0) > 0)
    .flatMap(({ prefixes }) => prefixes.map(formatPrefix));
  const isUp = 'link' in result;
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

function kernelOf(
  node: CalicoNode,
  daemons: NodeState['daemons'],
  results: readonly FamilySolution[],
): ObservedNode['kernel'] {
  const blackholes: string[] = [];
  const learned: string[] = [];
  for (const { family, fates } of results) {
    const { loaded } = daemons[family];
    if (loaded === null) continue;
    for (const { prefixes, paths } of fates) {
      const table = paths.tables.get(nodeSpeaker(node.name)) ?? [];
      const [best] = table;
      const [prefix] = prefixes;
      if (best === undefined || prefix === undefined) continue;
      if (loaded.included.notInKernel.some((one) => covers(one, prefix))) continue;
      const gateway = best.source === 'static' ? gatewayOf(loaded, prefix) : null;
      if (best.source === 'static' && gateway === null) blackholes.push(...prefixes.map(formatPrefix));
      const hops = best.source === 'bgp' ? hopsOf(table) : gateway === null ? [] : [formatAddress(gateway)];
      if (hops.length > 0) {
        learned.push(...prefixes.map((one) => `${formatPrefix(one)} via ${hops.join(' ')}`));
      }
    }
  }
  return { blackholes: blackholes.sort(compareText), learned: learned.sort(compareText) };
}

function gatewayOf({ main }: LiveNode['loaded'], prefix: Prefix): Address | null {
  const session = main.sessions.find(
    ({ peer, reachableBy }) => reachableBy !== '' && prefixKey(hostPrefix(peer)) === prefixKey(prefix),
  );
  return session === undefined ? null : addressOrNull(session.reachableBy);
}

/** The next hops of all paths that are as good as the best, each once. */
export function hopsOf(table: readonly Path[]): readonly string[] {
  const [best] = table;
  if (best === undefined) return [];
  const hops = table
    .filter((one) => comparePlaces(one, best) === 0)
    .flatMap(({ nextHop }) => (nextHop === null ? [] : [nextHop]));
  return [...new Set([...hops].sort(compareAddresses).map(formatAddress))];
}

function observeRouter(
  router: Router,
  states: readonly NodeState[],
  results: readonly FamilySolution[],
): ObservedRouter {
  if (router.down) return { as: router.as, sessions: [], routes: [] };
  const sessions = states.flatMap(({ node }) =>
    results
      .filter(({ family, sessions: all }) => family === 4 || all.some((one) => isWith(one, node, router)))
      .map(({ family, sessions: all }) => {
        const up = all.find(
          ({ live, result }) =>
            live.node === node &&
            'link' in result &&
            result.link.to === 'router' &&
            result.link.router === router,
        );
        return up === undefined
          ? ({ node: node.name, family, state: 'down' } as const)
          : ({ node: node.name, family, state: 'Established', as: up.session.localAS } as const);
      }),
  );
  const routes = results.flatMap(({ sessions: all, fates }) => {
    const senders = new Map(all.map(({ arrow, live }) => [arrow, live.node.name]));
    return fates.flatMap(({ prefixes, paths }) => {
      const table = paths.tables.get(routerSpeaker(router)) ?? [];
      if (table.length === 0) return [];
      const route = observeRoute(table, senders);
      return prefixes.map((prefix) => ({ prefix: formatPrefix(prefix), ...route }));
    });
  });
  return { as: router.as, sessions, routes: routes.sort((a, b) => compareText(a.prefix, b.prefix)) };
}

/** The router is told of IPv4 neighbours one by one, of those by IPv6 only where a node means to peer. */
const isWith = ({ live, session }: NodeSession, node: CalicoNode, router: Router): boolean =>
  live.node === node && addressText(router.addresses[session.family]) === formatAddress(session.peer);

/** The same for all prefixes that fare alike. */
function observeRoute(
  table: readonly Path[],
  senders: ReadonlyMap<string, string>,
): Omit<ObservedRoute, 'prefix'> {
  return {
    forwardsTo: hopsOf(table),
    paths: table.map((path, index) => ({
      from: senders.get(path.via) ?? '',
      nextHop: path.nextHop === null ? '' : formatAddress(path.nextHop),
      asPath: path.asPath.join(' '),
      best: index === 0,
      communities: path.communities.filter((one) => !isLarge(one)),
      largeCommunities: path.communities.filter(isLarge),
      ...(path.localPref === null ? {} : { localPref: path.localPref }),
    })),
  };
}
