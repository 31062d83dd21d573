/** What a speaker watches, cut down as it arrives to what it announces by. */

import { readSpeakerService, type SpeakerService } from '../../announce/decision/speaker-service.ts';
import { fieldsOf, listOf, metadataOf, type Raw, textOf } from '../../base/json.ts';
import { userWrittenPart } from '../../kube/informer/decode.ts';
import type { Versioned } from '../../kube/informer/store.ts';
import { readEndpointSlice, type SliceEndpoints } from '../../objects/endpoint-slice.ts';

const versionOf = (raw: Raw): Versioned => {
  const { uid, resourceVersion } = metadataOf(raw);
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion) };
};

const nameOf = (raw: Raw): string => textOf(metadataOf(raw)['name']);

export type WatchedService = Versioned & { readonly view: SpeakerService };

export const toSpeakerService = (raw: Raw): WatchedService | null =>
  nameOf(raw) === '' ? null : { ...versionOf(raw), view: readSpeakerService(raw) };

export type WatchedSlice = Versioned & {
  readonly namespace: string;
  readonly name: string;
  readonly slice: SliceEndpoints;
};

export const toSpeakerSlice =
  (node: string) =>
  (raw: Raw): WatchedSlice | null => {
    const name = nameOf(raw);
    if (name === '') return null;
    const namespace = textOf(metadataOf(raw)['namespace']);
    return { ...versionOf(raw), namespace, name, slice: readEndpointSlice(raw, node) };
  };

/** `text` tells a change from one that changes nothing here. */
export type WatchedObject = Versioned & {
  readonly name: string;
  readonly raw: Raw;
  readonly fingerprint: string;
};

/** All that people wrote of it; there are few such objects. */
export function toWatchedObject(raw: Raw): WatchedObject | null {
  const { written, text: fingerprint } = userWrittenPart(raw);
  return nameOf(raw) === '' ? null : { ...versionOf(raw), name: nameOf(raw), raw: written, fingerprint };
}

/** For a picture of them: told is what changes something. */
export const ifChanged =
  (notify: () => void) =>
  (before: WatchedObject | undefined, after: WatchedObject): void => {
    if (before?.fingerprint !== after.fingerprint) notify();
  };

/** Of a Node what decides about announcing and leaving; a heartbeat changes none of it. */
export function toSpeakerNode(raw: Raw): WatchedObject | null {
  const name = nameOf(raw);
  if (name === '') return null;
  const { labels, deletionTimestamp } = metadataOf(raw);
  const spec = fieldsOf(raw['spec']);
  const status = fieldsOf(raw['status']);
  const conditions = listOf(status['conditions'])
    .map(fieldsOf)
    .filter(({ type }) => type === 'NetworkUnavailable')
    .map(({ type, status: value }) => ({ type, status: value }));
  const relevant: Raw = {
    metadata: { name, labels, deletionTimestamp },
    spec: { unschedulable: spec['unschedulable'], taints: spec['taints'] },
    status: { conditions, addresses: status['addresses'] },
  };
  return { ...versionOf(raw), name, raw: relevant, fingerprint: JSON.stringify(relevant) };
}
