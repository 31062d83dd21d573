/**
 * The files that confd writes for one BIRD, that of a node and a family, as far as they decide anything. There are two
 * kinds: the main file, which confd has BIRD check before it puts it in place, and the files that it includes, which
 * nobody checks.
 */
import type { Family } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import { fits, type Tagging, taggingConfiguration, taggings } from './communities.ts';
import type { HostPrefixes } from './hosttable.ts';
import type { Cluster } from './objects/cluster.ts';
import type { CalicoNode } from './objects/nodes.ts';
import type { FilterList, FilterRule } from './objects/peers.ts';
import type { CalicoPool } from './objects/pools.ts';
import { aggregatedOf, type ServiceRanges } from './ranges.ts';
import { listenPort, type Session, sessionsOf } from './sessions.ts';

/** A session with what the Secret and the filters it names say. */
export type ConfiguredSession = Session & {
  /** Null for none: also where the Secret cannot be read. */
  readonly secret: string | null;
  readonly exportRules: readonly FilterRule[];
  readonly importRules: readonly FilterRule[];
};

export type MainFile = {
  readonly sessions: readonly ConfiguredSession[];
  readonly taggings: readonly Tagging[];
  readonly listenPort: number;
  /** For the last tie between paths; 0 where it is not known. */
  readonly routerId: number;
};

export type IncludedFiles = {
  /** Static routes to whole ranges; none on an excluded node. */
  readonly aggregated: readonly Prefix[];
  /** Static routes to single addresses. */
  readonly hosts: HostPrefixes;
  readonly blocks: readonly Prefix[];
  readonly pools: readonly CalicoPool[];
  /** Kept out of the kernel's table. */
  readonly notInKernel: readonly Prefix[];
  readonly passedOn: readonly Prefix[];
};

/** What BIRD would not read, in a few words with the object and the field; none where it would. */
export type Faults = readonly string[];

export type Environment = {
  /** `CALICO_ROUTER_ID` of calico-node on that node; '' where it is not set. */
  readonly routerId: string;
  /** The router ID that calico-node derives from a name (`hash`). */
  readonly hashed: (name: string) => number;
};

export function mainFile(
  cluster: Cluster,
  node: CalicoNode,
  family: Family,
  environment: Environment,
): MainFile {
  return {
    sessions: sessionsOf(cluster, node, family).map((session) => configured(cluster, session)),
    taggings: taggings(cluster, node.name, family),
    listenPort: listenPort(cluster, node.name),
    routerId: routerIdOf(node, environment),
  };
}

/** Sessions that are the same object stay so. */
const filled = new WeakMap<Cluster, WeakMap<Session, ConfiguredSession>>();

function configured(cluster: Cluster, session: Session): ConfiguredSession {
  const known = filled.get(cluster) ?? new WeakMap<Session, ConfiguredSession>();
  filled.set(cluster, known);
  const made = known.get(session) ?? configuredAnew(cluster, session);
  known.set(session, made);
  return made;
}

function configuredAnew(cluster: Cluster, session: Session): ConfiguredSession {
  const rules = (list: FilterList): readonly FilterRule[] =>
    // A filter that does not exist is left out without a word.
    session.filters.flatMap((name) => cluster.filters.get(name)?.rules[list] ?? []);
  return {
    ...session,
    secret: session.password === null ? null : cluster.secret(session.password),
    exportRules: rules(session.family === 4 ? 'export4' : 'export6'),
    importRules: rules(session.family === 4 ? 'import4' : 'import6'),
  };
}

function routerIdOf(node: CalicoNode, { routerId, hashed }: Environment): number {
  if (routerId === 'hash') return hashed(node.name);
  const parts = routerId.split('.').map(Number);
  if (parts.length === 4) return parts.reduce((id, part) => id * 256 + part, 0);
  const four = node.addresses[4];
  return four === null ? 0 : Number(four.bits);
}

export function mainFaults(
  cluster: Cluster,
  node: CalicoNode,
  family: Family,
  file: MainFile,
  environment: Environment,
): Faults {
  const faults: string[] = [];
  if (node.addresses[4] === null && environment.routerId === '') {
    faults.push(`Node ${node.name}: no annotation projectcalico.org/IPv4Address`);
  }
  for (const { by, remoteAS, secret, password } of file.sessions) {
    if (remoteAS === null) faults.push(`BGPPeer ${by}: no asNumber`);
    if (secret !== null && /["\n]/.test(secret)) {
      faults.push(`Secret ${password?.name}: a line break or quote in key ${password?.key}`);
    }
  }
  const { name, prefixAdvertisements, communities } = taggingConfiguration(cluster, node.name);
  for (const { range, communities: wanted } of prefixAdvertisements ?? []) {
    if (range.prefix?.family !== family) continue;
    if (range.hostBits)
      faults.push(`BGPConfiguration ${name}: prefixAdvertisements ${range.text} has host bits`);
    for (const one of wanted.map((text) => communities.get(text) ?? text)) {
      if (/^\d+(:\d+){1,2}$/.test(one) && !fits(one))
        faults.push(`BGPConfiguration ${name}: community ${one} does not fit`);
    }
  }
  return faults;
}

/** Every filter is written on every node, used or not. */
export function filterFaults({ filters }: Cluster): { readonly [F in Family]: Faults } {
  const of = (...lists: readonly FilterList[]): Faults =>
    [...filters.values()].flatMap(({ name, rules }) =>
      lists
        .flatMap((list) => rules[list])
        .flatMap(({ range }) => (range?.hostBits ? [`BGPFilter ${name}: ${range.text} has host bits`] : [])),
    );
  return { 4: of('export4', 'import4'), 6: of('export6', 'import6') };
}

export function includedFiles(
  cluster: Cluster,
  ranges: ServiceRanges,
  node: CalicoNode,
  family: Family,
  hosts: HostPrefixes,
): IncludedFiles {
  const aggregated = aggregatedOf(ranges, family);
  const pools = cluster.pools.filter(({ range }) => range.prefix?.family === family);
  const byFelix = pools.filter(({ vxlan, ipip }) => vxlan || (ipip && !cluster.behaviour.programsIpip));
  return {
    aggregated: node.excluded ? [] : aggregated,
    hosts,
    blocks: cluster.blocks
      .filter((one) => one.node === node.name && one.prefix.family === family)
      .map(({ prefix }) => prefix),
    pools,
    notInKernel: [
      ...aggregated,
      ...byFelix.flatMap(({ range }) => (range.prefix === null ? [] : [range.prefix])),
    ],
    passedOn: node.clusterId === '' ? [] : ranges.passedOn.filter((one) => one.family === family),
  };
}

/** On every node, excluded or not. */
export const includedFaults = (ranges: ServiceRanges, family: Family): Faults =>
  ranges.aggregated
    .filter(({ prefix, hostBits }) => hostBits && prefix?.family === family)
    .map(({ text }) => `BGPConfiguration default: ${text} has host bits`);
