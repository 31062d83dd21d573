/**
 * Keeps `metadata.managedFields`: which manager owns which fields. After an update a manager owns the fields that it
 * changed, and their previous owners lose them. After server-side apply it owns what it applied.
 */

import { difference, type FieldSet, isEmpty, NO_FIELDS, union } from '../fields/field-set.ts';
import { compareFields } from '../fields/fields-of.ts';
import { isObject, type Json, type JsonObject, metaOf, objectAt, textAt, withMeta } from '../object/value.ts';
import type { Schema } from '../schema/schema.ts';

export type FieldManager = {
  readonly manager: string;
  readonly operation: 'Update' | 'Apply';
  readonly subresource: '' | 'status';
  readonly apiVersion: string;
  readonly time: string;
};

/** Metadata that nobody owns. */
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

/** The part of an object whose fields have owners. */
export function trackedPart(object: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata: _meta, ...rest } = object;
  const meta = Object.fromEntries(
    Object.entries(metaOf(object)).filter(([key]) => !UNTRACKED_METADATA.has(key)),
  );
  return Object.keys(meta).length === 0 ? rest : { ...rest, metadata: meta };
}

/** The entries of an object. */
export function managedFieldsOf(object: JsonObject): readonly JsonObject[] {
  const entries = metaOf(object)['managedFields'];
  return Array.isArray(entries) ? (entries as readonly Json[]).filter(isObject) : [];
}

export const fieldsOfEntry = (entry: JsonObject): FieldSet => objectAt(entry, 'fieldsV1') as FieldSet;

/** Whether the entry is of this manager. One that applies has one entry for all versions. */
export const isEntryOf = (entry: JsonObject, fieldManager: FieldManager): boolean =>
  textAt(entry, 'manager') === fieldManager.manager &&
  textAt(entry, 'subresource') === fieldManager.subresource &&
  textAt(entry, 'operation') === fieldManager.operation &&
  (fieldManager.operation === 'Apply' || textAt(entry, 'apiVersion') === fieldManager.apiVersion);

/** The entries that own something, with `fields` in place of theirs. */
export const withoutFields = (entries: readonly JsonObject[], fields: FieldSet): readonly JsonObject[] =>
  entries.flatMap((entry) => {
    const fieldsV1 = difference(fieldsOfEntry(entry), fields);
    return isEmpty(fieldsV1) ? [] : [{ ...entry, fieldsV1 }];
  });

export const entryOf = (
  { manager, operation, subresource, apiVersion, time }: FieldManager,
  fieldsV1: FieldSet,
): JsonObject => ({
  manager,
  operation,
  apiVersion,
  time,
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...(subresource === '' ? {} : { subresource }),
});

/** `object`, stored in place of `before`, with the owners of its fields after an update. */
export function updateManagedFields(
  object: JsonObject,
  before: JsonObject | null,
  schema: Schema,
  fieldManager: FieldManager,
): JsonObject {
  const old = before === null ? {} : trackedPart(before);
  const { changed, removed } = compareFields(old, trackedPart(object), schema);
  const entries = managedFieldsOf(object);
  const own = entries.find((entry) => isEntryOf(entry, fieldManager));
  const others = withoutFields(
    entries.filter((entry) => entry !== own),
    union(changed, removed),
  );
  const ownBefore = own === undefined ? NO_FIELDS : fieldsOfEntry(own);
  const fields = union(difference(ownBefore, removed), changed);
  return withManagedFields(object, isEmpty(fields) ? others : [...others, entryOf(fieldManager, fields)]);
}

/** `object` with these entries, or without the field where there are none. */
export const withManagedFields = (object: JsonObject, entries: readonly JsonObject[]): JsonObject =>
  withMeta(object, { managedFields: entries.length === 0 ? undefined : entries });
