/** Applies the defaults of a schema to missing fields, and to the fields within them. */

import { ownValue, setOwnValue } from '../../base/own-value.ts';
import { isList, isObject, type Json, type JsonObject } from '../object/value.ts';
import type { Schema } from './schema.ts';

/**
 * `value` with the defaults of `schema`; unchanged parts are shared. Null counts as missing for a field that is not
 * nullable.
 */
export function applyDefaults(value: Json, schema: Schema): Json {
  if (isList(value)) {
    const items = schema.items;
    if (items === undefined) return value;
    const next = value.map((item) => applyDefaults(item, items));
    return next.some((item, i) => item !== value[i]) ? next : value;
  }
  if (!isObject(value)) return value;
  return applyObjectDefaults(value, schema);
}

function applyObjectDefaults(value: JsonObject, schema: Schema): JsonObject {
  let copy: Record<string, Json> | null = null;
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    const before = ownValue(value, key);
    const missing = before === undefined || (before === null && child.nullable !== true);
    const start = missing && child.default !== undefined ? child.default : before;
    if (start === undefined) continue;
    const after = applyDefaults(start, child);
    if (after === before) continue;
    copy ??= { ...value };
    setOwnValue(copy, key, after);
  }
  const extra = schema.additionalProperties;
  if (typeof extra === 'object') {
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(schema.properties ?? {}, key)) continue;
      const before = value[key] ?? null;
      const after = applyDefaults(before, extra);
      if (after === before) continue;
      copy ??= { ...value };
      setOwnValue(copy, key, after);
    }
  }
  return copy ?? value;
}
