/** The answer: what each node keeps and sends, and what each router has, in the form in which it can be observed. */
import { compareText } from '../base/text.ts';
import { type Address, compareAddresses, type Family, formatAddress, sameAddress } from '../net/address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import { isLarge } from './communities.ts';
import { type Daemon, daemonState } from './daemon.ts';
import type { LiveNode } from './links.ts';
import { buildNetwork, type NodeSession, nodeSpeaker, routerSpeaker } from './network.ts';
import type { CalicoNode } from './objects/nodes.ts';
import { addressOrNull, covers, hostPrefix } from './objects/prefixes.ts';
import { comparePlaces, ownPath, type Path } from './path.ts';
import { prefixKey, type Travelled, travel } from './propagation.ts';
import type { Router } from './routers.ts';
import { BGP_PORT } from './sessions.ts';

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

export type NodeState = {
  readonly node: CalicoNode;
  readonly daemons: { readonly [F in Family]: Daemon };
  readonly off: boolean;
  /** Waits for peers that are down before it announces anything. */
  readonly silent: boolean;
};

type FamilyResult = {
  readonly family: Family;
  readonly sessions: readonly NodeSession[];
  readonly travelled: ReadonlyMap<string, { readonly prefix: Prefix; readonly paths: Travelled }>;
};

export function predict(states: readonly NodeState[], routers: readonly Router[]): Observed {
  const results = ([4, 6] as const).map((family) => ofFamily(states, routers, family));
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

function ofFamily(states: readonly NodeState[], routers: readonly Router[], family: Family): FamilyResult {
  const running = states.filter(({ off, daemons }) => !off && daemons[family].loaded !== null);
  const live = running.flatMap(({ node, daemons }): LiveNode[] => {
    const { loaded } = daemons[family];
    return loaded === null || node.addresses[family] === null ? [] : [{ node, loaded }];
  });
  const dead = states.filter((one) => !running.includes(one)).map(({ node }) => node);
  const silent = new Set(states.filter((one) => one.silent).map(({ node }) => node.name));
  const { network, sessions } = buildNetwork({ family, live, dead, routers }, silent);
  const origins = new Map<string, { prefix: Prefix; own: Map<string, Path[]> }>();
  for (const { node, loaded } of live) {
    for (const path of ownPaths(node, loaded, family)) {
      const key = prefixKey(path.prefix);
      const origin = origins.get(key) ?? { prefix: path.prefix, own: new Map<string, Path[]>() };
      origins.set(key, origin);
      const speaker = nodeSpeaker(node.name);
      origin.own.set(speaker, [...(origin.own.get(speaker) ?? []), path]);
    }
  }
  const travelled = [...origins].map(
    ([key, { prefix, own }]) => [key, { prefix, paths: travel(network, own) }] as const,
  );
  return { family, sessions, travelled: new Map(travelled) };
}

function ownPaths(node: CalicoNode, { main, included }: LiveNode['loaded'], family: Family): readonly Path[] {
  const statics = [...included.aggregated, ...included.hosts, ...included.blocks];
  const peers = main.sessions.flatMap(({ peer, reachableBy }) =>
    addressOrNull(reachableBy) === null ? [] : [hostPrefix(peer)],
  );
  const subnets = node.subnets.filter((one) => one.family === family);
  const everywhere: Prefix = { family, bits: 0n, length: 0 };
  return [
    ...new Map(
      [...statics, ...peers].map((prefix) => [prefixKey(prefix), ownPath(prefix, 'static')]),
    ).values(),
    ...subnets.map((prefix) => ownPath(prefix, 'direct')),
    ...(subnets.length > 0 ? [ownPath(everywhere, 'kernel')] : []),
  ];
}

function observeNode({ node, daemons }: NodeState, results: readonly FamilyResult[]): ObservedNode {
  return {
    config: { v4: daemonState(daemons[4]), v6: daemonState(daemons[6]) },
    sessions: results.flatMap(({ sessions, travelled }) =>
      sessions
        .filter(({ live }) => live.node === node)
        .map((one) => observeSession(one, [...travelled.values()])),
    ),
    kernel: kernelOf(node, daemons, results),
  };
}

function observeSession(
  { session, result, arrow }: NodeSession,
  travelled: readonly { readonly prefix: Prefix; readonly paths: Travelled }[],
): ObservedSession {
  const sends = travelled
    .filter(({ paths }) => (paths.sent.get(arrow)?.length ?? 0) > 0)
    .map(({ prefix }) => formatPrefix(prefix));
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
  results: readonly FamilyResult[],
): ObservedNode['kernel'] {
  const blackholes: string[] = [];
  const learned: string[] = [];
  for (const { family, travelled } of results) {
    const { loaded } = daemons[family];
    if (loaded === null) continue;
    for (const { prefix, paths } of travelled.values()) {
      const table = paths.tables.get(nodeSpeaker(node.name)) ?? [];
      const [best] = table;
      if (best === undefined || loaded.included.notInKernel.some((one) => covers(one, prefix))) continue;
      const gateway = best.source === 'static' ? gatewayOf(loaded, prefix) : null;
      if (best.source === 'static' && gateway === null) blackholes.push(formatPrefix(prefix));
      const hops = best.source === 'bgp' ? hopsOf(table) : gateway === null ? [] : [formatAddress(gateway)];
      if (hops.length > 0) learned.push(`${formatPrefix(prefix)} via ${hops.join(' ')}`);
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
function hopsOf(table: readonly Path[]): readonly string[] {
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
  results: readonly FamilyResult[],
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
  const routes = results.flatMap(({ sessions: all, travelled }) =>
    [...travelled.values()].flatMap(({ prefix, paths }) => {
      const table = paths.tables.get(routerSpeaker(router)) ?? [];
      return table.length === 0 ? [] : [observeRoute(prefix, table, all)];
    }),
  );
  return { as: router.as, sessions, routes: routes.sort((a, b) => compareText(a.prefix, b.prefix)) };
}

/** The router is told of IPv4 neighbours one by one, of those by IPv6 only where a node means to peer. */
const isWith = ({ live, session }: NodeSession, node: CalicoNode, router: Router): boolean =>
  live.node === node && sameAddress(session.peer, router.addresses[session.family]);

function observeRoute(
  prefix: Prefix,
  table: readonly Path[],
  sessions: readonly NodeSession[],
): ObservedRoute {
  return {
    prefix: formatPrefix(prefix),
    forwardsTo: hopsOf(table),
    paths: table.map((path, index) => ({
      from: sessions.find(({ arrow }) => arrow === path.via)?.live.node.name ?? '',
      nextHop: path.nextHop === null ? '' : formatAddress(path.nextHop),
      asPath: path.asPath.join(' '),
      best: index === 0,
      communities: path.communities.filter((one) => !isLarge(one)),
      largeCommunities: path.communities.filter(isLarge),
      ...(path.localPref === null ? {} : { localPref: path.localPref }),
    })),
  };
}
