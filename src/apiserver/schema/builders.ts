/** Functions for writing the schemas of built-in kinds. */

import type { Json } from '../object/value.ts';
import type { Schema } from './schema.ts';

export const text: Schema = { type: 'string' };
export const time: Schema = { type: 'string', format: 'date-time' };
export const bool: Schema = { type: 'boolean' };
export const int32: Schema = { type: 'integer', format: 'int32' };
export const int64: Schema = { type: 'integer', format: 'int64' };
export const intOrString: Schema = { 'x-kubernetes-int-or-string': true };
/** Any object; its fields are preserved. */
export const anyObject: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

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

export const withDefault = (schema: Schema, value: Json): Schema => ({ ...schema, default: value });

const selectorItem = objectOf({ key: text, operator: text, values: atomicList(text) }, ['key', 'operator']);

export const labelSelector: Schema = objectOf({
  matchLabels: mapSchema(text),
  matchExpressions: atomicList(selectorItem),
});

export const conditionSchema: Schema = objectOf(
  {
    type: text,
    status: text,
    reason: text,
    message: text,
    lastTransitionTime: time,
    observedGeneration: int64,
  },
  ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
);

const ownerReference = objectOf(
  { apiVersion: text, kind: text, name: text, uid: text, controller: bool, blockOwnerDeletion: bool },
  ['apiVersion', 'kind', 'name', 'uid'],
);

const managedFieldsEntry = objectOf({
  manager: text,
  operation: text,
  apiVersion: text,
  time,
  fieldsType: text,
  fieldsV1: anyObject,
  subresource: text,
});

/** `metav1.ObjectMeta`. */
export const objectMeta: Schema = objectOf({
  name: text,
  generateName: text,
  namespace: text,
  selfLink: text,
  uid: text,
  resourceVersion: text,
  generation: int64,
  creationTimestamp: { ...time, nullable: true },
  deletionTimestamp: time,
  deletionGracePeriodSeconds: int64,
  labels: mapSchema(text),
  annotations: mapSchema(text),
  ownerReferences: mapList('uid', ownerReference),
  finalizers: setList(text),
  managedFields: atomicList(managedFieldsEntry),
});

export const objectReference: Schema = objectOf({
  kind: text,
  namespace: text,
  name: text,
  uid: text,
  apiVersion: text,
  resourceVersion: text,
  fieldPath: text,
});

/** The schema of a kind: `properties` beside apiVersion, kind and metadata. */
export const kubeObject = (properties: Readonly<Record<string, Schema>>): Schema =>
  objectOf({ apiVersion: text, kind: text, metadata: objectMeta, ...properties });
