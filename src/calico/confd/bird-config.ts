/**
 * Renders the configuration that confd writes for one BIRD, that of a node and a family, as far as it affects routes.
 * confd lets BIRD check the main file before it installs it. The included files are installed without a check.
 */
import { type Family, formatAddress } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { FilterList, FilterRule } from '../objects/peers.ts';
import type { CalicoPool } from '../objects/pools.ts';
import {
  type CommunityTag,
  communityConfiguration,
  communityTags,
  isCommunityValue,
  isValidCommunity,
} from './communities.ts';
import type { HostPrefixes } from './host-routes.ts';
import { refusedNeighbour } from './refused-addresses.ts';
import { aggregatedPrefixes, type ServiceRanges } from './service-ranges.ts';
import { listenPort, type SessionConfig } from './session-config.ts';
import { sessionsOf } from './sessions.ts';

/** A session with the contents of the Secret and the BGPFilters that it names. */
export type ResolvedSession = SessionConfig & {
  /** Null for none, and where the Secret cannot be read. */
  readonly resolvedPassword: string | null;
  readonly exportRules: readonly FilterRule[];
  readonly importRules: readonly FilterRule[];
};

/** 2^31−1 less the priority 1024 of ordinary routes. */
const OWN_LOCAL_PREF = 2_147_482_623;

export type MainConfig = {
  readonly sessions: readonly ResolvedSession[];
  readonly communityTags: readonly CommunityTag[];
  readonly listenPort: number;
  /** LOCAL_PREF of its own routes on iBGP sessions; null for BIRD's default. */
  readonly ownLocalPref: number | null;
  /** For the last tie breakers between paths; 0 where it is not known. */
  readonly routerId: number;
};

export type IncludedConfig = {
  /** Static routes to whole ranges; none on an excluded node. */
  readonly aggregated: readonly Prefix[];
  /** Static routes to single addresses. */
  readonly hostPrefixes: HostPrefixes;
  readonly blocks: readonly Prefix[];
  readonly pools: readonly CalicoPool[];
  /** Prefixes that BIRD does not export to the kernel. */
  readonly notInKernel: readonly Prefix[];
  readonly reflectedRanges: readonly Prefix[];
};

/** What BIRD cannot parse, each with object and field; empty where it can parse everything. */
export type ConfigErrors = readonly string[];

export type CalicoNodeEnvironment = {
  /** `CALICO_ROUTER_ID` of calico-node on that node; '' where it is not set. */
  readonly routerId: string;
  /** The router ID that calico-node derives from a name (`hash`). */
  readonly hashRouterId: (name: string) => number;
};

/** The BIRD of one node and family. */
export type BirdTarget = {
  readonly node: CalicoNode;
  readonly family: Family;
  readonly environment: CalicoNodeEnvironment;
};

export function renderMainConfig(
  cluster: CalicoCluster,
  { node, family, environment }: BirdTarget,
): MainConfig {
  return {
    sessions: sessionsOf(cluster, node, family).map((session) => resolveSession(cluster, session)),
    communityTags: communityTags(cluster, node.name, family),
    listenPort: listenPort(cluster, node.name),
    ownLocalPref: cluster.behaviour.hasBgpProcessor ? OWN_LOCAL_PREF : null,
    routerId: confdRouterId(node, environment),
  };
}

/** Equal sessions stay the same object, so that maps by session keep working. */
const resolvedSessions = new WeakMap<CalicoCluster, WeakMap<SessionConfig, ResolvedSession>>();

function resolveSession(cluster: CalicoCluster, session: SessionConfig): ResolvedSession {
  const known = resolvedSessions.get(cluster) ?? new WeakMap<SessionConfig, ResolvedSession>();
  resolvedSessions.set(cluster, known);
  const resolved = known.get(session) ?? buildResolvedSession(cluster, session);
  known.set(session, resolved);
  return resolved;
}

function buildResolvedSession(cluster: CalicoCluster, session: SessionConfig): ResolvedSession {
  const rules = (list: FilterList): readonly FilterRule[] =>
    // confd silently leaves out a filter that does not exist.
    session.filters.flatMap((name) => cluster.filters.get(name)?.rules[list] ?? []);
  return {
    resolvedPassword: session.password === null ? null : cluster.secret(session.password),
    exportRules: rules(session.family === 4 ? 'export4' : 'export6'),
    importRules: rules(session.family === 4 ? 'import4' : 'import6'),
    ...session,
  };
}

function confdRouterId(node: CalicoNode, { routerId, hashRouterId }: CalicoNodeEnvironment): number {
  if (routerId === 'hash') return hashRouterId(node.name);
  const parts = routerId.split('.').map(Number);
  if (parts.length === 4) return parts.reduce((id, part) => id * 256 + part, 0);
  const ipv4 = node.addresses[4];
  return ipv4 === null ? 0 : Number(ipv4.bits);
}

export function validateMainConfig(
  cluster: CalicoCluster,
  { node, family, environment }: BirdTarget,
  config: MainConfig,
): ConfigErrors {
  const errors: string[] = [];
  if (node.addresses[4] === null && environment.routerId === '') {
    errors.push(`Node ${node.name}: no annotation projectcalico.org/IPv4Address`);
  }
  for (const { bgpPeer, peer, remoteAS, resolvedPassword, password } of config.sessions) {
    if (refusedNeighbour(peer) !== null)
      errors.push(`BGPPeer ${bgpPeer}: peerIP ${formatAddress(peer)} is no neighbour`);
    if (remoteAS === null) errors.push(`BGPPeer ${bgpPeer}: no asNumber`);
    if (resolvedPassword !== null && /["\n]/.test(resolvedPassword)) {
      errors.push(`Secret ${password?.name}: a line break or quote in key ${password?.key}`);
    }
  }
  const { name, prefixAdvertisements, communities } = communityConfiguration(cluster, node.name);
  for (const { range, communities: wanted } of prefixAdvertisements ?? []) {
    if (range.prefix?.family !== family) continue;
    if (range.hostBits)
      errors.push(`BGPConfiguration ${name}: prefixAdvertisements ${range.text} has host bits`);
    for (const community of wanted.map((text) => communities.get(text) ?? text)) {
      if (isCommunityValue(community) && !isValidCommunity(community))
        errors.push(`BGPConfiguration ${name}: community ${community} does not fit`);
    }
  }
  return errors;
}

/** confd writes every BGPFilter on every node, used or not. */
export function validateFilters({ filters }: CalicoCluster): { readonly [F in Family]: ConfigErrors } {
  const of = (...lists: readonly FilterList[]): ConfigErrors =>
    [...filters.values()].flatMap(({ name, rules }) =>
      lists
        .flatMap((list) => rules[list])
        .flatMap(({ range }) => (range?.hostBits ? [`BGPFilter ${name}: ${range.text} has host bits`] : [])),
    );
  return { 4: of('export4', 'import4'), 6: of('export6', 'import6') };
}

export function renderIncludedConfig(
  cluster: CalicoCluster,
  { node, family }: Pick<BirdTarget, 'node' | 'family'>,
  ranges: ServiceRanges,
  hostPrefixes: HostPrefixes,
): IncludedConfig {
  const rejected = aggregatedPrefixes(ranges, { isExcluded: false }, family);
  const pools = cluster.pools.filter(({ range }) => range.prefix?.family === family);
  const programmedByFelix = pools.filter(
    ({ vxlan, ipip }) => vxlan || (ipip && !cluster.behaviour.programsIpip),
  );
  return {
    aggregated: aggregatedPrefixes(ranges, node, family),
    hostPrefixes,
    blocks: cluster.blocks
      .filter((one) => one.node === node.name && one.prefix.family === family)
      .map(({ prefix }) => prefix),
    pools,
    notInKernel: [
      ...rejected,
      ...programmedByFelix.flatMap(({ range }) => (range.prefix === null ? [] : [range.prefix])),
    ],
    reflectedRanges:
      node.clusterId === '' ? [] : ranges.reflectedRanges.filter((one) => one.family === family),
  };
}

/** confd writes these routes on every node, excluded or not. */
export const validateIncludedConfig = (ranges: ServiceRanges, family: Family): ConfigErrors =>
  ranges.aggregated
    .filter(({ prefix, hostBits }) => hostBits && prefix?.family === family)
    .map(({ text }) => `BGPConfiguration default: ${text} has host bits`);
