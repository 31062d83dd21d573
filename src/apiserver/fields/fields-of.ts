/** The fields that a value has, and what differs between two values, as sets (structured-merge-diff, typed). */

import { deepEqual, isList, isObject, type Json, type JsonObject } from '../object/value.ts';
import { childOf, type Schema } from '../schema/schema.ts';
import {
  type FieldSet,
  isAssociative,
  isAtomic,
  itemStep,
  itself,
  NO_FIELDS,
  setWithin,
  union,
} from './field-set.ts';

/** The leaves of `value`, its empty objects, and the items of its associative lists. */
export function fieldsOf(value: Json, schema: Schema | undefined): FieldSet {
  if (isAtomic(value, schema)) return itself();
  const set: Record<string, FieldSet> = {};
  if (isList(value) && isAssociative(schema)) {
    for (const item of value)
      setWithin(set, itemStep(item, schema), union(itself(), fieldsOf(item, schema.items)));
    return set;
  }
  if (!isObject(value)) return itself();
  for (const [key, inner] of Object.entries(value)) {
    const child = childOf(schema, key);
    const fields = fieldsOf(inner, child);
    // An entry of a map counts itself, and so does an object without fields.
    const isCounted =
      schema?.properties?.[key] === undefined || (isObject(inner) && Object.keys(inner).length === 0);
    setWithin(set, `f:${key}`, isCounted ? union(itself(), fields) : fields);
  }
  return set;
}

export type FieldChanges = {
  /** Fields with another value, and new ones. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
};

const NO_CHANGES: FieldChanges = { changed: NO_FIELDS, removed: NO_FIELDS };

/** The fields that differ between two objects. */
export const compareFields = (before: JsonObject, after: JsonObject, schema: Schema): FieldChanges =>
  compare(before, after, schema);

function compare(
  before: Json | undefined,
  after: Json | undefined,
  schema: Schema | undefined,
): FieldChanges {
  if (deepEqual(before, after)) return NO_CHANGES;
  if (after === undefined) return { changed: NO_FIELDS, removed: allOf(before ?? null, schema) };
  if (isAtomic(after, schema)) return { changed: itself(), removed: NO_FIELDS };
  const changed: Record<string, FieldSet> = {};
  const removed: Record<string, FieldSet> = {};
  const add = (step: string, { changed: more, removed: less }: FieldChanges): void => {
    setWithin(changed, step, more);
    setWithin(removed, step, less);
  };
  if (before === undefined) changed['.'] = NO_FIELDS;
  if (isObject(after)) {
    const old = isObject(before) ? before : {};
    for (const key of new Set([...Object.keys(after), ...Object.keys(old)])) {
      const value = Object.hasOwn(old, key) ? old[key] : undefined;
      add(
        `f:${key}`,
        compare(value, Object.hasOwn(after, key) ? after[key] : undefined, childOf(schema, key)),
      );
    }
    return { changed, removed };
  }
  if (isList(after) && isAssociative(schema)) {
    const old = itemsByStep(before, schema);
    const next = itemsByStep(after, schema);
    for (const step of new Set([...next.keys(), ...old.keys()]))
      add(step, compare(old.get(step), next.get(step), schema.items));
    return { changed, removed };
  }
  return { changed: itself(), removed: NO_FIELDS };
}

/** All fields of a value that goes away, itself included. */
const allOf = (value: Json, schema: Schema | undefined): FieldSet => union(itself(), fieldsOf(value, schema));

/** The items of an associative list, by step. */
export function itemsByStep(value: Json | undefined, schema: Schema): ReadonlyMap<string, Json> {
  return new Map((isList(value) ? value : []).map((item) => [itemStep(item, schema), item]));
}
