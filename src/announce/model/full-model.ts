/**
 * All that one node's speaker should do: its peers, what each of them hears, and what became of every Service.
 *
 * A function of the objects and of what it answered last, which it asks for two things only: the last good version
 * of objects that are invalid now, and the pool of an address that no pool has any more.
 */

import { endpointsByService, NO_ENDPOINTS } from '../../objects/endpoint-slice.ts';
import { readNodeView } from '../../objects/node.ts';
import type { ServiceKey } from '../../objects/service.ts';
import {
  type ConfigObjects,
  type NamespaceScope,
  type NodeConfig,
  resolveNodeConfig,
} from '../config/node-config.ts';
import type { Peer } from '../config/peers.ts';
import {
  type AnnounceDecision,
  type AnnouncementRecord,
  decideAnnouncement,
  type SpeakerFlags,
} from '../decision/should-announce.ts';
import { readSpeakerService } from '../decision/speaker-service.ts';
import {
  type AnnouncedService,
  computeDesiredRoutes,
  type DesiredRoutes,
  targetPeerNames,
} from '../routes/routes.ts';

export type ClusterObjects = {
  readonly config: ConfigObjects;
  readonly nodes: readonly unknown[];
  readonly services: readonly unknown[];
  readonly endpointSlices: readonly unknown[];
};

export type SpeakerState = {
  readonly nodeConfig: NodeConfig;
  readonly decisions: ReadonlyMap<ServiceKey, AnnounceDecision>;
  /** Each peer in the order of names, with what it hears, be it nothing. */
  readonly sessions: readonly { readonly peer: Peer; readonly routes: DesiredRoutes }[];
  /** ServiceBGPStatus: who is meant to hear of the Service. Empty lists are left out. */
  readonly targetPeers: ReadonlyMap<ServiceKey, readonly string[]>;
  /** The Services that have somebody to be announced to. */
  readonly assignedServices: readonly ServiceKey[];
  readonly announcements: ReadonlyMap<ServiceKey, AnnouncementRecord>;
};

export type SpeakerIdentity = NamespaceScope & { readonly node: string; readonly flags: SpeakerFlags };

export function computeSpeakerState(
  speaker: SpeakerIdentity,
  cluster: ClusterObjects,
  before: SpeakerState | null,
): SpeakerState {
  const node = cluster.nodes.map(readNodeView).find(({ name }) => name === speaker.node) ?? null;
  // Without its Node nobody knows which peers are this speaker's: it has none.
  const config = node === null ? { ...cluster.config, peers: [], advertisements: [] } : cluster.config;
  const nodeConfig = resolveNodeConfig(config, node?.labels ?? {}, speaker, before?.nodeConfig ?? null);
  const context = {
    nodeConfig,
    node,
    flags: speaker.flags,
    announcements: before?.announcements ?? new Map(),
  };
  const endpointsOf = endpointsByService(cluster.endpointSlices, speaker.node);
  const decided = cluster.services.map((raw) => {
    const service = readSpeakerService(raw);
    const endpoints = endpointsOf.get(service.key) ?? NO_ENDPOINTS;
    return { service, endpoints, decision: decideAnnouncement(service, endpoints, context) };
  });
  const announced = decided.flatMap(
    ({ decision, ...one }): (AnnouncedService & { announcements: AnnouncementRecord })[] =>
      decision.kind === 'announced'
        ? [{ ...one, contributions: decision.contributions, announcements: decision.record }]
        : [],
  );
  const peers = [...nodeConfig.peers.active.values()];
  const targetPeers = announced.map(
    ({ service, contributions }) => [service.key, targetPeerNames(peers, contributions)] as const,
  );
  return {
    nodeConfig,
    decisions: new Map(decided.map(({ service, decision }) => [service.key, decision])),
    sessions: peers.map((peer) => ({ peer, routes: computeDesiredRoutes(peer, announced) })),
    targetPeers: new Map(targetPeers.filter(([, names]) => names.length > 0)),
    assignedServices: peers.length === 0 ? [] : announced.map(({ service }) => service.key),
    announcements: new Map(announced.map(({ service, announcements: record }) => [service.key, record])),
  };
}
