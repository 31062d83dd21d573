/** Computes the RIBs of all speakers once BGP has converged, for groups of prefixes that converge to the same routes. */
import type { Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { BirdProcess } from '../bird/bird-process.ts';
import { PrefixPartition } from '../bird/prefix-partition.ts';
import { originatePath, type RibPath } from '../bird/rib-path.ts';
import type { MainConfig, ResolvedSession } from '../confd/bird-config.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { FilterRule } from '../objects/peers.ts';
import { hostPrefix, readAddress } from '../objects/prefixes.ts';
import type { LiveNode, Topology } from './established-sessions.ts';
import type { ExternalRouter } from './external-router.ts';
import { familyPrefixKey, type KeptSpeakers, type PropagationResult, propagate } from './propagation.ts';
import { buildSessionGraph, type EvaluatedSession, nodeSpeaker } from './session-graph.ts';
import type { KilledBird } from './silent-node.ts';

export type CalicoNodeState = {
  readonly node: CalicoNode;
  readonly birds: { readonly [F in Family]: BirdProcess };
  readonly isOff: boolean;
  /** Time in seconds since it lost power; null for a node that is on, or has been off from the start. */
  readonly offSeconds: number | null;
  readonly killed: { readonly [F in Family]: KilledBird | null };
  readonly recovery: { readonly [F in Family]: Recovery };
};

/**
 * A BIRD that waits for peers that are down before it advertises anything (graceful restart): after a first start, with an
 * empty kernel, or after a restart, with the kernel's routes. Where it was killed, its peers keep its routes as well.
 */
export type Recovery = 'none' | 'first-start' | 'restarted' | 'killed';

/** Prefixes that converge to the same routes, and those routes. */
export type ConvergedGroup = { readonly prefixes: readonly Prefix[]; readonly propagated: PropagationResult };

export type ConvergedRibs = {
  readonly family: Family;
  readonly sessions: readonly EvaluatedSession[];
  readonly groups: readonly ConvergedGroup[];
};

/** The families are independent: each node runs one BIRD for IPv4 and one for IPv6. */
export const convergeRibs = (
  states: readonly CalicoNodeState[],
  routers: readonly ExternalRouter[],
  kept: KeptSpeakers = null,
): readonly ConvergedRibs[] =>
  ([4, 6] as const).map((family) => convergeFamily(states, routers, family, kept));

function convergeFamily(
  states: readonly CalicoNodeState[],
  routers: readonly ExternalRouter[],
  family: Family,
  kept: KeptSpeakers,
): ConvergedRibs {
  const topology = buildTopology(states, routers, family);
  const { live } = topology;
  const withholding = states.filter(({ recovery }) => WITHHOLDING.has(recovery[family]));
  const recovering = new Set(withholding.map(({ node }) => node.name));
  const { graph, sessions } = buildSessionGraph(topology, recovering);
  const groups = [...groupPrefixes(live, family).values()].map(({ prefixes, originated }) => ({
    prefixes,
    propagated: propagate(graph, originated, kept),
  }));
  return { family, sessions, groups };
}

/** The running BIRDs and the routers of one family. */
export function buildTopology(
  states: readonly CalicoNodeState[],
  routers: readonly ExternalRouter[],
  family: Family,
): Topology {
  const live: LiveNode[] = [];
  const downAddresses = new Set<bigint>();
  for (const state of states) {
    const { node } = state;
    const address = node.addresses[family];
    if (address === null) continue;
    const known = configOf(state, family);
    if (known === null) downAddresses.add(address.bits);
    else live.push({ node, ...known, startedSessions: startedSessions(known.loaded.main) });
  }
  const byAddress = new Map(live.map((one) => [one.node.addresses[family]?.bits ?? 0n, one]));
  return { family, live, byAddress, downAddresses, routers };
}

/** The configuration in force, or that which peers still know; null for none. */
function configOf(
  { birds, isOff, offSeconds, killed }: CalicoNodeState,
  family: Family,
): Pick<LiveNode, 'loaded' | 'silence'> | null {
  const { loaded } = birds[family];
  if (isOff) {
    return loaded === null || offSeconds === null
      ? null
      : { loaded, silence: { kind: 'powered-off', seconds: offSeconds } };
  }
  if (loaded !== null) return { loaded, silence: null };
  const last = killed[family];
  return last === null ? null : { loaded: last.loaded, silence: { kind: 'killed', seconds: last.seconds } };
}

/** What peers keep of a BIRD that was killed is not withheld. */
const WITHHOLDING: ReadonlySet<Recovery> = new Set(['first-start', 'restarted']);

const startedSessionsCache = new WeakMap<MainConfig, LiveNode['startedSessions']>();

function startedSessions(main: MainConfig): LiveNode['startedSessions'] {
  const known = startedSessionsCache.get(main);
  if (known !== undefined) return known;
  const byPeer = new Map<bigint, readonly ResolvedSession[]>();
  for (const session of main.sessions) {
    const others = byPeer.get(session.peer.bits);
    if (others === undefined) byPeer.set(session.peer.bits, [session]);
    else if (!others.some(({ port }) => port === session.port))
      byPeer.set(session.peer.bits, [...others, session]);
  }
  startedSessionsCache.set(main, byPeer);
  return byPeer;
}

type PrefixGroup = {
  readonly prefixes: Prefix[];
  readonly originated: ReadonlyMap<string, readonly RibPath[]>;
};

/** The originators of a prefix: single speakers, and all speakers that share a list which contains it. */
type GroupingOrigin = {
  readonly prefix: Prefix;
  readonly paths: [speaker: string, path: RibPath][];
  readonly lists: SharedHostList[];
  /** Equal for prefixes with the same originators. */
  originKey: string;
};

/** Single addresses that several nodes announce, and the speakers of these nodes. */
type SharedHostList = {
  readonly id: number;
  readonly prefixes: readonly Prefix[];
  readonly speakers: string[];
};

/** Groups prefixes that no configuration tells apart and that have the same originators. */
function groupPrefixes(live: readonly LiveNode[], family: Family): ReadonlyMap<string, PrefixGroup> {
  const origins = new Map<string, GroupingOrigin>();
  const originOf = (prefix: Prefix): GroupingOrigin => {
    const key = familyPrefixKey(prefix);
    const origin = origins.get(key) ?? { prefix, paths: [], lists: [], originKey: '' };
    origins.set(key, origin);
    return origin;
  };
  const lists = new Map<readonly Prefix[], SharedHostList>();
  for (const [index, { node, loaded }] of live.entries()) {
    const speaker = nodeSpeaker(node.name);
    for (const path of originatedByNode(node, loaded, family)) {
      const origin = originOf(path.prefix);
      origin.paths.push([speaker, path]);
      origin.originKey += ` ${index}${path.source}`;
    }
    const { shared } = loaded.included.hostPrefixes;
    if (shared.length === 0) continue;
    const list = lists.get(shared) ?? { id: lists.size, prefixes: shared, speakers: [] };
    lists.set(shared, list);
    list.speakers.push(speaker);
  }
  for (const list of lists.values()) {
    for (const prefix of list.prefixes) {
      const origin = originOf(prefix);
      if (origin.lists.at(-1) === list) continue;
      origin.lists.push(list);
      origin.originKey += ` list${list.id}`;
    }
  }
  const partition = new PrefixPartition(distinguishingRanges(live));
  const groups = new Map<string, PrefixGroup>();
  for (const origin of origins.values()) {
    const signature = `${partition.partitionKey(origin.prefix)};${origin.originKey}`;
    const group = groups.get(signature);
    if (group === undefined)
      groups.set(signature, { prefixes: [origin.prefix], originated: originatedPaths(origin) });
    else group.prefixes.push(origin.prefix);
  }
  return groups;
}

/** The originated paths by speaker; of several static routes of one node to a prefix, one counts. */
function originatedPaths({ prefix, paths, lists }: GroupingOrigin): ReadonlyMap<string, readonly RibPath[]> {
  const originated = new Map<string, RibPath[]>();
  const add = (speaker: string, path: RibPath): void => {
    const existing = originated.get(speaker);
    if (existing === undefined) originated.set(speaker, [path]);
    else if (!existing.some(({ source }) => source === path.source)) existing.push(path);
  };
  for (const [speaker, path] of paths) add(speaker, path);
  for (const { speakers } of lists) {
    for (const speaker of speakers) add(speaker, originatePath(prefix, 'static'));
  }
  return originated;
}

/** All prefixes that filters compare a route with. Host routes are left out: they match nothing but themselves. */
export function distinguishingRanges(live: readonly LiveNode[]): readonly Prefix[] {
  const ranges = live.flatMap(({ loaded: { main, included } }) => [
    ...included.aggregated,
    ...included.blocks,
    ...included.reflectedRanges,
    ...included.notInKernel,
    ...included.pools.flatMap(({ range }) => (range.prefix === null ? [] : [range.prefix])),
    ...main.communityTags.map(({ prefix }) => prefix),
    ...filterRulesOf(main).flatMap(({ range }) => (range?.prefix == null ? [] : [range.prefix])),
    ...peerSessionsIn(main).flatMap(({ peer, reachableBy }) =>
      reachableBy === '' ? [] : [hostPrefix(peer)],
    ),
  ]);
  return [...new Map(ranges.map((one) => [familyPrefixKey(one), one])).values()];
}

/** Mesh sessions have neither filters nor gateways. */
const peerSessionsIn = ({ sessions }: MainConfig) => sessions.filter(({ kind }) => kind !== 'mesh');

/** Sessions of one BGPPeer share the same arrays of rules. */
function filterRulesOf(main: MainConfig): readonly FilterRule[] {
  const lists = new Set(
    peerSessionsIn(main).flatMap(({ exportRules, importRules }) => [exportRules, importRules]),
  );
  return [...lists].flat();
}

export function originatedByNode(
  node: CalicoNode,
  { main, included }: LiveNode['loaded'],
  family: Family,
): readonly RibPath[] {
  const statics = [...included.aggregated, ...included.hostPrefixes.own, ...included.blocks];
  const peers = main.sessions.flatMap(({ peer, reachableBy }) =>
    readAddress(reachableBy) === null ? [] : [hostPrefix(peer)],
  );
  const subnets = node.subnets.filter((one) => one.family === family);
  const defaultPrefix: Prefix = { family, bits: 0n, length: 0 };
  return [
    ...new Map(
      [...statics, ...peers].map((prefix) => [familyPrefixKey(prefix), originatePath(prefix, 'static')]),
    ).values(),
    ...subnets.map((prefix) => originatePath(prefix, 'direct')),
    ...(subnets.length > 0 ? [originatePath(defaultPrefix, 'kernel')] : []),
  ];
}
