/** Who an object is, whatever else is wrong with it. */

import type { Millis } from '../base/clock.ts';
import { isObject } from '../base/json.ts';
import { compareText } from '../base/text.ts';
import type { Labels } from './selector.ts';

export type ObjectIdentity = {
  readonly name: string;
  /** '' where none is given. */
  readonly namespace: string;
  readonly uid: string;
  /** Wall time, from `creationTimestamp`; `Infinity` for an object that no API server has made yet. */
  readonly createdAt: Millis;
  readonly labels: Labels;
};

export function identityOf(raw: unknown): ObjectIdentity {
  const metadata = isObject(raw) && isObject(raw['metadata']) ? raw['metadata'] : {};
  const { name, namespace, uid, creationTimestamp, labels } = metadata;
  const createdAt = typeof creationTimestamp === 'string' ? Date.parse(creationTimestamp) : Number.NaN;
  return {
    name: typeof name === 'string' ? name : '',
    namespace: typeof namespace === 'string' ? namespace : '',
    uid: typeof uid === 'string' ? uid : '',
    createdAt: Number.isNaN(createdAt) ? Number.POSITIVE_INFINITY : createdAt,
    labels: textMap(labels),
  };
}

/** The older first: by creation, then by name, and by uid so that the order is total. */
export function compareAge(a: ObjectIdentity, b: ObjectIdentity): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return compareText(a.name, b.name) || compareText(a.uid, b.uid);
}

function textMap(value: unknown): Labels {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
