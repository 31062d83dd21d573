/**
 * Who wrote what: `metadata.managedFields` as plain updates leave it. A writer owns the fields that its write changed;
 * whoever owned them before does so no longer.
 */

import { childOf, type Schema } from './schema/schema.ts';
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  metaOf,
  sameValue,
  textAt,
  withMeta,
} from './value.ts';

export type Author = {
  readonly manager: string;
  readonly subresource: '' | 'status';
  readonly apiVersion: string;
  readonly time: string;
};

/** A set of fields as `fieldsV1` spells it: `{ "f:status": { "f:conditions": { "k:{\"type\":\"A\"}": {…} } } }`. */
type FieldSet = { readonly [step: string]: FieldSet };

/** Metadata that nobody owns. */
const UNOWNED = new Set([
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

export function withAuthor(
  object: JsonObject,
  before: JsonObject | null,
  schema: Schema,
  author: Author,
): JsonObject {
  const changed = rootChanges(object, before, schema);
  const held = listAt(metaOf(object), 'managedFields').filter(isObject);
  const mine = held.find((entry) => isBy(entry, author));
  const others = held
    .filter((entry) => entry !== mine)
    .map((entry) => ({ ...entry, fieldsV1: subtract(entry['fieldsV1'] as FieldSet, changed) }))
    .filter((entry) => Object.keys(entry.fieldsV1).length > 0);
  const fieldsV1 = present(unite((mine?.['fieldsV1'] ?? {}) as FieldSet, changed), object, schema);
  if (Object.keys(fieldsV1).length === 0) return withMeta(object, { managedFields: others });
  const entry: JsonObject = {
    manager: author.manager,
    operation: 'Update',
    apiVersion: author.apiVersion,
    time: author.time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(author.subresource === '' ? {} : { subresource: author.subresource }),
  };
  return withMeta(object, { managedFields: [...others, entry] });
}

const isBy = (entry: JsonObject, author: Author): boolean =>
  textAt(entry, 'manager') === author.manager &&
  textAt(entry, 'subresource') === author.subresource &&
  textAt(entry, 'apiVersion') === author.apiVersion &&
  textAt(entry, 'operation') === 'Update';

function rootChanges(object: JsonObject, before: JsonObject | null, schema: Schema): FieldSet {
  const trim = (whole: JsonObject): JsonObject => {
    const { apiVersion: _version, kind: _kind, metadata: _meta, ...rest } = whole;
    const meta = Object.fromEntries(Object.entries(metaOf(whole)).filter(([key]) => !UNOWNED.has(key)));
    return Object.keys(meta).length === 0 ? rest : { ...rest, metadata: meta };
  };
  return changes(trim(object), before === null ? {} : trim(before), schema);
}

/** Fields of `now` that differ from `was`, and fields that went. */
function changes(now: JsonObject, was: JsonObject, schema: Schema | undefined): FieldSet {
  const found: Record<string, FieldSet> = {};
  for (const key of new Set([...Object.keys(now), ...Object.keys(was)])) {
    const a = now[key];
    const b = was[key];
    if (a === b || sameValue(a, b)) continue;
    const child = childOf(schema, key);
    if (isObject(a) && child?.['x-kubernetes-map-type'] !== 'atomic') {
      const inner = changes(a, isObject(b) ? b : {}, child);
      found[`f:${key}`] = b === undefined ? { '.': {}, ...inner } : inner;
    } else if (isList(a) && isKeyed(child)) {
      found[`f:${key}`] = {
        ...(b === undefined ? { '.': {} } : {}),
        ...entryChanges(a, isList(b) ? b : [], child),
      };
    } else {
      found[`f:${key}`] = {};
    }
  }
  return found;
}

const isKeyed = (schema: Schema | undefined): schema is Schema =>
  schema?.['x-kubernetes-list-type'] === 'map' || schema?.['x-kubernetes-list-type'] === 'set';

function entryChanges(now: readonly Json[], was: readonly Json[], schema: Schema): FieldSet {
  const found: Record<string, FieldSet> = {};
  const old = new Map(was.map((item) => [stepOf(item, schema), item]));
  for (const item of now) {
    const step = stepOf(item, schema);
    const before = old.get(step);
    if (sameValue(item, before)) continue;
    const inner = isObject(item) ? changes(item, isObject(before) ? before : {}, schema.items) : {};
    found[step] = before === undefined && isObject(item) ? { '.': {}, ...inner } : inner;
  }
  return found;
}

function stepOf(item: Json, schema: Schema): string {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (keys === undefined || !isObject(item)) return `v:${JSON.stringify(item)}`;
  return `k:${JSON.stringify(Object.fromEntries([...keys].sort().map((key) => [key, item[key] ?? null])))}`;
}

const unite = (a: FieldSet, b: FieldSet): FieldSet => {
  const next: Record<string, FieldSet> = { ...a };
  for (const step of Object.keys(b)) next[step] = unite(a[step] ?? {}, b[step] ?? {});
  return next;
};

/** `a` without the leaves of `b`; a branch that loses its last leaf goes too. */
function subtract(a: FieldSet, b: FieldSet): FieldSet {
  const next: Record<string, FieldSet> = {};
  for (const step of Object.keys(a)) {
    const mine = a[step] ?? {};
    const theirs = b[step];
    if (theirs === undefined) next[step] = mine;
    else if (Object.keys(mine).length > 0) {
      const rest = subtract(mine, theirs);
      if (Object.keys(rest).length > 0) next[step] = rest;
    }
  }
  return next;
}

/** What of `fields` still stands in `value`. */
function present(fields: FieldSet, value: Json | undefined, schema: Schema | undefined): FieldSet {
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
          ? value.find((item) => stepOf(item, schema) === step)
          : undefined;
    if (at === undefined) continue;
    next[step] = Object.keys(inner).length === 0 ? inner : present(inner, at, child);
  }
  return next;
}
