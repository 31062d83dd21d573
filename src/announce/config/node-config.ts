/**
 * The configuration in force on one node: pools, peers and advertisements, with the errors and warnings about them.
 *
 * An invalid object affects itself alone: its last good version stays in force. The only state is `before`, the previous
 * result for this node; a new process has none.
 */

import { readBgpAdvertisement } from '../../config/advertisement.ts';
import { readL2Advertisement } from '../../config/l2-advertisement.ts';
import { compareAge, identityOf } from '../../objects/metadata.ts';
import type { Labels } from '../../objects/selector.ts';
import { type ResolvedAdvertisement, resolveAdvertisement } from './advertisement.ts';
import { readAdvertisementExtensions } from './advertisement-extensions.ts';
import { ATTRIBUTE_CONFLICT_RULES } from './attribute-conflicts.ts';
import { type ResolvedBfdProfiles, resolveBfdProfiles } from './bfd-profiles.ts';
import { type ResolvedAliases, resolveAliases } from './community-aliases.ts';
import { type ConfigOrigin, issuesWithOrigin } from './config-origin.ts';
import {
  type ActiveObjects,
  activeValues,
  type ConfigCandidate,
  resolveConflicts,
} from './last-known-good.ts';
import { candidatesOn, type NodeSelected, toNodeSelected } from './node-selected.ts';
import { isWarningIssue, type ObjectIssue, objectIssues, warningIssue } from './object-issue.ts';
import { readPeerSecrets } from './peer-secrets.ts';
import { type ClusterPeers, type ResolvedPeers, readClusterPeers, resolvePeers } from './peers.ts';
import { type ResolvedPools, resolvePools } from './pools.ts';

/** Whole objects by kind; the order of the lists has no meaning. */
export type ConfigObjects = {
  readonly pools: readonly unknown[];
  /** Takes the place of `pools`: those that were resolved beforehand, in steps, of which the last may be to come. */
  readonly resolvedPools?: ResolvedPools | null;
  readonly advertisements: readonly unknown[];
  readonly layer2: readonly unknown[];
  readonly peers: readonly unknown[];
  readonly communities: readonly unknown[];
  readonly bfdProfiles: readonly unknown[];
  readonly secrets: readonly unknown[];
  /** Sessions of other BGP speakers on this node: the object that configures each, by the peer's address. */
  readonly foreignSessions?: ReadonlyMap<string, string>;
  /** Of all kinds but Secrets; without it they are stored in the API server. */
  readonly origin?: ConfigOrigin | null;
};

export type NodeConfig = {
  readonly pools: ResolvedPools;
  readonly aliases: ResolvedAliases;
  readonly bfdProfiles: ResolvedBfdProfiles;
  readonly peers: ResolvedPeers;
  readonly advertisements: ActiveObjects<ResolvedAdvertisement>;
  /** By the name of the pool; each list sorted by name. */
  readonly advertisementsByPool: ReadonlyMap<string, readonly ResolvedAdvertisement[]>;
  readonly errors: readonly ObjectIssue[];
  /** Issues that do not make the configuration invalid. */
  readonly warnings: readonly ObjectIssue[];
};

const NO_FOREIGN_SESSIONS: ReadonlyMap<string, string> = new Map();

/** MetalLB's namespace: objects in other namespaces are ignored. */
export type NamespaceScope = { readonly namespace: string };

/** What is the same on all nodes, decoded once. */
export type ClusterConfig = Pick<NodeConfig, 'pools' | 'aliases' | 'bfdProfiles'> & {
  readonly peers: ClusterPeers;
  readonly advertisements: readonly NodeSelected<ResolvedAdvertisement>[];
  readonly layer2Issues: readonly ObjectIssue[];
  readonly origin: ConfigOrigin | null;
};

/** The configuration of one node. For several nodes, read the cluster's once. */
export const resolveNodeConfig = (
  objects: ConfigObjects,
  node: Labels,
  scope: NamespaceScope,
  before: NodeConfig | null,
): NodeConfig => selectNodeConfig(readClusterConfig(objects, scope, before), node, before);

/** `before` is the previous result for any node. */
export function readClusterConfig(
  objects: ConfigObjects,
  { namespace }: NamespaceScope,
  before: Pick<NodeConfig, 'pools' | 'aliases' | 'bfdProfiles'> | null,
): ClusterConfig {
  const inNamespace = (raws: readonly unknown[]): readonly unknown[] =>
    raws.filter((raw) => identityOf(raw).namespace === namespace);
  const pools = objects.resolvedPools ?? resolvePools(inNamespace(objects.pools), before?.pools ?? null);
  const aliases = resolveAliases(inNamespace(objects.communities), before?.aliases ?? null);
  const bfdProfiles = resolveBfdProfiles(inNamespace(objects.bfdProfiles), before?.bfdProfiles ?? null);
  const peerContext = {
    namespace,
    secrets: readPeerSecrets(objects.secrets, namespace),
    bfdProfiles: bfdProfiles.objects,
    foreignSessions: objects.foreignSessions ?? NO_FOREIGN_SESSIONS,
  };
  return {
    pools,
    aliases,
    bfdProfiles,
    peers: readClusterPeers(inNamespace(objects.peers), peerContext),
    advertisements: inNamespace(objects.advertisements).map((raw) =>
      toNodeSelected(raw, (one) => readAdvertisementCandidate(one, aliases, pools)),
    ),
    layer2Issues: l2AdvertisementIssuesOf(inNamespace(objects.layer2)),
    origin: objects.origin ?? null,
  };
}

/** The part of the cluster's configuration that concerns a node with these labels. */
export function selectNodeConfig(
  { pools, aliases, bfdProfiles, layer2Issues, origin, ...cluster }: ClusterConfig,
  node: Labels,
  before: NodeConfig | null,
): NodeConfig {
  const peers = resolvePeers(cluster.peers, node, before?.peers ?? null);
  const advertisements = resolveConflicts(
    candidatesOn(cluster.advertisements, node),
    before?.advertisements ?? null,
    ATTRIBUTE_CONFLICT_RULES,
  );
  const objectIssuesInOrder = [
    ...pools.issues,
    ...aliases.issues,
    ...bfdProfiles.issues,
    ...peers.issues,
    ...[...advertisements].flatMap(([name, { issues }]) => objectIssues('BGPAdvertisement', name, issues)),
    ...layer2Issues,
  ];
  const allIssues = issuesWithOrigin(objectIssuesInOrder, origin);
  return {
    ...{ pools, aliases, bfdProfiles, peers, advertisements },
    advertisementsByPool: groupByPool(advertisements),
    errors: allIssues.filter((one) => !isWarningIssue(one)),
    warnings: allIssues.filter(isWarningIssue),
  };
}

function l2AdvertisementIssuesOf(raws: readonly unknown[]): readonly ObjectIssue[] {
  const sorted = raws.map((raw) => {
    const { issues, warnings } = readL2Advertisement(raw);
    const doubts = warnings.map(({ path, message }) => warningIssue(path, message));
    return { identity: identityOf(raw), issues: [...issues, ...doubts] };
  });
  sorted.sort((a, b) => compareAge(a.identity, b.identity));
  return sorted.flatMap(({ identity, issues }) => objectIssues('L2Advertisement', identity.name, issues));
}

function readAdvertisementCandidate(
  raw: unknown,
  aliases: ResolvedAliases,
  pools: ResolvedPools,
): ConfigCandidate<ResolvedAdvertisement> {
  const identity = identityOf(raw);
  const { advertisement: spec, issues } = readBgpAdvertisement(raw);
  if (spec === null) return { identity, value: null, issues: issues };
  const { extensions, warnings } = readAdvertisementExtensions(raw, spec);
  const { advertisement, issues: resolutionIssues } = resolveAdvertisement(
    { spec, extensions },
    aliases.byName,
    pools.byName.values(),
  );
  return { identity, value: advertisement, issues: [...resolutionIssues, ...warnings] };
}

function groupByPool(
  advertisements: ActiveObjects<ResolvedAdvertisement>,
): ReadonlyMap<string, readonly ResolvedAdvertisement[]> {
  const byPool = new Map<string, ResolvedAdvertisement[]>();
  const active = [...activeValues(advertisements)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, advertisement] of active) {
    for (const name of advertisement.coveredPools.keys()) {
      const list = byPool.get(name);
      if (list === undefined) byPool.set(name, [advertisement]);
      else list.push(advertisement);
    }
  }
  return byPool;
}
