/** What is watched to tell what speakers announce: the same as they watch, for all nodes at once. */

import { type NodeView, readNode } from '../../announce/node.ts';
import type { ConfigObjects } from '../../announce/settings.ts';
import { metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import {
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  ENDPOINT_SLICES,
  NODES,
  PODS,
  POOLS,
  type Resource,
} from '../../kube/resource.ts';
import type { Versioned } from '../../kube/store.ts';
import { writtenPart } from '../../kube/translate.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import { EndpointNodes, readSliceNodes, type SliceNodes } from '../nativeendpoints.ts';
import { readSpeakerPod, type SpeakerPod } from '../nativespeakers.ts';
import { SLICES_OF_SERVICES } from './calicokinds.ts';

/** `text` tells a change from one that changes nothing here: a heartbeat, a counter. */
export type Seen<T> = Versioned & { readonly id: string; readonly text: string; readonly value: T };

export function seen<T>(raw: Raw, value: T, text = JSON.stringify(value)): Seen<T> | null {
  const { uid, resourceVersion, namespace, name } = metadataOf(raw);
  if (textOf(name) === '') return null;
  const id = `${textOf(namespace)}/${textOf(name)}`;
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), id, text, value };
}

export type NativePicturesOptions = {
  readonly context: PictureContext;
  readonly namespace: string;
  /** Nodes, their speakers or the configuration. */
  readonly changed: () => void;
  /** Only endpoints of Services. */
  readonly endpointsChanged: () => void;
};

/** MetalLB's speakers have the second label, too. */
const SPEAKER_PODS = 'app.kubernetes.io/name=berth,app.kubernetes.io/component=speaker';

const CONFIG = {
  pools: POOLS,
  advertisements: BGP_ADVERTISEMENTS,
  peers: BGP_PEERS,
  communities: COMMUNITIES,
} as const satisfies Partial<Record<keyof ConfigObjects, Resource>>;

export type ConfigKind = keyof typeof CONFIG;

export class NativePictures {
  readonly endpoints = new EndpointNodes();
  readonly #nodes: Picture<Seen<NodeView>>;
  readonly #pods: Picture<Seen<SpeakerPod>>;
  readonly #slices: Picture<Seen<SliceNodes>>;
  readonly #config: Readonly<Record<ConfigKind, Picture<Seen<Raw>>>>;

  constructor({ context, namespace, changed, endpointsChanged }: NativePicturesOptions) {
    const on = <T>(tell: () => void) => ({
      keyOf: ({ id }: Seen<T>) => id,
      changed: (before: Seen<T> | undefined, after: Seen<T>) => {
        if (before?.text !== after.text) tell();
      },
      deleted: tell,
      listed: tell,
    });
    this.#nodes = new Picture<Seen<NodeView>>(context, {
      ...on<NodeView>(changed),
      resource: NODES,
      translate: (raw) => {
        const view = readNode(raw);
        return seen(raw, view, JSON.stringify([view.labels, view.excluded, view.networkUnavailable]));
      },
    });
    this.#pods = new Picture<Seen<SpeakerPod>>(context, {
      ...on<SpeakerPod>(changed),
      resource: PODS,
      namespace,
      labelSelector: SPEAKER_PODS,
      translate: (raw) => seen(raw, readSpeakerPod(raw)),
    });
    this.#slices = new Picture<Seen<SliceNodes>>(context, {
      ...on<SliceNodes>(endpointsChanged),
      resource: ENDPOINT_SLICES,
      labelSelector: SLICES_OF_SERVICES,
      translate: (raw) => {
        const slice = readSliceNodes(raw);
        return seen(raw, slice, JSON.stringify([slice.owner, slice.anywhere, [...slice.nodes]]));
      },
      changed: (before, after) => {
        if (before?.text === after.text) return;
        this.endpoints.put(after.id, after.value);
        endpointsChanged();
      },
      deleted: (id) => {
        this.endpoints.remove(id);
        endpointsChanged();
      },
    });
    const config = (resource: Resource) =>
      new Picture<Seen<Raw>>(context, {
        ...on<Raw>(changed),
        resource,
        namespace,
        translate: (raw) => {
          const { written, text } = writtenPart(raw);
          return seen(raw, written, text);
        },
      });
    this.#config = {
      pools: config(CONFIG.pools),
      advertisements: config(CONFIG.advertisements),
      peers: config(CONFIG.peers),
      communities: config(CONFIG.communities),
    };
  }

  get all(): readonly Pick<Picture<never>, 'name' | 'known' | 'run'>[] {
    return [this.#nodes, this.#pods, this.#slices, ...Object.values(this.#config)];
  }

  get unknown(): readonly string[] {
    return this.all.filter(({ known }) => !known).map(({ name }) => name);
  }

  get nodes(): readonly NodeView[] {
    return [...this.#nodes.store.values()].map(({ value }) => value);
  }

  get pods(): readonly SpeakerPod[] {
    return [...this.#pods.store.values()].map(({ value }) => value);
  }

  objects(kind: ConfigKind): readonly unknown[] {
    return [...this.#config[kind].store.values()].map(({ value }) => value);
  }
}
