/**
 * Sets of fields of an object, as `fieldsV1` of `metadata.managedFields` writes them, and their algebra
 * (structured-merge-diff, fieldpath). `{ "f:data": { "f:x": {} } }` has the field `.data.x`; with `".": {}` beside `f:x`
 * it has `.data` too.
 */

import { isList, isObject, type Json, type JsonObject } from '../object/value.ts';
import type { Schema } from '../schema/schema.ts';

/** One step is `f:<field>`, `k:<keys as JSON>` or `v:<value as JSON>`; `.` is the element itself. */
export type FieldSet = { readonly [step: string]: FieldSet };

export const NO_FIELDS: FieldSet = {};
/** The set that has the element itself, and nothing within. */
const SELF: FieldSet = { '.': NO_FIELDS };

/** The set of an element in full form, where a leaf is `{ ".": {} }`. */
const expand = (set: FieldSet): FieldSet => (Object.keys(set).length === 0 ? SELF : set);
const isSelfOnly = (set: FieldSet): boolean => Object.keys(set).length === 1 && Object.hasOwn(set, '.');

/** Combines two sets step by step. An element that is left without fields is left out. */
function combine(a: FieldSet, b: FieldSet, keeps: (inA: boolean, inB: boolean) => boolean): FieldSet {
  const next: Record<string, FieldSet> = {};
  for (const step of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [inA, inB] = [Object.hasOwn(a, step), Object.hasOwn(b, step)];
    if (step === '.') {
      if (keeps(inA, inB)) next[step] = NO_FIELDS;
      continue;
    }
    const inner = combine(
      inA ? expand(a[step] ?? NO_FIELDS) : NO_FIELDS,
      inB ? expand(b[step] ?? NO_FIELDS) : NO_FIELDS,
      keeps,
    );
    if (!isEmpty(inner)) next[step] = isSelfOnly(inner) ? NO_FIELDS : inner;
  }
  return next;
}

export const isEmpty = (set: FieldSet): boolean => Object.keys(set).length === 0;
export const union = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA || inB);
export const difference = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA && !inB);
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA && inB);

/** The set of a child, in full form; empty where `set` has no such step. */
export const within = (set: FieldSet, step: string): FieldSet =>
  Object.hasOwn(set, step) ? expand(set[step] ?? NO_FIELDS) : NO_FIELDS;

/** Writes the set of a child under its step, where it is not empty. */
export function setWithin(set: Record<string, FieldSet>, step: string, inner: FieldSet): void {
  if (!isEmpty(inner)) set[step] = isSelfOnly(inner) ? NO_FIELDS : inner;
}

/** The set of one element itself. */
export const itself = (): FieldSet => SELF;

/** Whether the items of such a list are told apart by keys or by value. */
export const isAssociative = (schema: Schema | undefined): schema is Schema =>
  schema?.['x-kubernetes-list-type'] === 'map' || schema?.['x-kubernetes-list-type'] === 'set';

/** Whether such a value is owned as a whole. Lists without a type are, and so are values without a schema. */
export const isAtomic = (value: Json | undefined, schema: Schema | undefined): boolean =>
  isList(value) ? !isAssociative(schema) : schema?.['x-kubernetes-map-type'] === 'atomic';

/** The step to an item of an associative list. A key that it omits has the default of the schema, if any. */
export function itemStep(item: Json, schema: Schema): string {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (keys === undefined || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const values = [...keys].sort().flatMap((key): readonly (readonly [string, Json])[] => {
    const value = item[key] ?? schema.items?.properties?.[key]?.default;
    return value === undefined ? [] : [[key, value]];
  });
  return `k:${JSON.stringify(Object.fromEntries(values))}`;
}

/** The paths of a set as kube-apiserver prints them: `.spec.ports[port=80,protocol="TCP"].name`. */
export function pathsOf(set: FieldSet, at = ''): readonly string[] {
  return Object.keys(set).flatMap((step) => {
    if (step === '.') return [at];
    const path = `${at}${stepText(step)}`;
    return pathsOf(within(set, step), path);
  });
}

function stepText(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith('f:')) return `.${rest}`;
  if (step.startsWith('v:')) return `[=${rest}]`;
  const keys = JSON.parse(rest) as JsonObject;
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`;
}
