/**
 * JSON as immutable values. An edit copies along its path and shares the rest, so that a stored object, a watch event
 * and a page of a list may share parts.
 */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export type JsonObject = { readonly [key: string]: Json };

/** Narrows to `JsonObject`, which `isObject` of `base/json.ts` does not. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** The object under `key`, or an empty one. */
export function objectAt(value: Json | undefined, key: string): JsonObject {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** The list under `key`, or an empty one. */
export function listAt(value: Json | undefined, key: string): readonly Json[] {
  const inner = isObject(value) ? value[key] : undefined;
  return isList(inner) ? inner : [];
}

/** The text under `key`, or ''. */
export function textAt(value: Json | undefined, key: string): string {
  const inner = isObject(value) ? value[key] : undefined;
  return typeof inner === 'string' ? inner : '';
}

/** The value at the end of `path`, or undefined. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

/** `object` with `key` set; `undefined` removes it. */
export function withKey(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...object, [key]: value };
  if (!Object.hasOwn(object, key)) return object;
  const { [key]: _removed, ...rest } = object;
  return rest;
}

/** `object` with the value at the end of `path` set, or removed if undefined; creates missing objects on the way. */
export function withPath(object: JsonObject, path: readonly string[], value: Json | undefined): JsonObject {
  const [head, ...rest] = path;
  if (head === undefined) return isObject(value) ? value : object;
  if (rest.length === 0) return withKey(object, head, value);
  if (value === undefined && !isObject(object[head])) return object;
  return withKey(object, head, withPath(objectAt(object, head), rest, value));
}

/** Deep equality; the order of keys does not matter. */
export function deepEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]));
}

export const metaOf = (object: JsonObject): JsonObject => objectAt(object, 'metadata');
export const uidOf = (object: JsonObject): string => textAt(metaOf(object), 'uid');
export const resourceVersionOf = (object: JsonObject): string => textAt(metaOf(object), 'resourceVersion');

export const withMeta = (
  object: JsonObject,
  changes: Readonly<Record<string, Json | undefined>>,
): JsonObject => {
  let meta = metaOf(object);
  for (const [key, value] of Object.entries(changes)) meta = withKey(meta, key, value);
  return { ...object, metadata: meta };
};
