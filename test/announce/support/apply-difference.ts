/** Applies the difference of two states of a cluster to a node's model. */

import { sliceOnNode } from '../../../src/announce/decision/endpoints.ts';
import type { SpeakerService } from '../../../src/announce/decision/speaker-service.ts';
import type { ClusterObjects } from '../../../src/announce/model/full-model.ts';
import type { NodeModel } from '../../../src/announce/model/node-model.ts';
import { fieldsOf } from '../../../src/base/json.ts';
import type { EndpointSlice } from '../../../src/objects/endpoint-slice.ts';
import { namespacedNameOf } from '../../../src/objects/metadata.ts';
import { DEFAULT_SPEAKER } from './cluster.ts';

export const EMPTY_CLUSTER: ClusterObjects = {
  config: {
    ...{ pools: [], advertisements: [], layer2: [], peers: [] },
    ...{ communities: [], bfdProfiles: [], secrets: [] },
  },
  ...{ nodes: [], services: [], endpointSlices: [] },
};

const keyOf = (raw: unknown): string => namespacedNameOf(fieldsOf(raw));
const serviceKeyOf = ({ key }: SpeakerService): string => key;
const sliceKeyOf = ({ namespace, name }: EndpointSlice): string => `${namespace}/${name}`;

function difference<T>(
  before: readonly T[],
  now: readonly T[],
  key: (item: T) => string,
): { readonly removed: readonly T[]; readonly written: readonly T[] } {
  const present = new Set(now.map(key));
  const known = new Set(before);
  return {
    removed: before.filter((item) => !present.has(key(item))),
    written: now.filter((item) => !known.has(item)),
  };
}

/** Applies what differs, as watches would. The store keeps an object as it is until it is written. */
export function applyDifference(
  model: NodeModel,
  before: ClusterObjects,
  now: ClusterObjects,
  node = DEFAULT_SPEAKER.node,
): void {
  const services = difference(before.services, now.services, serviceKeyOf);
  const slices = difference(before.endpointSlices, now.endpointSlices, sliceKeyOf);
  for (const { key } of services.removed) model.removeService(key);
  for (const slice of slices.removed) model.removeSlice(slice);
  for (const service of services.written) model.putService(service);
  for (const slice of slices.written) model.putSlice(sliceOnNode(slice, node));
  model.putNode(now.nodes.find(({ name }) => name === node) ?? null);
  const kinds = Object.keys(now.config) as Kind[];
  const isSame = (kind: Kind): boolean => {
    const { removed, written } = difference(before.config[kind], now.config[kind], keyOf);
    return removed.length + written.length === 0;
  };
  if (before === EMPTY_CLUSTER || !kinds.every(isSame)) model.putConfig(now.config);
}

type Kind = Exclude<keyof ClusterObjects['config'], 'foreignSessions' | 'origin' | 'resolvedPools'>;
