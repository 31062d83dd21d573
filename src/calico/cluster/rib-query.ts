/**
 * Answers queries for the routes that routers learn in one family, computed when they are asked for. Prefixes with alike
 * originators converge to the same routes, and a few nodes of each class represent the rest (`node-classes.ts`). So the
 * cost depends neither on the number of Services nor on the number of nodes in a mesh.
 */
import type { Address, Family } from '../../net/address.ts';
import { networkMask, type Prefix } from '../../net/prefix.ts';
import { compareEcmp, originatePath, type RibPath } from '../bird/rib-path.ts';
import {
  BestPathExpander,
  type BestPaths,
  type EqualPath,
  equalPathsKey,
  type NodeGroup,
} from './best-paths.ts';
import type { LiveNode, Topology } from './established-sessions.ts';
import type { ExternalRouter } from './external-router.ts';
import { classifyNodes, type NodeClasses } from './node-classes.ts';
import { Originators, type PrefixOrigin } from './originators.ts';
import { propagate } from './propagation.ts';
import { type BuiltSessionGraph, buildSessionGraph, nodeSpeaker, routerSpeaker } from './session-graph.ts';

/** A router's route to a prefix. */
export type LearnedRoute = BestPaths & {
  readonly prefix: Prefix;
  /** One of the equally good paths; AS path and communities are the same in all of them. */
  readonly best: RibPath;
};

/** A router's route to prefixes that converge alike, by groups of nodes instead of nodes. */
type GroupedRoute = { readonly best: RibPath; readonly equalPaths: readonly EqualPath[] };

/** By router. */
type RoutesByRouter = ReadonlyMap<string, GroupedRoute>;

type OriginRoutes = { readonly groups: readonly NodeGroup[]; readonly routes: RoutesByRouter };

/** Nodes that represent a group: two originators, so that the choice between equal paths is modelled; one of the others. */
const ORIGINATORS_SAMPLED = 2;
const OTHERS_SAMPLED = 1;

export class RibQuery {
  readonly originators: Originators;
  readonly nodeClasses: NodeClasses;
  readonly #topology: Topology;
  readonly #graphs = new Map<string, BuiltSessionGraph>();
  readonly #routesBySignature = new Map<string, RoutesByRouter>();
  readonly #routesByOrigin = new WeakMap<PrefixOrigin, OriginRoutes>();
  /** Groups for prefixes that all announcing nodes originate, and nobody else. */
  #everywhereGroups: readonly NodeGroup[] | null = null;
  readonly #bestPaths: BestPathExpander;
  /** Prefix lengths in use, the longest first. */
  #lengths: readonly number[] = [];
  readonly #defaultPrefix: Prefix;
  /** Indices of nodes in the order of the last tie breakers, router ID and address (RFC 4271, 9.1.2.2), and the inverse. */
  readonly #nodesByRank: readonly number[];
  readonly #rankByNode: readonly number[];
  readonly #indexByName: ReadonlyMap<string, number>;

  constructor(topology: Topology) {
    this.#topology = topology;
    this.#defaultPrefix = { family: topology.family, bits: 0n, length: 0 };
    this.nodeClasses = classifyNodes(topology);
    this.#bestPaths = new BestPathExpander(topology);
    this.#nodesByRank = rankNodes(topology);
    const rank: number[] = [];
    for (const [index, nodeIndex] of this.#nodesByRank.entries()) rank[nodeIndex] = index;
    this.#rankByNode = rank;
    this.originators = new Originators(topology.live, topology.family);
    this.#indexByName = new Map(topology.live.map(({ node }, index) => [node.name, index]));
    for (const { prefix } of this.originators.values()) if (prefix.length > 0) this.#addLength(prefix.length);
  }

  get family(): Family {
    return this.#topology.family;
  }

  indexOf(node: string): number | undefined {
    return this.#indexByName.get(node);
  }

  /** Sets the nodes that originate a single address from now on. */
  setHost(prefix: Prefix, nodes: 'everywhere' | readonly number[]): void {
    this.#addLength(prefix.length);
    this.originators.setHost(prefix, nodes);
  }

  #addLength(length: number): void {
    if (!this.#lengths.includes(length)) this.#lengths = [...this.#lengths, length].sort((a, b) => b - a);
  }

  /** The router's most specific route to the address, null for none. */
  longestMatch(router: ExternalRouter, { family, bits }: Address): LearnedRoute | null {
    for (const length of this.#lengths) {
      const route = this.exactMatch(router, { family, bits: bits & networkMask(family, length), length });
      if (route !== null) return route;
    }
    return null;
  }

  /** The router's route to exactly this prefix, null for none. */
  exactMatch(router: ExternalRouter, prefix: Prefix): LearnedRoute | null {
    const origin = this.originators.get(prefix);
    return origin === undefined ? null : this.#exactMatch(origin, router);
  }

  allRoutes(router: ExternalRouter): readonly LearnedRoute[] {
    return [...this.originators.values()].flatMap((origin) => this.#exactMatch(origin, router) ?? []);
  }

  #exactMatch(origin: PrefixOrigin, router: ExternalRouter): LearnedRoute | null {
    const { groups, routes } = this.#originRoutes(origin);
    const grouped = routes.get(router.name);
    if (grouped === undefined) return null;
    return {
      prefix: origin.prefix,
      best: grouped.best,
      ...this.#bestPaths.expand(grouped.equalPaths, groups),
    };
  }

  #originRoutes(origin: PrefixOrigin): OriginRoutes {
    const before = this.#routesByOrigin.get(origin);
    if (before !== undefined) return before;
    const groups = this.#groupsOf(origin);
    const outcome = { groups, routes: this.#routesOfGroups(origin, groups) };
    this.#routesByOrigin.set(origin, outcome);
    return outcome;
  }

  #groupsOf(origin: PrefixOrigin): readonly NodeGroup[] {
    if (origin.sourcesByNode.size > 0 || origin.blockOwners.length > 0) return this.#groupNodes(origin);
    this.#everywhereGroups ??= this.#groupNodes(origin);
    return this.#everywhereGroups;
  }

  /** Sorted by class, so that alike origins give equal lists. */
  #groupNodes({ sourcesByNode, isEverywhere, blockOwners }: PrefixOrigin): readonly NodeGroup[] {
    const groups = new Map<string, { readonly nodes: number[]; readonly sources: NodeGroup['sources'] }>();
    const isOwner = new Set(blockOwners);
    const announcingEverywhere = new Set(isEverywhere ? this.originators.announcingNodes : []);
    // By rank, so that the first node of a group is the one that the last tie breakers prefer.
    for (const nodeIndex of this.#nodesByRank) {
      const nodeSources = sourcesByNode.get(nodeIndex) ?? [];
      const sources =
        announcingEverywhere.has(nodeIndex) && !nodeSources.includes('host')
          ? (['host', ...nodeSources] as const)
          : nodeSources;
      const key = `${this.nodeClasses.classByNode[nodeIndex]} ${isOwner.has(nodeIndex) ? nodeIndex : ''} ${[...sources].sort().join('+')}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { nodes: [nodeIndex], sources });
      else group.nodes.push(nodeIndex);
    }
    return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }

  #routesOfGroups(origin: PrefixOrigin, groups: readonly NodeGroup[]): RoutesByRouter {
    const sampled = groups.map(({ nodes, sources }) =>
      nodes.slice(0, sources.length > 0 ? ORIGINATORS_SAMPLED : OTHERS_SAMPLED),
    );
    const names = groups.map(({ nodes, sources }, index) => {
      const id = origin.blockOwners.includes(nodes[0] ?? -1)
        ? `=${nodes[0]}`
        : String(this.nodeClasses.classByNode[nodes[0] ?? 0]);
      return `${id}:${sources.join('+')}:${sampled[index]?.length}`;
    });
    const order = groups
      .map(({ nodes }, index) => [this.#rankByNode[nodes[0] ?? 0] ?? 0, index] as const)
      .sort(([a], [b]) => a - b)
      .map(([, index]) => index);
    const signature = `${origin.partitionKey};${names.join(' ')};${order.join()}`;
    const known = this.#routesBySignature.get(signature);
    if (known !== undefined) return known;
    const routes = this.#propagateSample(origin.prefix, groups, sampled);
    this.#routesBySignature.set(signature, routes);
    return routes;
  }

  #propagateSample(
    prefix: Prefix,
    groups: readonly NodeGroup[],
    sampled: readonly (readonly number[])[],
  ): RoutesByRouter {
    const announcing = sampled.filter((_, group) => groups[group]?.sources.includes('host') === true).flat();
    const { graph } = this.#graphOf(sampled.flat(), new Set(announcing));
    const groupByName = new Map<string, number>();
    const groupByAddress = new Map<bigint, number>();
    const originated = new Map<string, readonly RibPath[]>();
    for (const [group, list] of sampled.entries()) {
      for (const nodeIndex of list) {
        const { node } = this.#topology.live[nodeIndex] as LiveNode;
        const speaker = nodeSpeaker(node.name);
        groupByName.set(node.name, group);
        groupByAddress.set(node.addresses[this.family]?.bits ?? 0n, group);
        const sources = new Set(
          (groups[group]?.sources ?? []).map((one) => (one === 'host' ? 'static' : one)),
        );
        const paths = [...sources].map((source) => originatePath(prefix, source));
        if (paths.length > 0) originated.set(speaker, paths);
      }
    }
    const { routers } = this.#topology;
    const { ribs } = propagate(graph, originated, new Set(routers.map(routerSpeaker)));
    const routesByRouter = new Map<string, GroupedRoute>();
    const distinctPaths = new Map<string, readonly EqualPath[]>();
    for (const router of routers) {
      const rib = ribs.get(routerSpeaker(router)) ?? [];
      const [best] = rib;
      if (best === undefined) continue;
      const equalPaths = rib
        .filter((one) => compareEcmp(one, best) === 0)
        .flatMap(({ learnedVia, nextHop }) => {
          const group = groupByName.get(learnedVia.slice(0, learnedVia.indexOf(' > ')));
          if (group === undefined || nextHop === null) return [];
          return [{ senderGroup: group, nextHopGroup: groupByAddress.get(nextHop.bits) ?? nextHop }];
        });
      const key = equalPathsKey(equalPaths);
      if (!distinctPaths.has(key)) distinctPaths.set(key, equalPaths);
      routesByRouter.set(router.name, { best, equalPaths: distinctPaths.get(key) ?? equalPaths });
    }
    return routesByRouter;
  }

  /** The sampled nodes alone. Those in `announcing` originate the single address in question, whichever it is. */
  #graphOf(sampled: readonly number[], announcing: ReadonlySet<number>): BuiltSessionGraph {
    const sorted = [...sampled].sort((a, b) => a - b);
    const key = sorted
      .map((nodeIndex) => (announcing.has(nodeIndex) ? `+${nodeIndex}` : String(nodeIndex)))
      .join();
    const known = this.#graphs.get(key);
    if (known !== undefined) return known;
    const live = sorted.flatMap((nodeIndex) => {
      const one = this.#topology.live[nodeIndex];
      return one === undefined
        ? []
        : [withHosts(one, announcing.has(nodeIndex) ? [this.#defaultPrefix] : [])];
    });
    const byAddress = new Map(live.map((one) => [one.node.addresses[this.family]?.bits ?? 0n, one]));
    const made = buildSessionGraph({ ...this.#topology, live, byAddress }, NO_RECOVERING_NODES);
    this.#graphs.set(key, made);
    return made;
  }
}

function rankNodes({ live, family }: Topology): readonly number[] {
  const ranks = live.map(
    ({ node, loaded }) => [loaded.main.routerId, node.addresses[family]?.bits ?? 0n] as const,
  );
  return [...live.keys()].sort((a, b) => {
    const [one, other] = [ranks[a], ranks[b]];
    if (one === undefined || other === undefined) return 0;
    return one[0] - other[0] || (one[1] < other[1] ? -1 : 1);
  });
}

const withHosts = (live: LiveNode, own: readonly Prefix[]): LiveNode => ({
  ...live,
  loaded: { ...live.loaded, included: { ...live.loaded.included, hostPrefixes: { shared: [], own } } },
});

const NO_RECOVERING_NODES: ReadonlySet<string> = new Set();
