/** Hands a picture of a cluster what is different in it. */

import type { ClusterObjects } from '../../../src/announce/model/full-model.ts';
import type { NodeModel } from '../../../src/announce/model/node-model.ts';
import { fieldsOf, textOf } from '../../../src/base/json.ts';
import { DEFAULT_SPEAKER } from './cluster.ts';

export const EMPTY_CLUSTER: ClusterObjects = {
  config: {
    ...{ pools: [], advertisements: [], layer2: [], peers: [] },
    ...{ communities: [], bfdProfiles: [], secrets: [] },
  },
  ...{ nodes: [], services: [], endpointSlices: [] },
};

const metadataOf = (raw: unknown): { readonly namespace: string; readonly name: string } => {
  const { namespace, name } = fieldsOf(fieldsOf(raw)['metadata']);
  return { namespace: textOf(namespace), name: textOf(name) };
};

const keyOf = (raw: unknown): string => `${metadataOf(raw).namespace}/${metadataOf(raw).name}`;

/** Hands on what is different, as watches would. The store keeps an object as it is until it is written. */
export function applyDifference(model: NodeModel, before: ClusterObjects, now: ClusterObjects): void {
  const removed = (was: readonly unknown[], is: readonly unknown[]): readonly unknown[] => {
    const there = new Set(is.map(keyOf));
    return was.filter((raw) => !there.has(keyOf(raw)));
  };
  const written = (was: readonly unknown[], is: readonly unknown[]): readonly unknown[] => {
    const known = new Set(was);
    return is.filter((raw) => !known.has(raw));
  };
  for (const raw of removed(before.services, now.services)) model.removeService(keyOf(raw));
  for (const raw of removed(before.endpointSlices, now.endpointSlices))
    model.removeSlice(metadataOf(raw).namespace, metadataOf(raw).name);
  for (const raw of written(before.services, now.services)) model.putService(raw);
  for (const raw of written(before.endpointSlices, now.endpointSlices)) model.putSlice(raw);
  const own = now.nodes.find((raw) => metadataOf(raw).name === DEFAULT_SPEAKER.node);
  model.putNode(own ?? null);
  const kinds = Object.keys(now.config) as Kind[];
  const isSame = (kind: Kind): boolean =>
    written(before.config[kind], now.config[kind]).length +
      removed(before.config[kind], now.config[kind]).length ===
    0;
  if (before === EMPTY_CLUSTER || !kinds.every(isSame)) model.putConfig(now.config);
}

type Kind = Exclude<keyof ClusterObjects['config'], 'foreignSessions'>;
