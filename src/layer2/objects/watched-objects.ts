/**
 * Objects that layer 2 needs, reduced on arrival to what it needs of them. Where there are thousands, no literal begins with a
 * spread: V8 would make a hidden class for each object.
 */
import { isDeepStrictEqual } from 'node:util';
import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { parseAddress } from '../../net/address.ts';
import { HAND_OVER_ANNOTATION } from '../../objects/annotations.ts';
import { decodeEndpointSlice } from '../../objects/endpoint-slice.ts';
import {
  annotationsOf,
  labelsOf,
  metadataOf,
  nameOf,
  type ObjectVersion,
  statusOf,
  versionOf,
} from '../../objects/metadata.ts';
import { findMetallbContainer } from '../../objects/metallb-program.ts';
import { decodeNode } from '../../objects/node.ts';
import { decodePod } from '../../objects/pod.ts';
import { serviceKey } from '../../objects/service.ts';
import { SERVICE_STATUS_LABELS } from '../../objects/service-status-labels.ts';
import type { OwnerRecord } from '../election/record-index.ts';
import { usableEndpoints } from '../election/usable-endpoints.ts';
import { metallbProcess } from '../membership/metallb-speaker.ts';
import type {
  AddressConflict,
  Layer2Pod,
  PublishedInterface,
  PublishedSpeaker,
} from '../membership/speaker-presence.ts';
import type { Layer2Node, Layer2Slice } from '../model/layer2-model.ts';

export type WatchedLayer2Slice = ObjectVersion & Layer2Slice;

export function toLayer2Slice(raw: Raw): WatchedLayer2Slice | null {
  const slice = decodeEndpointSlice(raw);
  if (slice === null) return null;
  const { namespace, name, service } = slice;
  return { namespace, name, service, usable: usableEndpoints(slice), ...versionOf(raw) };
}

export type WatchedLayer2Node = ObjectVersion & { readonly node: Layer2Node };

export function toLayer2Node(raw: Raw): WatchedLayer2Node | null {
  const { name, labels, isExcluded, isNetworkUnavailable, addresses } = decodeNode(raw);
  if (name === '') return null;
  return { ...versionOf(raw), node: { name, labels, isExcluded, isNetworkUnavailable, addresses } };
}

export const sameLayer2Node = (a: WatchedLayer2Node, b: WatchedLayer2Node): boolean =>
  isDeepStrictEqual(a.node, b.node);

export type WatchedLayer2Pod = ObjectVersion & Layer2Pod;

/** Null for a Pod that is no speaker. */
export function toSpeakerPod(raw: Raw): WatchedLayer2Pod | null {
  const { component, 'app.kubernetes.io/component': role } = labelsOf(raw);
  if (component !== 'speaker' && role !== 'speaker') return null;
  const { name, node, isReady } = decodePod(raw);
  const isDeleting = textOf(metadataOf(raw)['deletionTimestamp']) !== '';
  const container = findMetallbContainer(raw, 'speaker');
  const status = statusOf(raw);
  const containerStatus = fieldsOf(
    listOf(status['containerStatuses']).find((one) => fieldsOf(one)['name'] === container?.['name']),
  );
  return {
    ...versionOf(raw),
    ...{ name, node, isReady, isDeleting },
    metallb:
      container === null ? null : metallbProcess({ isReady, isDeleting, status, container, containerStatus }),
  };
}

export const sameSpeakerPod = (a: WatchedLayer2Pod, b: WatchedLayer2Pod): boolean =>
  a.node === b.node &&
  a.isReady === b.isReady &&
  a.isDeleting === b.isDeleting &&
  isDeepStrictEqual(a.metallb, b.metallb);

export type WatchedSpeaker = ObjectVersion & PublishedSpeaker;

/** Null for an object that no speaker has filled yet. */
export function toPublishedSpeaker(raw: Raw): WatchedSpeaker | null {
  const { phase, pod, layer2 } = statusOf(raw);
  const node = nameOf(raw);
  if (node === '' || textOf(phase) === '') return null;
  const { interfaces, address, boot, sequence, linked, lost, returned, conflicts } = fieldsOf(layer2);
  const parsed = parseAddress(textOf(address));
  return {
    ...versionOf(raw),
    ...{ node, pod: textOf(pod), hasStopped: phase === 'stopped' || phase === 'left' },
    interfaces: Array.isArray(interfaces) ? interfaces.map(toInterface) : null,
    address: parsed.ok ? parsed.value : null,
    ...{ boot: textOf(boot), sequence: typeof sequence === 'number' ? sequence : 0 },
    ...{ linked: textsOf(linked), lost: textsOf(lost), returned: textsOf(returned) },
    conflicts: listOf(conflicts).map(toConflict),
  };
}

function toConflict(raw: unknown): AddressConflict {
  const { address, mac, interface: name } = fieldsOf(raw);
  return { address: textOf(address), mac: textOf(mac), interface: textOf(name) };
}

function toInterface(raw: unknown): PublishedInterface {
  const { name, mac, arp, ndp, subnets, addresses } = fieldsOf(raw);
  return {
    ...{ name: textOf(name), mac: textOf(mac), families: { 4: arp === true, 6: ndp === true } },
    subnets: Array.isArray(subnets) ? textsOf(subnets) : null,
    addresses: Array.isArray(addresses) ? textsOf(addresses) : null,
  };
}

export const samePublishedSpeaker = (a: WatchedSpeaker, b: WatchedSpeaker): boolean =>
  isDeepStrictEqual({ ...a, resourceVersion: '' }, { ...b, resourceVersion: '' });

/** A ServiceL2Status. */
export type WatchedRecord = ObjectVersion & OwnerRecord;

/** Null without its labels: MetalLB ignores such an object, too. */
export function toWatchedRecord(raw: Raw): WatchedRecord | null {
  const labels = labelsOf(raw);
  const [name, namespace] = [
    labels[SERVICE_STATUS_LABELS.name] ?? '',
    labels[SERVICE_STATUS_LABELS.namespace] ?? '',
  ];
  const { node, interfaces } = statusOf(raw);
  // A label's value is shorter than a Node's name may be, so the status has the last word.
  const owner = textOf(node) || (labels[SERVICE_STATUS_LABELS.node] ?? '');
  if (name === '' || namespace === '' || owner === '') return null;
  return {
    name: nameOf(raw),
    service: serviceKey(namespace, name),
    node: owner,
    interfaces: textOf(node) === '' ? null : listOf(interfaces).map((one) => textOf(fieldsOf(one)['name'])),
    handOverTo: annotationsOf(raw)[HAND_OVER_ANNOTATION] || null,
    pod: ownerPod(raw),
    ...versionOf(raw),
  };
}

/** MetalLB's records are owned by the Pods of its speakers; those of Berth by a DaemonSet. */
function ownerPod(raw: Raw): string | null {
  const owner = listOf(metadataOf(raw)['ownerReferences'])
    .map(fieldsOf)
    .find(({ kind }) => kind === 'Pod');
  return textOf(owner?.['name']) || null;
}
