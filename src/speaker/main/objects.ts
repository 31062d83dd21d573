/** What a speaker watches, cut down as it arrives to what it announces by. */

import { readSlice, type SliceView } from '../../announce/endpoints.ts';
import { readService, type ServiceView } from '../../announce/service.ts';
import { fieldsOf, listOf, metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import type { Versioned } from '../../kube/store.ts';
import { writtenPart } from '../../kube/translate.ts';

const identity = (raw: Raw): Versioned => {
  const { uid, resourceVersion } = metadataOf(raw);
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion) };
};

const nameOf = (raw: Raw): string => textOf(metadataOf(raw)['name']);

export type WatchedService = Versioned & { readonly view: ServiceView };

export const watchedService = (raw: Raw): WatchedService | null =>
  nameOf(raw) === '' ? null : { ...identity(raw), view: readService(raw) };

export type WatchedSlice = Versioned & {
  readonly namespace: string;
  readonly name: string;
  readonly slice: SliceView;
};

export const watchedSlice =
  (node: string) =>
  (raw: Raw): WatchedSlice | null => {
    const name = nameOf(raw);
    if (name === '') return null;
    const namespace = textOf(metadataOf(raw)['namespace']);
    return { ...identity(raw), namespace, name, slice: readSlice(raw, node) };
  };

/** `text` tells a change from one that changes nothing here. */
export type WatchedRaw = Versioned & {
  readonly name: string;
  readonly raw: Raw;
  readonly text: string;
};

/** All that people wrote of it; there are few such objects. */
export function watchedRaw(raw: Raw): WatchedRaw | null {
  const { written, text } = writtenPart(raw);
  return nameOf(raw) === '' ? null : { ...identity(raw), name: nameOf(raw), raw: written, text };
}

/** For a picture of them: told is what changes something. */
export const whereItDiffers =
  (tell: () => void) =>
  (before: WatchedRaw | undefined, after: WatchedRaw): void => {
    if (before?.text !== after.text) tell();
  };

/** Of a Node what decides about announcing and leaving; a heartbeat changes none of it. */
export function watchedNode(raw: Raw): WatchedRaw | null {
  const name = nameOf(raw);
  if (name === '') return null;
  const { labels, deletionTimestamp } = metadataOf(raw);
  const spec = fieldsOf(raw['spec']);
  const status = fieldsOf(raw['status']);
  const conditions = listOf(status['conditions'])
    .map(fieldsOf)
    .filter(({ type }) => type === 'NetworkUnavailable')
    .map(({ type, status: is }) => ({ type, status: is }));
  const kept: Raw = {
    metadata: { name, labels, deletionTimestamp },
    spec: { unschedulable: spec['unschedulable'], taints: spec['taints'] },
    status: { conditions, addresses: status['addresses'] },
  };
  return { ...identity(raw), name, raw: kept, text: JSON.stringify(kept) };
}
