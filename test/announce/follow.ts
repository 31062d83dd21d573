/** Hands a picture of a cluster what is different in it. */

import type { ClusterObjects } from '../../src/announce/answer.ts';
import type { NodePicture } from '../../src/announce/picture.ts';
import { fieldsOf, textOf } from '../../src/cluster/fields.ts';
import { PLAIN } from './cluster.ts';

export const NOTHING: ClusterObjects = {
  config: {
    ...{ pools: [], advertisements: [], layer2: [], peers: [] },
    ...{ communities: [], bfdProfiles: [], secrets: [] },
  },
  ...{ nodes: [], services: [], slices: [] },
};

const placeOf = (raw: unknown): { readonly namespace: string; readonly name: string } => {
  const { namespace, name } = fieldsOf(fieldsOf(raw)['metadata']);
  return { namespace: textOf(namespace), name: textOf(name) };
};

const keyOf = (raw: unknown): string => `${placeOf(raw).namespace}/${placeOf(raw).name}`;

/** Hands on what is different, as watches would. The store keeps an object as it is until it is written. */
export function follow(picture: NodePicture, before: ClusterObjects, now: ClusterObjects): void {
  const gone = (was: readonly unknown[], is: readonly unknown[]): readonly unknown[] => {
    const there = new Set(is.map(keyOf));
    return was.filter((raw) => !there.has(keyOf(raw)));
  };
  const put = (was: readonly unknown[], is: readonly unknown[]): readonly unknown[] => {
    const known = new Set(was);
    return is.filter((raw) => !known.has(raw));
  };
  for (const raw of gone(before.services, now.services)) picture.removeService(keyOf(raw));
  for (const raw of gone(before.slices, now.slices))
    picture.removeSlice(placeOf(raw).namespace, placeOf(raw).name);
  for (const raw of put(before.services, now.services)) picture.putService(raw);
  for (const raw of put(before.slices, now.slices)) picture.putSlice(raw);
  const own = now.nodes.find((raw) => placeOf(raw).name === PLAIN.node);
  picture.putNode(own ?? null);
  const kinds = Object.keys(now.config) as Kind[];
  const isSame = (kind: Kind): boolean =>
    put(before.config[kind], now.config[kind]).length + gone(before.config[kind], now.config[kind]).length ===
    0;
  if (before === NOTHING || !kinds.every(isSame)) picture.putConfig(now.config);
}

type Kind = Exclude<keyof ClusterObjects['config'], 'taken'>;
