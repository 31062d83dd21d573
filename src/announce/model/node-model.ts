/**
 * One node's part of a cluster that goes on changing. It says what `computeSpeakerState` says of the same objects, but looks again
 * only at the Services that something happened to, and at the prefixes that they offer.
 *
 * `settle` is a look: between two of them objects may come and go as they like. A change of configuration or of the Node
 * has every Service judged anew; told is what came out differently.
 */
import { isDeepStrictEqual } from 'node:util';
import { readEndpointSlice, type SliceEndpoints } from '../../objects/endpoint-slice.ts';
import { identityOf } from '../../objects/identity.ts';
import { type NodeView, readNodeView } from '../../objects/node.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type ConfigObjects, type NodeConfig, resolveNodeConfig } from '../config/node-config.ts';
import type { ObjectIssue } from '../config/object-issue.ts';
import type { Peer } from '../config/peers.ts';
import { type AnnouncementRecord, decideAnnouncement } from '../decision/should-announce.ts';
import { readSpeakerService, type SpeakerService } from '../decision/speaker-service.ts';
import {
  type DesiredRouteChange,
  DesiredRouteTables,
  NO_PEER_CHANGES,
  type PeerChanges,
} from '../routes/desired-routes.ts';
import { ContributionIndex } from '../routes/prefix-contributions.ts';
import { type AnnouncedService, type DesiredRoutes, targetPeerNames } from '../routes/routes.ts';
import { EndpointCache, type SliceKey } from './endpoint-cache.ts';
import type { SpeakerIdentity } from './full-model.ts';
import { type ServiceStatus, sameServiceStatus } from './service-status.ts';

export type NodeModelChanges = {
  readonly routes: readonly DesiredRouteChange[];
  readonly services: readonly ServiceStatusChange[];
  readonly peers: PeerChanges;
  /** All that there are now, where they are not those of the last look. */
  readonly errors: readonly ObjectIssue[] | null;
  readonly warnings: readonly ObjectIssue[] | null;
};

/** `told` is null where the Service is gone. */
export type ServiceStatusChange = { readonly key: ServiceKey; readonly status: ServiceStatus | null };

/** `announced` is what stands in the book of claims, null for nothing. */
type ServiceState = { readonly status: ServiceStatus; readonly announced: AnnouncedService | null };

const EMPTY_CONFIG: ConfigObjects = {
  ...{ pools: [], advertisements: [], layer2: [], peers: [] },
  ...{ communities: [], bfdProfiles: [], secrets: [] },
};

export class NodeModel {
  readonly #speaker: SpeakerIdentity;
  #config = EMPTY_CONFIG;
  #node: NodeView | null = null;
  #nodeConfig: NodeConfig | null = null;
  readonly #services = new Map<ServiceKey, SpeakerService>();
  readonly #endpoints = new EndpointCache();
  readonly #states = new Map<ServiceKey, ServiceState>();
  #contributions = new ContributionIndex();
  readonly #desiredRoutes = new DesiredRouteTables();
  readonly #dirtyServices = new Set<ServiceKey>();
  /** Configuration or Node is not that of the last look. */
  #isConfigDirty = true;

  constructor(speaker: SpeakerIdentity) {
    this.#speaker = speaker;
  }

  putService(raw: unknown): void {
    this.putDecodedService(readSpeakerService(raw));
  }

  /** For who has read it already. */
  putDecodedService(service: SpeakerService): void {
    this.#services.set(service.key, service);
    this.#dirtyServices.add(service.key);
  }

  removeService(key: ServiceKey): void {
    if (this.#services.delete(key)) this.#dirtyServices.add(key);
  }

  putSlice(raw: unknown): void {
    this.putDecodedSlice(identityOf(raw), readEndpointSlice(raw, this.#speaker.node));
  }

  putDecodedSlice(key: SliceKey, slice: SliceEndpoints): void {
    for (const service of this.#endpoints.put(key, slice)) this.#dirtyServices.add(service);
  }

  removeSlice(namespace: string, name: string): void {
    for (const service of this.#endpoints.remove({ namespace, name })) this.#dirtyServices.add(service);
  }

  /** Null where there is no Node of this name. */
  putNode(raw: unknown): void {
    const node = raw === null ? null : readNodeView(raw);
    if (isDeepStrictEqual(node, this.#node)) return;
    this.#node = node;
    this.#isConfigDirty = true;
  }

  putConfig(config: ConfigObjects): void {
    this.#config = config;
    this.#isConfigDirty = true;
  }

  /** Null where there is none of this name. */
  get node(): NodeView | null {
    return this.#node;
  }

  /** What this node goes by, as of the last look; null before the first. */
  get nodeConfig(): NodeConfig | null {
    return this.#nodeConfig;
  }

  /** What every peer of this node should hear now, as of the last look. */
  get sessions(): readonly { readonly peer: Peer; readonly routes: DesiredRoutes }[] {
    return this.#desiredRoutes.sessions;
  }

  /** Null where there is no peer of this name. */
  routesOf(peer: string): DesiredRoutes | null {
    return this.#desiredRoutes.routesOf(peer);
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

  /** Without its Node nobody knows which peers are this speaker's: it has none. */
  #resolveConfig(before: NodeConfig | null): NodeConfig {
    const config = this.#node === null ? { ...this.#config, peers: [], advertisements: [] } : this.#config;
    return resolveNodeConfig(config, this.#node?.labels ?? {}, this.#speaker, before);
  }

  /** Judges one Service and moves its claims; `prefixes` takes in those that may sound different now. */
  #recomputeService(
    key: ServiceKey,
    nodeConfig: NodeConfig,
    prefixes: Set<string>,
  ): readonly ServiceStatusChange[] {
    const before = this.#states.get(key);
    // Anew, the book of claims has been emptied.
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
    if (decision.kind === 'refused')
      return { status: { decision, targetPeers: [], isAssigned: false }, announced: null };
    const peers = nodeConfig.peers.active;
    const targetPeers = targetPeerNames(peers.values(), decision.contributions);
    return {
      status: { decision, targetPeers, isAssigned: peers.size > 0 },
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
