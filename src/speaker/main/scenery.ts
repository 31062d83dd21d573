/**
 * All pictures that a speaker keeps. What it announces follows from them, and nothing is announced or withdrawn before
 * each has been listed once: half a picture would be taken for a smaller cluster.
 */
import type { ConfigObjects } from '../../announce/settings.ts';
import {
  BFD_PROFILES,
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  ENDPOINT_SLICES,
  L2_ADVERTISEMENTS,
  NODES,
  POOLS,
  type Resource,
  SERVICES,
} from '../../kube/resource.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import { CalicoPeers } from './calicopeers.ts';
import {
  type WatchedRaw,
  type WatchedService,
  type WatchedSlice,
  watchedNode,
  watchedRaw,
  watchedService,
  watchedSlice,
  whereItDiffers,
} from './objects.ts';
import { NamedSecrets } from './secrets.ts';

/** Headless Services have no address to announce, and as many slices as all others. */
const WITH_ADDRESS = 'kubernetes.io/service-name,!service.kubernetes.io/headless';

const CONFIG = {
  pools: POOLS,
  advertisements: BGP_ADVERTISEMENTS,
  layer2: L2_ADVERTISEMENTS,
  peers: BGP_PEERS,
  communities: COMMUNITIES,
  bfdProfiles: BFD_PROFILES,
} as const satisfies Partial<Record<keyof ConfigObjects, Resource>>;

type ConfigKind = keyof typeof CONFIG;

export type SceneryOptions = {
  readonly context: PictureContext;
  readonly namespace: string;
  readonly node: string;
  readonly on: {
    readonly service: (service: WatchedService) => void;
    readonly serviceGone: (service: WatchedService) => void;
    readonly slice: (slice: WatchedSlice) => void;
    readonly sliceGone: (slice: WatchedSlice) => void;
    readonly node: () => void;
    readonly config: () => void;
    /** Something has been listed for the first time, or cannot be. */
    readonly progress: () => void;
  };
};

/** What a picture is for whoever only keeps it and asks how it is doing. */
export type Kept = Pick<Picture<never>, 'name' | 'known' | 'trouble' | 'age' | 'run'>;

export class Scenery {
  readonly services: Picture<WatchedService>;
  readonly node: Picture<WatchedRaw>;
  readonly #slices: Picture<WatchedSlice>;
  readonly #config: Readonly<Record<ConfigKind, Picture<WatchedRaw>>>;
  readonly #secrets: NamedSecrets;
  readonly #calico: CalicoPeers;
  readonly #nodeName: string;

  constructor({ context, namespace, node, on }: SceneryOptions) {
    this.#nodeName = node;
    const whole = { listed: on.progress, turned: on.progress };
    this.services = new Picture<WatchedService>(context, {
      resource: SERVICES,
      fieldSelector: 'spec.type=LoadBalancer',
      fallback: { accepts: ({ view }) => view.type === 'LoadBalancer' },
      translate: watchedService,
      keyOf: ({ view }) => view.key,
      changed: (_, after) => on.service(after),
      deleted: (_, last) => on.serviceGone(last),
      ...whole,
    });
    this.#slices = new Picture<WatchedSlice>(context, {
      resource: ENDPOINT_SLICES,
      labelSelector: WITH_ADDRESS,
      translate: watchedSlice(node),
      keyOf: ({ namespace: place, name }) => `${place}/${name}`,
      changed: (_, after) => on.slice(after),
      deleted: (_, last) => on.sliceGone(last),
      ...whole,
    });
    this.node = new Picture<WatchedRaw>(context, {
      resource: NODES,
      fieldSelector: `metadata.name=${node}`,
      translate: watchedNode,
      keyOf: ({ name }) => name,
      changed: whereItDiffers(on.node),
      deleted: on.node,
      ...whole,
    });
    const config = (resource: Resource): Picture<WatchedRaw> =>
      new Picture<WatchedRaw>(context, {
        resource,
        namespace,
        translate: watchedRaw,
        keyOf: ({ name }) => name,
        changed: whereItDiffers(on.config),
        deleted: on.config,
        ...whole,
      });
    this.#config = {
      pools: config(CONFIG.pools),
      advertisements: config(CONFIG.advertisements),
      layer2: config(CONFIG.layer2),
      peers: config(CONFIG.peers),
      communities: config(CONFIG.communities),
      bfdProfiles: config(CONFIG.bfdProfiles),
    };
    this.#secrets = new NamedSecrets(context, namespace, { changed: on.config, whole });
    this.#calico = new CalicoPeers(context, { changed: on.config, whole });
  }

  get all(): readonly Kept[] {
    return [this.services, this.#slices, this.node, ...Object.values(this.#config)];
  }

  /** What was never listed, in a sentence; null where nothing is missing. */
  missing(): string | null {
    const missing = [
      ...this.all.filter(({ known }) => !known),
      ...this.#secrets.missing,
      ...this.#calico.missing,
    ];
    if (missing.length === 0) return null;
    const names = missing.map(({ name, trouble }) => (trouble === null ? name : `${name} (${trouble})`));
    return `not listed yet: ${names.join(', ')}`;
  }

  /** Also has the Secrets watched that the peers name now. */
  config(): ConfigObjects {
    const rawsOf = ({ store }: Picture<WatchedRaw>): readonly unknown[] =>
      [...store.values()].map(({ raw }) => raw);
    const { pools, advertisements, layer2, peers, communities, bfdProfiles } = this.#config;
    const peerObjects = rawsOf(peers);
    this.#secrets.follow(peerObjects);
    return {
      pools: rawsOf(pools),
      advertisements: rawsOf(advertisements),
      layer2: rawsOf(layer2),
      peers: peerObjects,
      communities: rawsOf(communities),
      bfdProfiles: rawsOf(bfdProfiles),
      secrets: this.#secrets.objects,
      taken: this.#calico.takenOn(this.node.store.get(this.#nodeName)?.raw ?? null),
    };
  }

  /** Settles when all of them have hung up. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      ...this.all.map((picture) => picture.run(signal)),
      this.#secrets.run(signal),
      this.#calico.run(signal),
    ]);
  }
}
