/** What becomes of every route: which prefixes fare alike, who sends them to whom, and what everybody has at the end. */
import type { Family } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { MainFile } from './birdfiles.ts';
import { Containment } from './containment.ts';
import type { Daemon } from './daemon.ts';
import type { LiveNode } from './links.ts';
import { buildNetwork, type NodeSession, nodeSpeaker } from './network.ts';
import type { CalicoNode } from './objects/nodes.ts';
import type { FilterRule } from './objects/peers.ts';
import { addressOrNull, hostPrefix } from './objects/prefixes.ts';
import { ownPath, type Path } from './path.ts';
import { prefixKey, type Travelled, travel } from './propagation.ts';
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
export const solve = (states: readonly NodeState[], routers: readonly Router[]): readonly FamilySolution[] =>
  ([4, 6] as const).map((family) => solveFamily(states, routers, family));

function solveFamily(
  states: readonly NodeState[],
  routers: readonly Router[],
  family: Family,
): FamilySolution {
  const live: LiveNode[] = [];
  const dead = new Set<bigint>();
  for (const { node, daemons, off } of states) {
    const [address, { loaded }] = [node.addresses[family], daemons[family]];
    if (address === null) continue;
    if (off || loaded === null) dead.add(address.bits);
    else
      live.push({ node, loaded, byPeer: new Map(loaded.main.sessions.map((one) => [one.peer.bits, one])) });
  }
  const silent = new Set(states.filter((one) => one.silent).map(({ node }) => node.name));
  const byAddress = new Map(live.map((one) => [one.node.addresses[family]?.bits ?? 0n, one]));
  const { network, sessions } = buildNetwork({ family, live, byAddress, dead, routers }, silent);
  const fates = [...kinds(live, family).values()].map(({ prefixes, own }) => ({
    prefixes,
    paths: travel(network, own),
  }));
  return { family, sessions, fates };
}

type Kind = { readonly prefixes: Prefix[]; readonly own: ReadonlyMap<string, readonly Path[]> };

/** Prefixes that nobody's configuration tells apart and that begin at the same nodes. */
function kinds(live: readonly LiveNode[], family: Family): ReadonlyMap<string, Kind> {
  const origins = new Map<
    string,
    { readonly prefix: Prefix; readonly own: Map<string, Path[]>; from: string }
  >();
  for (const [index, { node, loaded }] of live.entries()) {
    for (const path of ownPaths(node, loaded, family)) {
      const key = prefixKey(path.prefix);
      const origin = origins.get(key) ?? { prefix: path.prefix, own: new Map<string, Path[]>(), from: '' };
      origins.set(key, origin);
      const speaker = nodeSpeaker(node.name);
      const there = origin.own.get(speaker);
      if (there === undefined) origin.own.set(speaker, [path]);
      else there.push(path);
      origin.from += ` ${index}${path.source}`;
    }
  }
  const containment = new Containment(rangesThatMatter(live));
  const found = new Map<string, Kind>();
  for (const { prefix, own, from } of origins.values()) {
    const signature = `${containment.signature(prefix)};${from}`;
    const kind = found.get(signature);
    if (kind === undefined) found.set(signature, { prefixes: [prefix], own });
    else kind.prefixes.push(prefix);
  }
  return found;
}

/** All that filters compare a route with; the single addresses that nodes announce only match themselves. */
function rangesThatMatter(live: readonly LiveNode[]): readonly Prefix[] {
  const ranges = live.flatMap(({ loaded: { main, included } }) => [
    ...included.aggregated,
    ...included.blocks,
    ...included.passedOn,
    ...included.notInKernel,
    ...included.pools.flatMap(({ range }) => (range.prefix === null ? [] : [range.prefix])),
    ...main.taggings.map(({ prefix }) => prefix),
    ...rulesOf(main).flatMap(({ range }) => (range?.prefix == null ? [] : [range.prefix])),
    ...main.sessions.flatMap(({ peer, reachableBy }) => (reachableBy === '' ? [] : [hostPrefix(peer)])),
  ]);
  return [...new Map(ranges.map((one) => [prefixKey(one), one])).values()];
}

/** Sessions that one BGPPeer asks for share their rules. */
function rulesOf({ sessions }: MainFile): readonly FilterRule[] {
  const lists = new Set(sessions.flatMap(({ exportRules, importRules }) => [exportRules, importRules]));
  return [...lists].flat();
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
