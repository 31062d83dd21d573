/**
 * Stateless reference model of one node's speaker: its peers, the routes desired for each, and a decision for every
 * Service, from all objects at once.
 *
 * The previous result is needed for two things only: the last good version of objects that are invalid now, and the pool
 * of an address that no pool contains any more.
 */
import type { EndpointSlice } from '../../objects/endpoint-slice.ts';
import type { Node } from '../../objects/node.ts';
import type { ServiceKey } from '../../objects/service.ts';
import {
  type ConfigObjects,
  type NamespaceScope,
  type NodeConfig,
  resolveNodeConfig,
} from '../config/node-config.ts';
import type { Peer } from '../config/peers.ts';
import { endpointsByService, NO_ENDPOINTS } from '../decision/endpoints.ts';
import type { AnnouncementRecord } from '../decision/service-addresses.ts';
import { type AnnounceDecision, decideAnnouncement, type SpeakerFlags } from '../decision/should-announce.ts';
import type { SpeakerService } from '../decision/speaker-service.ts';
import {
  type AnnouncedService,
  computeDesiredRoutes,
  type DesiredRoutes,
  targetPeerNames,
} from '../routes/routes.ts';

export type ClusterObjects = {
  readonly config: ConfigObjects;
  readonly nodes: readonly Node[];
  readonly services: readonly SpeakerService[];
  readonly endpointSlices: readonly EndpointSlice[];
};

export type SpeakerModelState = {
  readonly nodeConfig: NodeConfig;
  readonly decisions: ReadonlyMap<ServiceKey, AnnounceDecision>;
  /** Each peer in the order of names, with its desired routes, which may be none. */
  readonly sessions: readonly { readonly peer: Peer; readonly routes: DesiredRoutes }[];
  /** ServiceBGPStatus: the peers that the Service is to be advertised to. Empty lists are left out. */
  readonly targetPeers: ReadonlyMap<ServiceKey, readonly string[]>;
  readonly announcements: ReadonlyMap<ServiceKey, AnnouncementRecord>;
};

export type SpeakerIdentity = NamespaceScope & { readonly node: string; readonly flags: SpeakerFlags };

export function computeSpeakerState(
  speaker: SpeakerIdentity,
  cluster: ClusterObjects,
  before: SpeakerModelState | null,
): SpeakerModelState {
  const node = cluster.nodes.find(({ name }) => name === speaker.node) ?? null;
  // Without its Node it is not known which peers select this node: it has none.
  const config = node === null ? { ...cluster.config, peers: [], advertisements: [] } : cluster.config;
  const nodeConfig = resolveNodeConfig(config, node?.labels ?? {}, speaker, before?.nodeConfig ?? null);
  const context = {
    nodeConfig,
    node,
    flags: speaker.flags,
    announcements: before?.announcements ?? new Map(),
  };
  const endpointsOf = endpointsByService(cluster.endpointSlices, speaker.node);
  const decided = cluster.services.map((service) => {
    const endpoints = endpointsOf.get(service.key) ?? NO_ENDPOINTS;
    return { service, endpoints, decision: decideAnnouncement(service, endpoints, context) };
  });
  const announced = decided.flatMap(
    ({ decision, ...one }): (AnnouncedService & { record: AnnouncementRecord })[] =>
      decision.kind === 'announced'
        ? [{ ...one, contributions: decision.contributions, record: decision.record }]
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
    announcements: new Map(announced.map(({ service, record }) => [service.key, record])),
  };
}
