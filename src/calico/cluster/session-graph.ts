/** Graph of one address family: BGP speakers (running BIRDs and external routers) and their established sessions. */
import { type Address, type Family, formatAddress } from '../../net/address.ts';
import { type Prefix, prefixContains } from '../../net/prefix.ts';
import { applyRules } from '../bird/bgp-filter.ts';
import { applyExportPolicy, type ExportPolicy } from '../bird/export-filter.ts';
import { PrefixPartition } from '../bird/prefix-partition.ts';
import type { RibPath } from '../bird/rib-path.ts';
import type { IncludedConfig, ResolvedSession } from '../confd/bird-config.ts';
import {
  type EstablishedSession,
  evaluateSession,
  type LiveNode,
  type SessionOutcome,
  type Topology,
} from './established-sessions.ts';
import type { ExternalRouter } from './external-router.ts';
import { type DirectedSession, SessionGraph } from './propagation.ts';

export type EvaluatedSession = {
  readonly live: LiveNode;
  readonly session: ResolvedSession;
  readonly outcome: SessionOutcome;
  /** Of the direction from the node to its peer. */
  readonly directionId: string;
};

export type BuiltSessionGraph = {
  readonly graph: SessionGraph;
  readonly sessions: readonly EvaluatedSession[];
};

export const nodeSpeaker = (name: string): string => `node ${name}`;
export const routerSpeaker = ({ name }: ExternalRouter): string => `router ${name}`;

/** Nodes in `recoveringNodes` advertise nothing yet: they wait for peers that are down (graceful restart). */
export function buildSessionGraph(
  topology: Topology,
  recoveringNodes: ReadonlySet<string>,
): BuiltSessionGraph {
  const directions: DirectedSession[] = [];
  const sessions: EvaluatedSession[] = [];
  for (const live of topology.live) {
    const policy = exportPolicyOf(live);
    for (const session of live.loaded.main.sessions) {
      const outcome = evaluateSession(live, session, topology);
      const id = directionId(live.node.name, formatAddress(session.peer));
      sessions.push({ live, session, outcome, directionId: id });
      if ('trouble' in outcome) continue;
      const isRecovering = recoveringNodes.has(live.node.name);
      directions.push(
        nodeToPeer(outcome.link, { rules: session.exportRules, ...policy }, isRecovering, topology.family),
      );
      if (outcome.link.to === 'router') directions.push(routerToNode(outcome.link.router, live, session));
    }
  }
  return { graph: new SessionGraph(directions), sessions };
}

const directionId = (from: string, to: string): string => `${from} > ${to}`;

function exportPolicyOf({ loaded: { main, included } }: LiveNode): Omit<ExportPolicy, 'rules'> {
  return {
    communityTags: main.communityTags,
    pools: included.pools,
    blocks: included.blocks,
    serviceRoutes: serviceRoutesOf(included),
    reflectedRanges: included.reflectedRanges,
  };
}

/** Many nodes share the same arrays of prefixes, so the partition of an array is built once. */
const partitions = new WeakMap<readonly Prefix[], PrefixPartition>();

function partitionOf(prefixes: readonly Prefix[]): PrefixPartition {
  const known = partitions.get(prefixes) ?? new PrefixPartition(prefixes);
  partitions.set(prefixes, known);
  return known;
}

function serviceRoutesOf({ aggregated, hostPrefixes }: IncludedConfig): ExportPolicy['serviceRoutes'] {
  const parts = [aggregated, hostPrefixes.shared, hostPrefixes.own]
    .filter(({ length }) => length > 0)
    .map(partitionOf);
  return { has: (prefix) => parts.some((one) => one.has(prefix)) };
}

function nodeToPeer(
  established: EstablishedSession,
  policy: ExportPolicy,
  isRecovering: boolean,
  family: Family,
): DirectedSession {
  const { live, session } = established;
  const own = live.node.addresses[family] as Address;
  const ebgp = session.localAS !== session.remoteAS;
  const peer = formatAddress(session.peer);
  const tieBreak = [live.loaded.main.routerId, own.bits] as const;
  const id = directionId(live.node.name, peer);
  return {
    id,
    isPlainIbgp: !ebgp && live.node.clusterId === '',
    from: nodeSpeaker(live.node.name),
    to:
      established.to === 'router'
        ? routerSpeaker(established.router)
        : nodeSpeaker(established.other.node.name),
    reverse:
      established.to === 'router'
        ? directionId(peer, live.node.name)
        : directionId(established.other.node.name, formatAddress(own)),
    addPaths: established.to === 'node' || established.router.addPaths,
    exportPath(path) {
      const isLearnedInside = path.source === 'bgp' && !path.isExternal;
      if (isRecovering || (isLearnedInside && !ebgp && !isReflected(live, session, path))) return null;
      const sent = applyExportPolicy(path, policy, ebgp);
      if (sent === null) return null;
      const keepsNextHop =
        session.nextHop === 'keep' ||
        (session.nextHop === 'keep-ebgp' && ebgp) ||
        (!ebgp && session.nextHop !== 'self');
      const shared: RibPath = {
        ...sent,
        nextHop: keepsNextHop ? (path.nextHop ?? own) : own,
        source: 'bgp',
        learnedVia: id,
        isExternal: ebgp,
        tieBreak,
        ...(isLearnedInside && !ebgp ? reflectionOf(live, path) : NOT_REFLECTED),
      };
      if (ebgp) return { ...shared, asPath: [session.localAS, ...sent.asPath], localPref: null };
      const ownLocalPref = path.source === 'bgp' ? null : live.loaded.main.ownLocalPref;
      return { ...shared, localPref: sent.localPref ?? ownLocalPref };
    },
    importPath: (path) =>
      established.to === 'router'
        ? importAtRouter(established.router, path)
        : importAtNode(established.other, established.back, path),
  };
}

/**
 * Whether a reflector sends a path that it learned by iBGP on another iBGP session (RFC 4456, section 6): paths of clients go
 * to all peers, paths of others to clients alone. A path that has passed the reflector's own cluster goes to no client of it.
 */
function isReflected({ node, startedSessions }: LiveNode, session: ResolvedSession, path: RibPath): boolean {
  if (node.clusterId === '') return false;
  if (session.isReflectorClient && path.clusterList.includes(node.clusterId)) return false;
  const [, sender] = path.tieBreak;
  return session.isReflectorClient || startedSessions.get(sender)?.[0]?.isReflectorClient === true;
}

const NOT_REFLECTED = { originatorId: null, clusterList: [] } as const;

const reflectionOf = ({ node }: LiveNode, path: RibPath): Pick<RibPath, 'originatorId' | 'clusterList'> => ({
  originatorId: path.originatorId ?? path.tieBreak[0],
  clusterList: [node.clusterId, ...path.clusterList],
});

function importAtRouter(router: ExternalRouter, path: RibPath): RibPath | null {
  return path.asPath.includes(router.as) ? null : path;
}

function importAtNode(
  { node, loaded }: LiveNode,
  { localAS, allowedLocalAS, importRules, remoteAS, isReflectorClient }: ResolvedSession,
  path: RibPath,
): RibPath | null {
  if (path.asPath.filter((as) => as === localAS).length > allowedLocalAS) return null;
  // Loops among reflectors (RFC 4456, section 8); BIRD checks the cluster list on sessions with clients alone.
  if (path.originatorId !== null && path.originatorId === loaded.main.routerId) return null;
  if (isReflectorClient && path.clusterList.includes(node.clusterId)) return null;
  const result = applyRules(importRules, path, { ebgp: localAS !== remoteAS });
  return result.action === 'reject' ? null : result.action === 'accept' ? result.path : path;
}

function routerToNode(router: ExternalRouter, live: LiveNode, session: ResolvedSession): DirectedSession {
  const own = session.peer;
  const address = formatAddress(own);
  const id = directionId(address, live.node.name);
  const ebgp = router.as !== session.localAS;
  // A next hop on the subnet that the node shares with the router is kept (third-party next hop, RFC 4271, 5.1.3).
  const isOnSubnet = (hop: Address): boolean =>
    live.node.subnets.some((subnet) => prefixContains(subnet, hop));
  return {
    id,
    isPlainIbgp: false,
    from: routerSpeaker(router),
    to: nodeSpeaker(live.node.name),
    reverse: directionId(live.node.name, address),
    addPaths: router.addPaths,
    exportPath(path) {
      if (!router.readvertises || (!ebgp && !path.isExternal)) return null;
      const nextHop = path.nextHop !== null && isOnSubnet(path.nextHop) ? path.nextHop : own;
      const asPath = ebgp ? [router.as, ...path.asPath] : path.asPath;
      return {
        ...path,
        asPath,
        nextHop,
        learnedVia: id,
        isExternal: ebgp,
        localPref: null,
        tieBreak: [Number(router.addresses[4]?.bits ?? 0n), own.bits],
        ...NOT_REFLECTED,
      };
    },
    importPath: (path) => importAtNode(live, session, path),
  };
}
