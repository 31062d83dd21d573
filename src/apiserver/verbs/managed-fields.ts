/**
 * Updates `metadata.managedFields` after an update (not server-side apply). A manager owns the fields that its write
 * changed; their previous owner loses them.
 */

import {
  deepEqual,
  isList,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  metaOf,
  textAt,
  withMeta,
} from '../object/value.ts';
import { childOf, type Schema } from '../schema/schema.ts';

export type FieldManager = {
  readonly manager: string;
  readonly subresource: '' | 'status';
  readonly apiVersion: string;
  readonly time: string;
};

/** A set of fields in the form of `fieldsV1`: `{ "f:status": { "f:conditions": { "k:{\"type\":\"A\"}": {…} } } }`. */
type FieldSet = { readonly [step: string]: FieldSet };

/** Metadata that is not tracked. */
const UNTRACKED_METADATA = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
  'generateName',
]);

export function updateManagedFields(
  object: JsonObject,
  before: JsonObject | null,
  schema: Schema,
  fieldManager: FieldManager,
): JsonObject {
  const changed = changedFields(object, before, schema);
  const entries = listAt(metaOf(object), 'managedFields').filter(isObject);
  const own = entries.find((entry) => isEntryOf(entry, fieldManager));
  const others = entries
    .filter((entry) => entry !== own)
    .map((entry) => ({ ...entry, fieldsV1: difference(entry['fieldsV1'] as FieldSet, changed) }))
    .filter((entry) => Object.keys(entry.fieldsV1).length > 0);
  const fieldsV1 = intersect(union((own?.['fieldsV1'] ?? {}) as FieldSet, changed), object, schema);
  if (Object.keys(fieldsV1).length === 0) return withMeta(object, { managedFields: others });
  const entry: JsonObject = {
    manager: fieldManager.manager,
    operation: 'Update',
    apiVersion: fieldManager.apiVersion,
    time: fieldManager.time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(fieldManager.subresource === '' ? {} : { subresource: fieldManager.subresource }),
  };
  return withMeta(object, { managedFields: [...others, entry] });
}

const isEntryOf = (entry: JsonObject, fieldManager: FieldManager): boolean =>
  textAt(entry, 'manager') === fieldManager.manager &&
  textAt(entry, 'subresource') === fieldManager.subresource &&
  textAt(entry, 'apiVersion') === fieldManager.apiVersion &&
  textAt(entry, 'operation') === 'Update';

function changedFields(object: JsonObject, before: JsonObject | null, schema: Schema): FieldSet {
  const trim = (whole: JsonObject): JsonObject => {
    const { apiVersion: _version, kind: _kind, metadata: _meta, ...rest } = whole;
    const meta = Object.fromEntries(
      Object.entries(metaOf(whole)).filter(([key]) => !UNTRACKED_METADATA.has(key)),
    );
    return Object.keys(meta).length === 0 ? rest : { ...rest, metadata: meta };
  };
  return changedFieldSet(trim(object), before === null ? {} : trim(before), schema);
}

/** Fields of `after` that differ from `before`, and fields that were removed. */
function changedFieldSet(after: JsonObject, before: JsonObject, schema: Schema | undefined): FieldSet {
  const found: Record<string, FieldSet> = {};
  for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
    const a = after[key];
    const b = before[key];
    if (a === b || deepEqual(a, b)) continue;
    const child = childOf(schema, key);
    if (isObject(a) && child?.['x-kubernetes-map-type'] !== 'atomic') {
      const inner = changedFieldSet(a, isObject(b) ? b : {}, child);
      found[`f:${key}`] = b === undefined ? { '.': {}, ...inner } : inner;
    } else if (isList(a) && isKeyed(child)) {
      found[`f:${key}`] = {
        ...(b === undefined ? { '.': {} } : {}),
        ...changedListItems(a, isList(b) ? b : [], child),
      };
    } else {
      found[`f:${key}`] = {};
    }
  }
  return found;
}

const isKeyed = (schema: Schema | undefined): schema is Schema =>
  schema?.['x-kubernetes-list-type'] === 'map' || schema?.['x-kubernetes-list-type'] === 'set';

function changedListItems(after: readonly Json[], before: readonly Json[], schema: Schema): FieldSet {
  const found: Record<string, FieldSet> = {};
  const old = new Map(before.map((item) => [pathElement(item, schema), item]));
  for (const item of after) {
    const step = pathElement(item, schema);
    const previousItem = old.get(step);
    if (deepEqual(item, previousItem)) continue;
    const inner = isObject(item)
      ? changedFieldSet(item, isObject(previousItem) ? previousItem : {}, schema.items)
      : {};
    found[step] = previousItem === undefined && isObject(item) ? { '.': {}, ...inner } : inner;
  }
  return found;
}

function pathElement(item: Json, schema: Schema): string {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (keys === undefined || !isObject(item)) return `v:${JSON.stringify(item)}`;
  return `k:${JSON.stringify(Object.fromEntries([...keys].sort().map((key) => [key, item[key] ?? null])))}`;
}

const union = (a: FieldSet, b: FieldSet): FieldSet => {
  const next: Record<string, FieldSet> = { ...a };
  for (const step of Object.keys(b)) next[step] = union(a[step] ?? {}, b[step] ?? {});
  return next;
};

/** `a` without the leaves of `b`; a branch without leaves is removed too. */
function difference(a: FieldSet, b: FieldSet): FieldSet {
  const next: Record<string, FieldSet> = {};
  for (const step of Object.keys(a)) {
    const own = a[step] ?? {};
    const removed = b[step];
    if (removed === undefined) next[step] = own;
    else if (Object.keys(own).length > 0) {
      const rest = difference(own, removed);
      if (Object.keys(rest).length > 0) next[step] = rest;
    }
  }
  return next;
}

/** The fields of `fields` that `value` still has. */
function intersect(fields: FieldSet, value: Json | undefined, schema: Schema | undefined): FieldSet {
  const next: Record<string, FieldSet> = {};
  for (const step of Object.keys(fields)) {
    const inner = fields[step] ?? {};
    if (step === '.') {
      next[step] = inner;
      continue;
    }
    const key = step.startsWith('f:') ? step.slice(2) : null;
    const child = key === null ? schema?.items : childOf(schema, key);
    const at =
      key !== null
        ? isObject(value) && Object.hasOwn(value, key)
          ? value[key]
          : undefined
        : isList(value) && schema !== undefined
          ? value.find((item) => pathElement(item, schema) === step)
          : undefined;
    if (at === undefined) continue;
    next[step] = Object.keys(inner).length === 0 ? inner : intersect(inner, at, child);
  }
  return next;
}
