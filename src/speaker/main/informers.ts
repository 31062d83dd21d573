/**
 * All informers of a speaker. Nothing is announced or withdrawn before each of them has synced: an incomplete cache would be
 * taken for a smaller cluster.
 */

import type { ConfigObjects } from '../../announce/config/node-config.ts';
import type { ResolvedPools } from '../../announce/config/pools.ts';
import type { LegacyConfigSettings } from '../../config/legacy/config-map.ts';
import {
  BFD_PROFILES,
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  CONFIG_MAPS,
  ENDPOINT_SLICES,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NODES,
  type Resource,
  SERVICES,
} from '../../kube/resource.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import { SERVICE_SLICE_SELECTOR } from '../../objects/endpoint-slice.ts';
import type { ObjectReference } from '../../objects/object-reference.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { LegacyConfigMap } from '../../runtime/main/legacy-config-map.ts';
import type { ObjectSource } from '../../runtime/main/object-source.ts';
import { sameWatchedObject, toWatchedObject, type WatchedObject } from '../../runtime/main/watched-object.ts';
import { PoolResolution } from '../../runtime/pool-resolution.ts';
import type { BfdConfigKind } from '../status/bfd-config-events.ts';
import { CalicoPeers } from './calico-peers.ts';
import { PeerSecretInformers } from './peer-secrets.ts';
import {
  sameOwnNode,
  toWatchedOwnNode,
  toWatchedService,
  toWatchedSlice,
  type WatchedOwnNode,
  type WatchedService,
  type WatchedSlice,
} from './watched-objects.ts';

const CONFIG_RESOURCES = {
  pools: IP_ADDRESS_POOLS,
  advertisements: BGP_ADVERTISEMENTS,
  layer2: L2_ADVERTISEMENTS,
  peers: BGP_PEERS,
  communities: COMMUNITIES,
  bfdProfiles: BFD_PROFILES,
} as const satisfies Partial<Record<keyof ConfigObjects, Resource>>;

type ConfigKind = keyof typeof CONFIG_RESOURCES;

export type SpeakerInformersOptions = {
  readonly context: InformerContext;
  readonly namespace: string;
  readonly node: string;
  readonly isLayer2On: boolean;
  /** The ConfigMap that the configuration comes from; null where it comes from objects. */
  readonly legacyConfig?: LegacyConfigSettings | null;
  readonly on: {
    readonly service: (service: WatchedService) => void;
    readonly serviceDeleted: (service: WatchedService) => void;
    readonly slice: (slice: WatchedSlice) => void;
    readonly sliceDeleted: (slice: WatchedSlice) => void;
    readonly node: () => void;
    readonly config: () => void;
    /** An informer has synced, or its watch fails. */
    readonly syncProgress: () => void;
  };
};

/** The part of an informer that reports its progress. */
export type InformerStatus = Pick<
  Informer<never>,
  'name' | 'isSyncedOrAbsent' | 'watchError' | 'age' | 'run'
>;

export class SpeakerInformers {
  readonly services: Informer<WatchedService>;
  readonly node: Informer<WatchedOwnNode>;
  readonly slices: Informer<WatchedSlice>;
  readonly #configObjects: Readonly<Record<ConfigKind, ObjectSource<WatchedObject>>>;
  /** What the configuration is read from: an informer for each kind, or the one of the ConfigMap. */
  readonly #configInformers: readonly Informer<WatchedObject>[];
  readonly #legacyConfig: LegacyConfigMap | null;
  readonly #secrets: PeerSecretInformers;
  readonly #calico: CalicoPeers;
  readonly #pools: PoolResolution;
  readonly #nodeName: string;
  readonly #namespace: string;

  constructor({ context, namespace, node, isLayer2On, legacyConfig = null, on }: SpeakerInformersOptions) {
    this.#nodeName = node;
    this.#namespace = namespace;
    this.#pools = new PoolResolution(context.clock, () => {
      on.config();
      on.syncProgress();
    });
    const syncCallbacks = { listed: on.syncProgress, stateChanged: on.syncProgress };
    this.services = new Informer<WatchedService>(
      context,
      {
        resource: SERVICES,
        fieldSelector: 'spec.type=LoadBalancer',
        fallback: { accepts: ({ service }) => service.type === 'LoadBalancer' },
        decode: toWatchedService,
        keyOf: ({ service }) => service.key,
      },
      {
        changed: (_, after) => on.service(after),
        deleted: (_, last) => on.serviceDeleted(last),
        ...syncCallbacks,
      },
    );
    this.slices = new Informer<WatchedSlice>(
      context,
      {
        resource: ENDPOINT_SLICES,
        labelSelector: SERVICE_SLICE_SELECTOR,
        decode: toWatchedSlice(node, isLayer2On),
        keyOf: ({ namespace: sliceNamespace, name }) => `${sliceNamespace}/${name}`,
      },
      {
        changed: (_, after) => on.slice(after),
        deleted: (_, last) => on.sliceDeleted(last),
        ...syncCallbacks,
      },
    );
    this.node = new Informer<WatchedOwnNode>(
      context,
      {
        resource: NODES,
        fieldSelector: `metadata.name=${node}`,
        decode: toWatchedOwnNode,
        keyOf: (one) => one.node.name,
      },
      { isSame: sameOwnNode, changed: on.node, deleted: on.node, ...syncCallbacks },
    );
    const configSubscriber = { isSame: sameWatchedObject, changed: on.config, deleted: on.config };
    const legacy = legacyConfig === null ? null : new LegacyConfigMap(context, namespace, legacyConfig);
    const informers: Informer<WatchedObject>[] = legacy === null ? [] : [legacy.informer];
    const config = (resource: Resource): ObjectSource<WatchedObject> => {
      if (legacy !== null) return legacy.source(resource, toWatchedObject);
      const informer = new Informer<WatchedObject>(
        context,
        { resource, namespace, decode: toWatchedObject, keyOf: ({ name }) => name },
        { ...configSubscriber, ...syncCallbacks },
      );
      informers.push(informer);
      return informer;
    };
    this.#secrets = new PeerSecretInformers(context, namespace, { changed: on.config, syncCallbacks });
    this.#configObjects = {
      pools: config(CONFIG_RESOURCES.pools),
      advertisements: config(CONFIG_RESOURCES.advertisements),
      layer2: config(CONFIG_RESOURCES.layer2),
      peers: config(CONFIG_RESOURCES.peers),
      communities: config(CONFIG_RESOURCES.communities),
      bfdProfiles: config(CONFIG_RESOURCES.bfdProfiles),
    };
    this.#configInformers = informers;
    this.#legacyConfig = legacy;
    legacy?.changes.add(on.config);
    legacy?.informer.subscribe(syncCallbacks);
    this.#configObjects.peers.subscribe({
      isSame: sameWatchedObject,
      changed: (_, peer) => this.#secrets.setPeer(peer),
      deleted: (name) => this.#secrets.removePeer(name),
    });
    this.#calico = new CalicoPeers(context, { changed: on.config, syncCallbacks });
  }

  get all(): readonly InformerStatus[] {
    return [this.services, this.slices, this.node, ...this.#configInformers];
  }

  /** The kinds that have not synced, in a sentence; null where all have, and the pools are resolved. */
  describeUnsynced(): string | null {
    const unsynced = [
      ...this.all.filter(({ isSyncedOrAbsent }) => !isSyncedOrAbsent),
      ...this.#secrets.unsynced,
      ...this.#calico.unsynced,
    ];
    if (unsynced.length === 0)
      return this.configObjects().resolvedPools === null
        ? 'the pools are listed, and still being read'
        : null;
    const names = unsynced.map(({ name, watchError }) =>
      watchError === null ? name : `${name} (${watchError})`,
    );
    return `not listed yet: ${names.join(', ')}`;
  }

  /** The configuration objects in the caches, and the pools in force: many ranges take a while to get there. */
  configObjects(): ConfigObjects & { readonly resolvedPools: ResolvedPools | null } {
    const objectsOf = ({ store }: ObjectSource<WatchedObject>): readonly unknown[] =>
      [...store.values()].map(({ raw }) => raw);
    const { pools, advertisements, layer2, peers, communities, bfdProfiles } = this.#configObjects;
    const rawPools = objectsOf(pools);
    return {
      pools: rawPools,
      resolvedPools: this.#pools.update(rawPools),
      advertisements: objectsOf(advertisements),
      layer2: objectsOf(layer2),
      peers: objectsOf(peers),
      communities: objectsOf(communities),
      bfdProfiles: objectsOf(bfdProfiles),
      secrets: this.#secrets.objects,
      foreignSessions: this.#calico.routersPeeredFrom(this.node.store.get(this.#nodeName)?.node ?? null),
      origin: this.#legacyConfig?.origin ?? null,
    };
  }

  /** Null where there is no such object. What comes from the ConfigMap is the ConfigMap. */
  bfdReference(kind: BfdConfigKind, name: string): ObjectReference | null {
    const resource =
      this.#legacyConfig !== null ? CONFIG_MAPS : kind === 'BGPPeer' ? BGP_PEERS : BFD_PROFILES;
    const source = kind === 'BGPPeer' ? this.#configObjects.peers : this.#configObjects.bfdProfiles;
    const named = source.store.get(name);
    const object = this.#legacyConfig === null || named === undefined ? named : this.#legacyConfig.object;
    if (object === undefined) return null;
    const { uid, resourceVersion } = object;
    return {
      ...{ apiVersion: apiVersionOf(resource), kind: resource.kind, namespace: this.#namespace },
      ...{ name: object.name, uid, resourceVersion },
    };
  }

  /** Whole objects. */
  layer2Advertisements(): readonly unknown[] {
    return [...this.#configObjects.layer2.store.values()].map(({ raw }) => raw);
  }

  /** Until `signal` is aborted and all watches are closed. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      ...this.all.map((informer) => informer.run(signal)),
      this.#secrets.run(signal),
      this.#calico.run(signal),
    ]);
    this.#pools.stop();
  }
}
