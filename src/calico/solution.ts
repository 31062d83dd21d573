/** What becomes of every route: which prefixes fare alike, who sends them to whom, and what everybody has at the end. */
import type { Family } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { MainFile } from './birdfiles.ts';
import { Containment } from './containment.ts';
import type { Daemon } from './daemon.ts';
import type { LiveNode, Neighbourhood } from './links.ts';
import { buildNetwork, type NodeSession, nodeSpeaker } from './network.ts';
import type { CalicoNode } from './objects/nodes.ts';
import type { FilterRule } from './objects/peers.ts';
import { addressOrNull, hostPrefix } from './objects/prefixes.ts';
import { ownPath, type Path } from './path.ts';
import { type Interest, prefixKey, type Travelled, travel } from './propagation.ts';
import type { Router } from './routers.ts';

export type NodeState = {
  readonly node: CalicoNode;
  readonly daemons: { readonly [F in Family]: Daemon };
  readonly off: boolean;
  /** Waits for peers that are down before it announces anything. */
  readonly silent: boolean;
};

/** Prefixes that fare alike, and how. */
export type Fate = { readonly prefixes: readonly Prefix[]; readonly paths: Travelled };

export type FamilySolution = {
  readonly family: Family;
  readonly sessions: readonly NodeSession[];
  readonly fates: readonly Fate[];
};

/** Both families on their own: they are two daemons on each node, and know nothing of each other. */
export const solve = (
  states: readonly NodeState[],
  routers: readonly Router[],
  interest: Interest = null,
): readonly FamilySolution[] =>
  ([4, 6] as const).map((family) => solveFamily(states, routers, family, interest));

function solveFamily(
  states: readonly NodeState[],
  routers: readonly Router[],
  family: Family,
  interest: Interest,
): FamilySolution {
  const around = neighbourhood(states, routers, family);
  const { live } = around;
  const silent = new Set(states.filter((one) => one.silent).map(({ node }) => node.name));
  const { network, sessions } = buildNetwork(around, silent);
  const fates = [...kinds(live, family).values()].map(({ prefixes, own }) => ({
    prefixes,
    paths: travel(network, own, interest),
  }));
  return { family, sessions, fates };
}

/** Who is there, of one family. */
export function neighbourhood(
  states: readonly NodeState[],
  routers: readonly Router[],
  family: Family,
): Neighbourhood {
  const live: LiveNode[] = [];
  const dead = new Set<bigint>();
  for (const { node, daemons, off } of states) {
    const [address, { loaded }] = [node.addresses[family], daemons[family]];
    if (address === null) continue;
    if (off || loaded === null) dead.add(address.bits);
    else live.push({ node, loaded, byPeer: byPeerOf(loaded.main) });
  }
  const byAddress = new Map(live.map((one) => [one.node.addresses[family]?.bits ?? 0n, one]));
  return { family, live, byAddress, dead, routers };
}

const byPeer = new WeakMap<MainFile, LiveNode['byPeer']>();

function byPeerOf(main: MainFile): LiveNode['byPeer'] {
  const known = byPeer.get(main) ?? new Map(main.sessions.map((one) => [one.peer.bits, one]));
  byPeer.set(main, known);
  return known;
}

type Kind = { readonly prefixes: Prefix[]; readonly own: ReadonlyMap<string, readonly Path[]> };

/** Where a prefix begins: at nodes one by one, and at all nodes that share a list which has it. */
type Origin = {
  readonly prefix: Prefix;
  readonly paths: [speaker: string, path: Path][];
  readonly lists: SharedList[];
  /** Equal for prefixes that begin alike. */
  from: string;
};

/** The single addresses that several nodes announce, and who they are. */
type SharedList = { readonly id: number; readonly prefixes: readonly Prefix[]; readonly speakers: string[] };

/** Prefixes that nobody's configuration tells apart and that begin at the same nodes. */
function kinds(live: readonly LiveNode[], family: Family): ReadonlyMap<string, Kind> {
  const origins = new Map<string, Origin>();
  const originOf = (prefix: Prefix): Origin => {
    const key = prefixKey(prefix);
    const origin = origins.get(key) ?? { prefix, paths: [], lists: [], from: '' };
    origins.set(key, origin);
    return origin;
  };
  const lists = new Map<readonly Prefix[], SharedList>();
  for (const [index, { node, loaded }] of live.entries()) {
    const speaker = nodeSpeaker(node.name);
    for (const path of ownPaths(node, loaded, family)) {
      const origin = originOf(path.prefix);
      origin.paths.push([speaker, path]);
      origin.from += ` ${index}${path.source}`;
    }
    const { shared } = loaded.included.hosts;
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
      origin.from += ` list${list.id}`;
    }
  }
  const containment = new Containment(rangesThatMatter(live));
  const found = new Map<string, Kind>();
  for (const origin of origins.values()) {
    const signature = `${containment.signature(origin.prefix)};${origin.from}`;
    const kind = found.get(signature);
    if (kind === undefined) found.set(signature, { prefixes: [origin.prefix], own: pathsOf(origin) });
    else kind.prefixes.push(origin.prefix);
  }
  return found;
}

/** By speaker; a static route that a node has twice is one. */
function pathsOf({ prefix, paths, lists }: Origin): ReadonlyMap<string, readonly Path[]> {
  const own = new Map<string, Path[]>();
  const add = (speaker: string, path: Path): void => {
    const there = own.get(speaker);
    if (there === undefined) own.set(speaker, [path]);
    else if (!there.some(({ source }) => source === path.source)) there.push(path);
  };
  for (const [speaker, path] of paths) add(speaker, path);
  for (const { speakers } of lists) {
    for (const speaker of speakers) add(speaker, ownPath(prefix, 'static'));
  }
  return own;
}

/** All that filters compare a route with; the single addresses that nodes announce only match themselves. */
export function rangesThatMatter(live: readonly LiveNode[]): readonly Prefix[] {
  const ranges = live.flatMap(({ loaded: { main, included } }) => [
    ...included.aggregated,
    ...included.blocks,
    ...included.passedOn,
    ...included.notInKernel,
    ...included.pools.flatMap(({ range }) => (range.prefix === null ? [] : [range.prefix])),
    ...main.taggings.map(({ prefix }) => prefix),
    ...rulesOf(main).flatMap(({ range }) => (range?.prefix == null ? [] : [range.prefix])),
    ...asked(main).flatMap(({ peer, reachableBy }) => (reachableBy === '' ? [] : [hostPrefix(peer)])),
  ]);
  return [...new Map(ranges.map((one) => [prefixKey(one), one])).values()];
}

/** Those of the mesh have neither rules nor gateways. */
const asked = ({ sessions }: MainFile) => sessions.filter(({ kind }) => kind !== 'mesh');

/** Sessions that one BGPPeer asks for share their rules. */
function rulesOf(main: MainFile): readonly FilterRule[] {
  const lists = new Set(asked(main).flatMap(({ exportRules, importRules }) => [exportRules, importRules]));
  return [...lists].flat();
}

export function ownPaths(
  node: CalicoNode,
  { main, included }: LiveNode['loaded'],
  family: Family,
): readonly Path[] {
  const statics = [...included.aggregated, ...included.hosts.own, ...included.blocks];
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
