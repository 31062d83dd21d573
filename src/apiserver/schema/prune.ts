/**
 * Prunes fields that the schema does not specify, as kube-apiserver does when it decodes an object. Pruned fields are
 * returned (`fieldValidation=Strict` refuses them, `Warn` reports them). For built-in kinds it also finds values that Go
 * could not decode.
 */

import { setOwnValue } from '../../base/own-value.ts';
import { isList, isObject, type Json, type JsonObject } from '../object/value.ts';
import { childOf, joinPath, preservesUnknownFields, type Schema } from './schema.ts';

export type PruneResult = { readonly value: JsonObject; readonly unknown: readonly string[] };

/** `value` without the fields that `schema` does not specify. Values of the wrong type are left to validation. */
export function prune(value: JsonObject, schema: Schema): PruneResult {
  const unknown: string[] = [];
  const pruned = pruneValue(value, schema, '', unknown);
  return { value: isObject(pruned) ? pruned : value, unknown };
}

function pruneValue(value: Json, schema: Schema, at: string, unknown: string[]): Json {
  if (isList(value)) {
    const items = schema.items;
    if (items === undefined) return value;
    return mapShared(value, (item, i) => pruneValue(item, items, `${at}[${i}]`, unknown));
  }
  if (!isObject(value)) return value;
  const open = preservesUnknownFields(schema);
  let copy: Record<string, Json> | null = null;
  for (const key of Object.keys(value)) {
    const before = value[key] ?? null;
    const child = childOf(schema, key);
    if (child === undefined) {
      if (open || schema.type === 'array') continue;
      unknown.push(joinPath(at, key));
      copy ??= { ...value };
      delete copy[key];
      continue;
    }
    const after = pruneValue(before, child, joinPath(at, key), unknown);
    if (after === before) continue;
    copy ??= { ...value };
    setOwnValue(copy, key, after);
  }
  return copy ?? value;
}

function mapShared(items: readonly Json[], map: (item: Json, i: number) => Json): readonly Json[] {
  let changed = false;
  const next = items.map((item, i) => {
    const after = map(item, i);
    changed ||= after !== item;
    return after;
  });
  return changed ? next : items;
}

/** Omits nulls of a built-in object: Go decodes them to the zero value, which it does not encode. */
export function dropNulls(value: JsonObject): JsonObject {
  let copy: Record<string, Json> | null = null;
  for (const key of Object.keys(value)) {
    const before = value[key] ?? null;
    if (before === null) {
      copy ??= { ...value };
      delete copy[key];
      continue;
    }
    const after = isObject(before)
      ? dropNulls(before)
      : isList(before)
        ? mapShared(before, (item) => (isObject(item) ? dropNulls(item) : item))
        : before;
    if (after === before) continue;
    copy ??= { ...value };
    setOwnValue(copy, key, after);
  }
  return copy ?? value;
}

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

/** Go's error for the first value that it could not decode into a built-in kind; null where there is none. */
export function findDecodeError(value: Json, schema: Schema, at: string, kind: string): string | null {
  if (value === null) return null;
  if (schema['x-kubernetes-int-or-string'] === true) {
    return typeof value === 'string' || typeof value === 'number'
      ? null
      : mismatch({ kind, at }, goTypeName(value), 'intstr.IntOrString');
  }
  switch (schema.type) {
    case 'string':
      if (typeof value !== 'string') return mismatch({ kind, at }, goTypeName(value), 'string');
      if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) {
        return `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`;
      }
      return null;
    case 'boolean':
      return typeof value === 'boolean' ? null : mismatch({ kind, at }, goTypeName(value), 'bool');
    case 'integer': {
      const want = schema.format ?? 'int64';
      if (typeof value !== 'number') return mismatch({ kind, at }, goTypeName(value), want);
      if (!Number.isInteger(value)) return mismatch({ kind, at }, `number ${value}`, want);
      const fits = want !== 'int32' || (value >= INT32_MIN && value <= INT32_MAX);
      return fits ? null : mismatch({ kind, at }, `number ${value}`, want);
    }
    case 'array': {
      if (!isList(value)) return mismatch({ kind, at }, goTypeName(value), 'slice');
      return schema.items === undefined ? null : firstDecodeError(value, schema.items, at, kind);
    }
    case 'object': {
      if (!isObject(value)) return mismatch({ kind, at }, goTypeName(value), 'struct');
      for (const [key, inner] of Object.entries(value)) {
        const child = childOf(schema, key);
        const problem = child === undefined ? null : findDecodeError(inner, child, joinPath(at, key), kind);
        if (problem !== null) return problem;
      }
      return null;
    }
    default:
      return null;
  }
}

const mismatch = (where: { readonly kind: string; readonly at: string }, got: string, want: string): string =>
  `json: cannot unmarshal ${got} into Go struct field ${where.kind}.${where.at} of type ${want}`;

function firstDecodeError(items: readonly Json[], schema: Schema, at: string, kind: string): string | null {
  for (const item of items) {
    const problem = findDecodeError(item, schema, at, kind);
    if (problem !== null) return problem;
  }
  return null;
}

const goTypeName = (value: Json): string =>
  isList(value) ? 'array' : isObject(value) ? 'object' : typeof value === 'boolean' ? 'bool' : typeof value;
