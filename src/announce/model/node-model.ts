/**
 * Incremental model of one node's speaker: the result of `computeSpeakerState` for the same objects, but each recompute
 * evaluates only the Services that changed, and the prefixes that they contribute to.
 *
 * Objects may come and go in any order between two calls of `recompute`. A change of the configuration or of the Node
 * has every Service decided again; the result lists only what came out differently.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Family } from '../../net/address.ts';
import type { Node } from '../../objects/node.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type ConfigObjects, type NodeConfig, resolveNodeConfig } from '../config/node-config.ts';
import type { ObjectIssue } from '../config/object-issue.ts';
import type { Peer } from '../config/peers.ts';
import type { NodeSlice } from '../decision/endpoints.ts';
import type { AnnouncementRecord } from '../decision/service-addresses.ts';
import { decideAnnouncement } from '../decision/should-announce.ts';
import type { SpeakerService } from '../decision/speaker-service.ts';
import {
  type DesiredRouteChange,
  DesiredRouteTables,
  NO_PEER_CHANGES,
  type PeerChanges,
} from '../routes/desired-routes.ts';
import { ContributionIndex } from '../routes/prefix-contributions.ts';
import { type AnnouncedService, type DesiredRoutes, targetPeerNames } from '../routes/routes.ts';
import { EndpointCache, type SliceRef } from './endpoint-cache.ts';
import type { SpeakerIdentity } from './full-model.ts';
import { type ServiceStatus, sameServiceStatus } from './service-status.ts';

export type NodeModelChanges = {
  readonly routes: readonly DesiredRouteChange[];
  readonly services: readonly ServiceStatusChange[];
  readonly peers: PeerChanges;
  /** All current errors; null where they are those of the last recompute. */
  readonly errors: readonly ObjectIssue[] | null;
  /** All current warnings; null where they are those of the last recompute. */
  readonly warnings: readonly ObjectIssue[] | null;
};

/** `status` is null for a Service that was deleted. */
export type ServiceStatusChange = { readonly key: ServiceKey; readonly status: ServiceStatus | null };

/** `announced` is the entry in the contribution index; null where there is none. */
type ServiceState = { readonly status: ServiceStatus; readonly announced: AnnouncedService | null };

/** The fields of the Node that decide about announcing. */
export type SpeakerNode = Pick<Node, 'name' | 'labels' | 'isExcluded' | 'isNetworkUnavailable' | 'addresses'>;

const announcingFields = ({
  name,
  labels,
  isExcluded,
  isNetworkUnavailable,
  addresses,
}: SpeakerNode): SpeakerNode => ({ name, labels, isExcluded, isNetworkUnavailable, addresses });

const EMPTY_CONFIG: ConfigObjects = {
  ...{ pools: [], advertisements: [], layer2: [], peers: [] },
  ...{ communities: [], bfdProfiles: [], secrets: [] },
};

export class NodeModel {
  readonly #speaker: SpeakerIdentity;
  #config = EMPTY_CONFIG;
  #node: SpeakerNode | null = null;
  #nodeConfig: NodeConfig | null = null;
  readonly #services = new Map<ServiceKey, SpeakerService>();
  readonly #endpoints = new EndpointCache();
  readonly #states = new Map<ServiceKey, ServiceState>();
  #contributions = new ContributionIndex();
  readonly #desiredRoutes = new DesiredRouteTables();
  readonly #dirtyServices = new Set<ServiceKey>();
  /** The configuration or the Node changed since the last recompute. */
  #isConfigDirty = true;

  constructor(speaker: SpeakerIdentity) {
    this.#speaker = speaker;
  }

  putService(service: SpeakerService): void {
    this.#services.set(service.key, service);
    this.#dirtyServices.add(service.key);
  }

  removeService(key: ServiceKey): void {
    if (this.#services.delete(key)) this.#dirtyServices.add(key);
  }

  /** `slice` is reduced to this very node. */
  putSlice(slice: NodeSlice): void {
    for (const service of this.#endpoints.put(slice)) this.#dirtyServices.add(service);
  }

  removeSlice(slice: SliceRef): void {
    for (const service of this.#endpoints.remove(slice)) this.#dirtyServices.add(service);
  }

  /** Null where there is no Node of this name. */
  putNode(node: SpeakerNode | null): void {
    const relevant = node === null ? null : announcingFields(node);
    if (isDeepStrictEqual(relevant, this.#node)) return;
    this.#node = relevant;
    this.#isConfigDirty = true;
  }

  putConfig(config: ConfigObjects): void {
    this.#config = config;
    this.#isConfigDirty = true;
  }

  /** Null where there is no Node of this name. */
  get node(): SpeakerNode | null {
    return this.#node;
  }

  /** The configuration in force, as of the last recompute; null before the first. */
  get nodeConfig(): NodeConfig | null {
    return this.#nodeConfig;
  }

  /** The desired routes of every peer of this node, as of the last recompute. */
  get sessions(): readonly { readonly peer: Peer; readonly routes: DesiredRoutes }[] {
    return this.#desiredRoutes.sessions;
  }

  /** Null where there is no peer of this name. */
  routesOf(peer: string): DesiredRoutes | null {
    return this.#desiredRoutes.routesOf(peer);
  }

  /** How many desired routes of a family a peer has. */
  countRoutes(peer: string, family: Family): number {
    return this.#desiredRoutes.countRoutes(peer, family);
  }

  /** Of the Services of type LoadBalancer. */
  get serviceKeys(): Iterable<ServiceKey> {
    return this.#services.keys();
  }

  statusOf(key: ServiceKey): ServiceStatus | null {
    return this.#states.get(key)?.status ?? null;
  }

  recompute(): NodeModelChanges {
    const before = this.#nodeConfig;
    const nodeConfig = before === null || this.#isConfigDirty ? this.#resolveConfig(before) : before;
    const prefixes = new Set<string>();
    let peers = NO_PEER_CHANGES;
    if (this.#isConfigDirty) {
      peers = this.#desiredRoutes.setPeers(nodeConfig.peers.active.values());
      for (const prefix of this.#contributions.prefixes) prefixes.add(prefix);
      this.#contributions = new ContributionIndex();
      for (const key of this.#services.keys()) this.#dirtyServices.add(key);
    }
    const services = [...this.#dirtyServices].flatMap((key) =>
      this.#recomputeService(key, nodeConfig, prefixes),
    );
    this.#dirtyServices.clear();
    this.#isConfigDirty = false;
    this.#nodeConfig = nodeConfig;
    return {
      routes: this.#desiredRoutes.recompute(prefixes, this.#contributions),
      services,
      peers,
      errors: ifChanged(nodeConfig.errors, before?.errors ?? []),
      warnings: ifChanged(nodeConfig.warnings, before?.warnings ?? []),
    };
  }

  /** Without its Node it is not known which peers select this node: it has none. */
  #resolveConfig(before: NodeConfig | null): NodeConfig {
    const config = this.#node === null ? { ...this.#config, peers: [], advertisements: [] } : this.#config;
    return resolveNodeConfig(config, this.#node?.labels ?? {}, this.#speaker, before);
  }

  /** Decides one Service and updates its contributions; prefixes whose routes may change are added to `prefixes`. */
  #recomputeService(
    key: ServiceKey,
    nodeConfig: NodeConfig,
    prefixes: Set<string>,
  ): readonly ServiceStatusChange[] {
    const before = this.#states.get(key);
    // With a dirty configuration the contribution index is new and empty.
    if (before?.announced != null && !this.#isConfigDirty)
      for (const prefix of this.#contributions.remove(before.announced)) prefixes.add(prefix);
    const service = this.#services.get(key);
    if (service === undefined) {
      this.#states.delete(key);
      return before === undefined ? [] : [{ key, status: null }];
    }
    const now = this.#decide(service, nodeConfig);
    this.#states.set(key, now);
    if (now.announced !== null)
      for (const prefix of this.#contributions.add(now.announced)) prefixes.add(prefix);
    return before !== undefined && sameServiceStatus(before.status, now.status)
      ? []
      : [{ key, status: now.status }];
  }

  #decide(service: SpeakerService, nodeConfig: NodeConfig): ServiceState {
    const endpoints = this.#endpoints.endpointsOf(service.key);
    const decision = decideAnnouncement(service, endpoints, {
      ...{ nodeConfig, node: this.#node, flags: this.#speaker.flags },
      announcements: { get: (key) => this.#previousAnnouncement(key) },
    });
    if (decision.kind === 'refused') return { status: { decision, targetPeers: [] }, announced: null };
    const targetPeers = targetPeerNames(nodeConfig.peers.active.values(), decision.contributions);
    return {
      status: { decision, targetPeers },
      announced: { service, contributions: decision.contributions, endpoints },
    };
  }

  #previousAnnouncement(key: ServiceKey): AnnouncementRecord | undefined {
    const decision = this.#states.get(key)?.status.decision;
    return decision?.kind === 'announced' ? decision.record : undefined;
  }
}

const ifChanged = (
  now: readonly ObjectIssue[],
  before: readonly ObjectIssue[],
): readonly ObjectIssue[] | null => (isDeepStrictEqual(now, before) ? null : now);
