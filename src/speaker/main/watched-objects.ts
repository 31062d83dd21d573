/** Objects that a speaker watches, decoded and reduced on arrival to what it needs of them. */
import { isDeepStrictEqual } from 'node:util';
import { type NodeSlice, sliceOnNode } from '../../announce/decision/endpoints.ts';
import { type SpeakerService, toSpeakerService } from '../../announce/decision/speaker-service.ts';
import type { Raw } from '../../base/json.ts';
import { NO_USABLE_ENDPOINTS, shareUsable, usableEndpoints } from '../../layer2/election/usable-endpoints.ts';
import type { Layer2Slice } from '../../layer2/model/layer2-model.ts';
import { readRequestAnnotation } from '../../objects/annotations.ts';
import { decodeEndpointSlice } from '../../objects/endpoint-slice.ts';
import { type ObjectVersion, versionOf } from '../../objects/metadata.ts';
import { decodeNode, type Node } from '../../objects/node.ts';
import { decodeService } from '../../objects/service.ts';

export type WatchedService = ObjectVersion & {
  readonly service: SpeakerService;
  /** It has the annotation for sharing an address: only layer 2 asks. */
  readonly wantsSharing: boolean;
};

/** Null for an object without a name. */
export function toWatchedService(raw: Raw): WatchedService | null {
  const service = decodeService(raw);
  if (service === null) return null;
  const { uid, resourceVersion } = service;
  const wantsSharing = readRequestAnnotation(service.annotations, 'sharing') !== null;
  return { uid, resourceVersion, service: toSpeakerService(service), wantsSharing };
}

export type WatchedSlice = ObjectVersion & NodeSlice & Pick<Layer2Slice, 'usable'>;

/** As BGP on this node and layer 2 need it: one watch serves both. Nobody asks for `usable` where layer 2 is off. */
export function toWatchedSlice(node: string, isLayer2On: boolean): (raw: Raw) => WatchedSlice | null {
  const share = shareUsable();
  return (raw) => {
    const slice = decodeEndpointSlice(raw);
    if (slice === null) return null;
    const { uid, resourceVersion } = versionOf(raw);
    const { namespace, name, service, endpoints } = sliceOnNode(slice, node);
    const usable = isLayer2On ? share(usableEndpoints(slice)) : NO_USABLE_ENDPOINTS;
    return { uid, resourceVersion, namespace, name, service, endpoints, usable };
  };
}

/** Without what a heartbeat of the kubelet may change, and without what calico-node writes. */
export type OwnNode = Omit<Node, 'isReady' | 'annotations' | 'reportedAddresses'>;

export type WatchedOwnNode = ObjectVersion & { readonly node: OwnNode };

export function toWatchedOwnNode(raw: Raw): WatchedOwnNode | null {
  const { isReady: _, annotations: __, reportedAddresses: ___, ...node } = decodeNode(raw);
  return node.name === '' ? null : { ...versionOf(raw), node };
}

/** Whether an update, such as a heartbeat, changes nothing relevant. */
export const sameOwnNode = (a: WatchedOwnNode, b: WatchedOwnNode): boolean =>
  isDeepStrictEqual(a.node, b.node);
