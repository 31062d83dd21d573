/** Merges an applied configuration into an object, and removes fields from one (structured-merge-diff, typed). */

import { ownValue, setOwnValue } from '../../base/own-value.ts';
import { isList, isObject, type Json, type JsonObject } from '../object/value.ts';
import { childOf, type Schema } from '../schema/schema.ts';
import { type FieldSet, isAssociative, isAtomic, itemStep, within } from './field-set.ts';
import { itemsByStep } from './fields-of.ts';

/** `live` with the values of `applied`; what only `live` has is kept. */
export const structuredMerge = (live: JsonObject, applied: JsonObject, schema: Schema): JsonObject =>
  mergeValue(live, applied, schema) as JsonObject;

function mergeValue(live: Json | undefined, applied: Json, schema: Schema | undefined): Json {
  if (isAtomic(applied, schema)) return applied;
  if (isObject(applied) && isObject(live)) {
    const next: Record<string, Json> = { ...live };
    for (const [key, value] of Object.entries(applied)) {
      const before = ownValue(live, key);
      setOwnValue(next, key, mergeValue(before, value, childOf(schema, key)));
    }
    return next;
  }
  if (isList(applied) && isList(live) && isAssociative(schema)) return mergeItems(live, applied, schema);
  return applied;
}

/** Items in the order of `applied`; those that only `live` has stay before the item that followed them. */
function mergeItems(live: readonly Json[], applied: readonly Json[], schema: Schema): readonly Json[] {
  const old = itemsByStep(live, schema);
  const waiting = applied.map((item) => ({ step: itemStep(item, schema), item }));
  const appliedSteps = new Set(waiting.map(({ step }) => step));
  const done = new Set<string>();
  const next: Json[] = [];
  const takeUntil = (last: string | null): void => {
    while (waiting.length > 0 && (last === null || !done.has(last))) {
      const first = waiting.shift();
      if (first === undefined) return;
      done.add(first.step);
      next.push(mergeValue(old.get(first.step), first.item, schema.items));
    }
  };
  for (const item of live) {
    const step = itemStep(item, schema);
    if (!appliedSteps.has(step)) next.push(item);
    else if (!done.has(step)) takeUntil(step);
  }
  takeUntil(null);
  return next;
}

/** `value` without the fields of `set`; an element that is in the set goes with all that it contains. */
export const removeFields = (value: JsonObject, set: FieldSet, schema: Schema): JsonObject =>
  remove(value, set, schema) as JsonObject;

function remove(value: Json, set: FieldSet, schema: Schema | undefined): Json {
  if (Object.keys(set).length === 0) return value;
  if (isObject(value)) {
    const next: Record<string, Json> = {};
    for (const [key, inner] of Object.entries(value)) {
      const fields = within(set, `f:${key}`);
      if (Object.hasOwn(fields, '.')) continue;
      setOwnValue(next, key, remove(inner, fields, childOf(schema, key)));
    }
    return next;
  }
  if (isList(value) && isAssociative(schema)) {
    return value.flatMap((item) => {
      const fields = within(set, itemStep(item, schema));
      return Object.hasOwn(fields, '.') ? [] : [remove(item, fields, schema.items)];
    });
  }
  return value;
}

/** `set` with each struct on the way to its fields: an owner of `.spec.type` owns `.spec` too. */
export function withStructs(set: FieldSet, schema: Schema | undefined): FieldSet {
  const next: Record<string, FieldSet> = {};
  for (const step of Object.keys(set)) {
    if (step === '.') {
      next[step] = {};
      continue;
    }
    const isField = step.startsWith('f:');
    const key = step.slice(2);
    const child = isField ? childOf(schema, key) : schema?.items;
    const inner = withStructs(within(set, step), child);
    const isNamed = isField && ownValue(schema?.properties ?? {}, key) !== undefined;
    next[step] = isNamed ? { ...inner, '.': {} } : inner;
  }
  return next;
}
