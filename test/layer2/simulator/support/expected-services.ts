/**
 * Who may answer for which Services, by MetalLB's observed rules and those that a better speaker keeps. It shares no code with the
 * election: it is what the election is compared with.
 */
import type { Raw } from '../../../../src/base/json.ts';
import {
  type DescribedAdvertisement,
  type DescribedCluster,
  type DescribedNode,
  type DescribedService,
  isHostname,
  SYSTEM_NAMESPACE,
  serviceKey,
} from './described-cluster.ts';

export type SpeakerSettings = { readonly lbClass: string | null; readonly ignoreExcludeLabel: boolean };

/** The interfaces of the nodes, by the segment that they are on. */
const INTERFACES: Readonly<Record<string, Readonly<Record<'a' | 'b', readonly string[]>>>> = {
  n4: { a: ['eth0', 'eth2'], b: ['eth1'] },
  n5: { a: ['eth0'], b: [] },
};
const USUAL_INTERFACES = { a: ['eth0'], b: ['eth1'] };

type Reach = {
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly status: readonly string[];
};

type Servable = {
  readonly service: DescribedService;
  readonly eligible: ReadonlyMap<string, Reach>;
  readonly weights: ReadonlyMap<string, number>;
};

/** `rules[i].services` of a case. `inForce` are the last good L2Advertisements. */
export function expectedServices(
  cluster: DescribedCluster,
  inForce: readonly DescribedAdvertisement[],
  settings: SpeakerSettings,
): Raw {
  const servable = servableIn(cluster, inForce, settings);
  const everyone = new Set(cluster.nodes.map(({ name }) => name));
  const withStopped = servableIn({ ...cluster, running: everyone }, inForce, settings);
  return Object.fromEntries(
    servable.map((one) => {
      const group = groupOf(one, servable);
      const known = withStopped.find(({ service }) => service === one.service) ?? one;
      return [serviceKey(one.service), ruleOf(one, group, groupOf(known, withStopped))];
    }),
  );
}

/** The Services that a node may answer for whose speaker runs. */
function servableIn(
  cluster: DescribedCluster,
  inForce: readonly DescribedAdvertisement[],
  settings: SpeakerSettings,
): readonly Servable[] {
  return cluster.services.flatMap((service): readonly Servable[] => {
    const advertisements = advertisementsOf(service, cluster, inForce, settings);
    const able = cluster.nodes.flatMap((node) => {
      const reach = reachOf(node, service, { cluster, advertisements, settings });
      return reach === null ? [] : [[node, reach] as const];
    });
    const eligible = new Map(able.map(([node, reach]) => [node.name, reach]));
    const weights = new Map(able.map(([node]) => [node.name, weightOf(node, advertisements)]));
    return able.length === 0 ? [] : [{ service, eligible, weights }];
  });
}

function advertisementsOf(
  service: DescribedService,
  { pools }: DescribedCluster,
  inForce: readonly DescribedAdvertisement[],
  { lbClass }: SpeakerSettings,
): readonly DescribedAdvertisement[] {
  const { ingress, slices, label, sharingKey } = service;
  if (service.loadBalancerClass !== lbClass || ingress.length === 0 || ingress.some(isHostname)) return [];
  if (!slices.flat().some(isUsable)) return [];
  const pool = pools.find(({ addresses }) => ingress.every((ip) => addresses.includes(`${ip}-${ip}`)));
  if (pool === undefined) return [];
  const matching = inForce.filter(
    (one) =>
      one.namespace === SYSTEM_NAMESPACE &&
      ((one.pools.length === 0 && one.poolTier === null) ||
        one.pools.includes(pool.name) ||
        one.poolTier === pool.tier) &&
      (one.services.length === 0 || one.services.includes(label)),
  );
  return sharingKey !== null && matching.some((one) => one.services.length > 0) ? [] : matching;
}

const isUsable = ({ isReady, isServing }: DescribedService['slices'][number][number]): boolean =>
  isReady === null || isReady || isServing === true;

const selects = ({ zones }: DescribedAdvertisement, { zone }: DescribedNode): boolean =>
  zones.length === 0 || zones.includes(zone);

type Situation = {
  readonly cluster: DescribedCluster;
  readonly advertisements: readonly DescribedAdvertisement[];
  readonly settings: SpeakerSettings;
};

/** Null where the node may not answer. */
function reachOf(
  node: DescribedNode,
  { isLocal, slices }: DescribedService,
  { cluster: { running, down }, advertisements, settings }: Situation,
): Reach | null {
  const { name } = node;
  const selecting = advertisements.filter((one) => selects(one, node));
  if (!running.has(name) || selecting.length === 0) return null;
  if (node.networkUnavailable === 'True' || (node.isExcluded && !settings.ignoreExcludeLabel)) return null;
  if (isLocal && !slices.flat().some((one) => one.node === name && isUsable(one))) return null;
  const isAny = selecting.some(({ interfaces }) => interfaces.length === 0);
  const named = isAny ? [] : [...new Set(selecting.flatMap(({ interfaces }) => interfaces))].sort();
  const own = INTERFACES[name] ?? USUAL_INTERFACES;
  const on = (segment: 'a' | 'b'): readonly string[] =>
    own[segment].filter((one) => !down.has(`${name}:${one}`) && (isAny || named.includes(one)));
  const [a, b] = [on('a'), on('b')];
  return a.length + b.length === 0 ? null : { a, b, status: named };
}

const weightOf = (node: DescribedNode, advertisements: readonly DescribedAdvertisement[]): number =>
  advertisements
    .filter((one) => selects(one, node))
    .flatMap(({ preferences }) => preferences)
    .reduce((sum, { zone, weight }) => sum + (zone === node.zone ? weight : 0), 0);

/** All Services that one node has to answer for, since they share addresses, directly or through others. */
function groupOf(one: Servable, all: readonly Servable[]): readonly Servable[] {
  const group = new Set([one]);
  for (const member of group)
    for (const other of all)
      if (other.service.ingress.some((ip) => member.service.ingress.includes(ip))) group.add(other);
  return [...group];
}

/** `known` has those of the group as well that only stopped speakers may answer for, and these speakers. */
function ruleOf(one: Servable, group: readonly Servable[], known: readonly Servable[]): Raw {
  const { service, eligible } = one;
  const others = group.filter((other) => other !== one);
  const shares = others.map((other) => serviceKey(other.service));
  const commonOf = (members: readonly Servable[]): readonly string[] =>
    [...(members[0]?.eligible.keys() ?? [])].filter((node) =>
      members.every((other) => other.eligible.has(node)),
    );
  const common = commonOf(group);
  const rule = { ips: service.ingress, ...(shares.length === 0 ? {} : { shares }) };
  // A speaker that stops moves nothing of others: so who suits the rest of them alone does not suit all.
  const suitsAll = new Set(commonOf(known));
  if (shares.length > 0 && !common.some((node) => suitsAll.has(node)))
    return { ...rule, apart: true, eligible: Object.fromEntries(eligible) };
  const sumOf = (node: string): number =>
    group.reduce((sum, member) => sum + (member.weights.get(node) ?? 0), 0);
  const highest = Math.max(...common.map(sumOf));
  const isHeld = known.length > group.length;
  return {
    ...rule,
    eligible: Object.fromEntries([...eligible].filter(([node]) => common.includes(node))),
    // What only a stopped speaker served still holds the others together, wherever they prefer.
    ...(isHeld ? { held: true } : { prefer: common.filter((node) => sumOf(node) === highest) }),
  };
}
