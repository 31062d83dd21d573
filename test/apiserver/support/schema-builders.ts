/** Functions for writing the schemas of tests. */

import type { Schema } from '../../../src/apiserver/schema/schema.ts';

export const text: Schema = { type: 'string' };

export const objectOf = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});

export const mapSchema = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

/** A list that a patch replaces as a whole. */
export const atomicList = (items: Schema): Schema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'atomic',
});

/** A list of plain values that a strategic merge treats as a set. */
export const setList = (items: Schema): Schema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'set',
  'x-kubernetes-patch-strategy': 'merge',
});

/** A list that a strategic merge merges by `mergeKey`; `keys` identify an entry, where they differ from it. */
export const mapList = (mergeKey: string, items: Schema, keys: readonly string[] = [mergeKey]): Schema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
  'x-kubernetes-patch-merge-key': mergeKey,
  'x-kubernetes-patch-strategy': 'merge',
});
