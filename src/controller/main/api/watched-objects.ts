/** Objects other than Services that the controller watches, decoded on arrival to what it needs of them. */
import { isDeepStrictEqual } from 'node:util';
import { fieldsOf, parseJsonOrNull, type Raw, textOf } from '../../../base/json.ts';
import { type PoolObject, toPoolObject } from '../../../config/pool/pool-set.ts';
import type { PublishedSpeaker } from '../../../layer2/membership/speaker-presence.ts';
import { toPublishedSpeaker } from '../../../layer2/objects/watched-objects.ts';
import { decodeEndpointSlice } from '../../../objects/endpoint-slice.ts';
import {
  labelsOf,
  nameOf,
  type ObjectVersion,
  statusOf,
  userWrittenPart,
  versionOf,
  withoutBookkeeping,
} from '../../../objects/metadata.ts';
import { decodeNamespace, type Namespace } from '../../../objects/namespace.ts';
import { decodeNode, type Node } from '../../../objects/node.ts';
import { decodePod, type Pod } from '../../../objects/pod.ts';
import type { Labels } from '../../../objects/selector.ts';
import { parseSpeakerStatus, type SpeakerStatus } from '../../announced/native/speaker-states.ts';
import { type SliceSummary, summarizeSlice } from '../../announced/slice-summary.ts';
import type { Deployment } from '../../leadership/metallb-controller.ts';

export type WatchedNamespace = Namespace & ObjectVersion;

export function toWatchedNamespace(raw: Raw): WatchedNamespace | null {
  const namespace = decodeNamespace(raw);
  return namespace === null ? null : { ...namespace, ...versionOf(raw) };
}

export type WatchedPool = PoolObject & ObjectVersion & { readonly labels: Labels };

export function toWatchedPool(raw: Raw): WatchedPool | null {
  const pool = toPoolObject(withoutBookkeeping(raw));
  return pool.name === '' ? null : { ...pool, ...versionOf(raw), labels: labelsOf(raw) };
}

/** Whether an update edited nothing: the counters in the status change with each assignment. */
export const sameWatchedPool = (a: WatchedPool, b: WatchedPool): boolean =>
  isDeepStrictEqual(userWrittenPart(fieldsOf(a.raw)), userWrittenPart(fieldsOf(b.raw)));

export type WatchedNode = Node & ObjectVersion;

export function toWatchedNode(raw: Raw): WatchedNode {
  const { uid, resourceVersion } = versionOf(raw);
  return { uid, resourceVersion, ...decodeNode(raw) };
}

export type WatchedSliceSummary = SliceSummary & ObjectVersion;

export function toWatchedSliceSummary(raw: Raw): WatchedSliceSummary | null {
  const slice = decodeEndpointSlice(raw);
  if (slice === null) return null;
  const { uid, resourceVersion } = versionOf(raw);
  return { uid, resourceVersion, ...summarizeSlice(slice) };
}

export type WatchedDeployment = Deployment & ObjectVersion;

export function toWatchedDeployment(raw: Raw): WatchedDeployment | null {
  const ready = fieldsOf(raw['status'])['readyReplicas'];
  const replicas = fieldsOf(raw['spec'])['replicas'];
  return {
    ...versionOf(raw),
    name: nameOf(raw),
    labels: labelsOf(raw),
    readyReplicas: typeof ready === 'number' ? ready : 0,
    replicas: typeof replicas === 'number' ? replicas : 1, // the API's default
  };
}

/** What a speaker reports of its node; `status` is null where it has not reported yet, or where no speaker wrote it. */
export type WatchedSpeakerStatus = ObjectVersion & {
  readonly name: string;
  readonly status: SpeakerStatus | null;
  /** What it says of layer 2; null for a ConfigMap, and for an object that no speaker has filled. */
  readonly layer2: PublishedSpeaker | null;
};

/** Of a SpeakerStatus, whose name is that of the Node. `wallTime` gives the time at which it is read. */
export const toWatchedSpeakerStatus =
  (wallTime: () => number) =>
  (raw: Raw): WatchedSpeakerStatus => ({
    ...versionOf(raw),
    name: nameOf(raw),
    status: parseSpeakerStatus({ ...statusOf(raw), node: nameOf(raw) }, wallTime()),
    layer2: toPublishedSpeaker(raw),
  });

const FORMER_STATUS_KEY = 'status.json';

/** Of the ConfigMap in which speakers reported the same before. */
export const toFormerSpeakerStatus =
  (wallTime: () => number) =>
  (raw: Raw): WatchedSpeakerStatus => ({
    ...versionOf(raw),
    name: nameOf(raw),
    status: parseSpeakerStatus(parseJsonOrNull(textOf(fieldsOf(raw['data'])[FORMER_STATUS_KEY])), wallTime()),
    layer2: null,
  });

export type WatchedSpeakerPod = Pick<Pod, 'name' | 'node' | 'isReady'> & ObjectVersion;

export function toWatchedSpeakerPod(raw: Raw): WatchedSpeakerPod {
  const { name, node, isReady } = decodePod(raw);
  const { uid, resourceVersion } = versionOf(raw);
  return { uid, resourceVersion, name, node, isReady };
}
