/**
 * Strategic merge patch: a merge patch in which the schema says which lists merge by a key, and which as sets.
 * Directives: `$patch: delete|replace|merge`, `$deleteFromPrimitiveList/<field>`, `$setElementOrder/<field>`,
 * `$retainKeys` (docs: kubernetes/community, contributors/devel/sig-api-machinery/strategic-merge-patch.md).
 */

import { ownValue, setOwnValue } from '../../base/own-value.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { deepEqual, isList, isObject, type Json, type JsonObject } from '../object/value.ts';
import { childOf, type Schema } from '../schema/schema.ts';

const DELETE_PREFIX = '$deleteFromPrimitiveList/';
const ORDER_PREFIX = '$setElementOrder/';

/** The merged document; the error is a sentence that says why the patch is invalid. */
export function strategicMerge(
  target: JsonObject,
  patch: JsonObject,
  schema: Schema,
): Result<JsonObject, string> {
  try {
    return ok(mergeObject(target, patch, schema));
  } catch (cause) {
    if (cause instanceof InvalidPatch) return err(cause.message);
    throw cause;
  }
}

/** Ends the recursion with a message; caught in this file. */
class InvalidPatch extends Error {}

function mergeObject(target: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject {
  const directive = patch['$patch'];
  if (directive !== undefined) {
    if (directive === 'replace') return withoutDirectives(withoutKey(patch, '$patch'));
    if (directive === 'delete') return {};
    if (directive !== 'merge') throw new InvalidPatch(`Unknown patch type found: ${String(directive)}`);
  }
  const next: Record<string, Json> = { ...target };
  retainKeys(next, patch['$retainKeys']);
  for (const key of Object.keys(patch)) {
    if (key.startsWith('$')) continue;
    const change = patch[key] ?? null;
    const child = childOf(schema, key);
    if (change === null) {
      delete next[key];
      continue;
    }
    const before = ownValue(target, key);
    if (isObject(change)) {
      if (change['$patch'] === 'delete') delete next[key];
      else
        setOwnValue(
          next,
          key,
          isObject(before) ? mergeObject(before, change, child) : withoutDirectives(change),
        );
    } else if (isList(change)) {
      setOwnValue(next, key, mergeList(isList(before) ? before : [], change, child));
    } else {
      setOwnValue(next, key, change);
    }
  }
  for (const key of Object.keys(patch)) {
    if (key.startsWith(DELETE_PREFIX)) deletePrimitives(next, key.slice(DELETE_PREFIX.length), patch[key]);
  }
  for (const key of Object.keys(patch)) {
    if (key.startsWith(ORDER_PREFIX)) reorder(next, key.slice(ORDER_PREFIX.length), patch[key], schema);
  }
  return next;
}

function mergeList(
  before: readonly Json[],
  change: readonly Json[],
  schema: Schema | undefined,
): readonly Json[] {
  if (schema?.['x-kubernetes-patch-strategy']?.includes('merge') !== true)
    return change.map(withoutDirectivesIn);
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  if (mergeKey === undefined) return uniteSets(before, change);
  if (change.some((item) => isObject(item) && item['$patch'] === 'replace')) {
    return change
      .filter((item) => !(isObject(item) && item['$patch'] === 'replace'))
      .map(withoutDirectivesIn);
  }
  let next = [...before];
  for (const item of change) {
    if (!isObject(item)) throw new InvalidPatch('expected a list of objects to merge by key');
    const id = item[mergeKey];
    if (id === undefined)
      throw new InvalidPatch(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    const same = (other: Json): boolean => isObject(other) && deepEqual(other[mergeKey], id);
    if (item['$patch'] === 'delete') {
      next = next.filter((other) => !same(other));
      continue;
    }
    const index = next.findIndex(same);
    const existing = next[index];
    if (index < 0 || !isObject(existing)) next.push(withoutDirectives(item));
    else next[index] = mergeObject(existing, item, schema.items);
  }
  return next;
}

/** The union of two sets of plain values: new ones are appended. */
function uniteSets(before: readonly Json[], change: readonly Json[]): readonly Json[] {
  const next = [...before];
  for (const item of change) if (!next.some((other) => deepEqual(other, item))) next.push(item);
  return next;
}

function retainKeys(next: Record<string, Json>, keys: Json | undefined): void {
  if (!isList(keys)) return;
  for (const key of Object.keys(next)) if (!keys.includes(key)) delete next[key];
}

function deletePrimitives(next: Record<string, Json>, field: string, values: Json | undefined): void {
  const existing = next[field];
  if (!isList(existing) || !isList(values)) return;
  next[field] = existing.filter((item) => !values.some((other) => deepEqual(other, item)));
}

/** Sorts entries by `order`; entries that it does not name keep their order after the named ones. */
function reorder(
  next: Record<string, Json>,
  field: string,
  order: Json | undefined,
  schema: Schema | undefined,
): void {
  const existing = next[field];
  if (!isList(existing) || !isList(order)) return;
  const mergeKey = childOf(schema, field)?.['x-kubernetes-patch-merge-key'];
  const idOf = (item: Json): Json | undefined =>
    mergeKey !== undefined && isObject(item) ? item[mergeKey] : item;
  const rank = (item: Json): number => {
    const index = order.findIndex((named) => deepEqual(idOf(named), idOf(item)));
    return index < 0 ? order.length : index;
  };
  next[field] = [...existing].sort((a, b) => rank(a) - rank(b));
}

function withoutKey(object: JsonObject, key: string): JsonObject {
  const { [key]: _removed, ...rest } = object;
  return rest;
}

/** An object that a patch adds: without directives and nulls. */
function withoutDirectives(value: JsonObject): JsonObject {
  const next: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const inner = value[key] ?? null;
    if (key.startsWith('$') || inner === null) continue;
    if (isObject(inner) && inner['$patch'] === 'delete') continue;
    setOwnValue(next, key, withoutDirectivesIn(inner));
  }
  return next;
}

function withoutDirectivesIn(value: Json): Json {
  if (isObject(value)) return withoutDirectives(value);
  if (!isList(value)) return value;
  return value.filter((item) => !(isObject(item) && item['$patch'] === 'delete')).map(withoutDirectivesIn);
}
