/** What is watched to tell what speakers announce: the same as they watch, for all nodes at once. */

import type { ConfigObjects } from '../../../../announce/config/node-config.ts';
import { type Raw, textOf } from '../../../../base/json.ts';
import type { Versioned } from '../../../../kube/informer/store.ts';
import {
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  ENDPOINT_SLICES,
  IP_ADDRESS_POOLS,
  NODES,
  PODS,
  type Resource,
} from '../../../../kube/resource.ts';
import { decodeEndpointSlice } from '../../../../objects/endpoint-slice.ts';
import { metadataOf, userWrittenPart } from '../../../../objects/metadata.ts';
import { decodeNode, type Node } from '../../../../objects/node.ts';
import { decodePod } from '../../../../objects/pod.ts';
import { Informer, type InformerContext } from '../../../../runtime/main/informer.ts';
import { EndpointNodes, type SliceNodes, summarizeSlice } from '../../../announced/native/endpoint-nodes.ts';
import type { SpeakerPod } from '../../../announced/native/speaker-states.ts';
import { SERVICE_SLICE_SELECTOR } from '../calico/watched-kinds.ts';

/** `text` tells a change from one that changes nothing here: a heartbeat, a counter. */
export type WatchedValue<T> = Versioned & {
  readonly id: string;
  readonly fingerprint: string;
  readonly value: T;
};

export function toWatchedValue<T>(
  raw: Raw,
  value: T,
  fingerprint = JSON.stringify(value),
): WatchedValue<T> | null {
  const { uid, resourceVersion, namespace, name } = metadataOf(raw);
  if (textOf(name) === '') return null;
  const id = `${textOf(namespace)}/${textOf(name)}`;
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), id, fingerprint, value };
}

export type NativeInformersOptions = {
  readonly context: InformerContext;
  readonly namespace: string;
  /** Nodes, their speakers or the configuration. */
  readonly changed: () => void;
  /** Only endpoints of Services. */
  readonly endpointsChanged: () => void;
};

/** MetalLB's speakers have the second label, too. */
const SPEAKER_POD_SELECTOR = 'app.kubernetes.io/name=berth,app.kubernetes.io/component=speaker';

const CONFIG_RESOURCES = {
  pools: IP_ADDRESS_POOLS,
  advertisements: BGP_ADVERTISEMENTS,
  peers: BGP_PEERS,
  communities: COMMUNITIES,
} as const satisfies Partial<Record<keyof ConfigObjects, Resource>>;

export type ConfigKind = keyof typeof CONFIG_RESOURCES;

export class NativeInformers {
  readonly endpoints = new EndpointNodes();
  readonly #nodes: Informer<WatchedValue<Node>>;
  readonly #pods: Informer<WatchedValue<SpeakerPod>>;
  readonly #slices: Informer<WatchedValue<SliceNodes>>;
  readonly #config: Readonly<Record<ConfigKind, Informer<WatchedValue<Raw>>>>;

  constructor({ context, namespace, changed, endpointsChanged }: NativeInformersOptions) {
    const handlers = <T>(notify: () => void) => ({
      keyOf: ({ id }: WatchedValue<T>) => id,
      changed: (before: WatchedValue<T> | undefined, after: WatchedValue<T>) => {
        if (before?.fingerprint !== after.fingerprint) notify();
      },
      deleted: notify,
      listed: notify,
    });
    this.#nodes = new Informer<WatchedValue<Node>>(context, {
      ...handlers<Node>(changed),
      resource: NODES,
      decode: (raw) => {
        const view = decodeNode(raw);
        return toWatchedValue(
          raw,
          view,
          JSON.stringify([view.labels, view.isExcluded, view.isNetworkUnavailable]),
        );
      },
    });
    this.#pods = new Informer<WatchedValue<SpeakerPod>>(context, {
      ...handlers<SpeakerPod>(changed),
      resource: PODS,
      namespace,
      labelSelector: SPEAKER_POD_SELECTOR,
      decode: (raw) => toWatchedValue(raw, decodePod(raw)),
    });
    this.#slices = new Informer<WatchedValue<SliceNodes>>(context, {
      ...handlers<SliceNodes>(endpointsChanged),
      resource: ENDPOINT_SLICES,
      labelSelector: SERVICE_SLICE_SELECTOR,
      decode: (raw) => {
        const decoded = decodeEndpointSlice(raw);
        if (decoded === null) return null;
        const slice = summarizeSlice(decoded);
        return toWatchedValue(raw, slice, JSON.stringify([slice.owner, slice.anywhere, [...slice.nodes]]));
      },
      changed: (before, after) => {
        if (before?.fingerprint === after.fingerprint) return;
        this.endpoints.put(after.id, after.value);
        endpointsChanged();
      },
      deleted: (id) => {
        this.endpoints.remove(id);
        endpointsChanged();
      },
    });
    const createConfigInformer = (resource: Resource) =>
      new Informer<WatchedValue<Raw>>(context, {
        ...handlers<Raw>(changed),
        resource,
        namespace,
        decode: (raw) => {
          const { written, text } = userWrittenPart(raw);
          return toWatchedValue(raw, written, text);
        },
      });
    this.#config = {
      pools: createConfigInformer(CONFIG_RESOURCES.pools),
      advertisements: createConfigInformer(CONFIG_RESOURCES.advertisements),
      peers: createConfigInformer(CONFIG_RESOURCES.peers),
      communities: createConfigInformer(CONFIG_RESOURCES.communities),
    };
  }

  get all(): readonly Pick<Informer<never>, 'name' | 'isSyncedOrAbsent' | 'run'>[] {
    return [this.#nodes, this.#pods, this.#slices, ...Object.values(this.#config)];
  }

  get unreadableKinds(): readonly string[] {
    return this.all.filter(({ isSyncedOrAbsent }) => !isSyncedOrAbsent).map(({ name }) => name);
  }

  get nodes(): readonly Node[] {
    return [...this.#nodes.store.values()].map(({ value }) => value);
  }

  get pods(): readonly SpeakerPod[] {
    return [...this.#pods.store.values()].map(({ value }) => value);
  }

  objects(kind: ConfigKind): readonly unknown[] {
    return [...this.#config[kind].store.values()].map(({ value }) => value);
  }
}
