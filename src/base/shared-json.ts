/**
 * Compares JSON values without a text of them, and makes a newer value share its unchanged parts with an older one: then the newer one
 * costs memory only for what has changed, and a part that is the same is found by its identity.
 */
import { isObject, type Raw } from './json.ts';

/** Whether two JSON values are equal. The order of keys does not matter. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((one, place) => isSameJson(one, b[place]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key], b[key]))
  );
}

/** A value that equals `after`. Parts at the same place of `before`, if they are equal, are those of `before`. */
export function withSharedParts<T>(before: unknown, after: T): T {
  // The type holds: equal JSON values have one shape.
  return share(before, after) as T;
}

function share(before: unknown, after: unknown): unknown {
  if (before === after) return before;
  if (Array.isArray(after)) return Array.isArray(before) ? shareItems(before, after) : after;
  return isObject(before) && isObject(after) ? shareFields(before, after) : after;
}

function shareItems(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const shared = after.map((one, place) => share(before[place], one));
  const isSame = shared.length === before.length && shared.every((one, place) => one === before[place]);
  return isSame ? before : shared;
}

function shareFields(before: Raw, after: Raw): Raw {
  const keys = Object.keys(after);
  const shared = keys.map((key): readonly [string, unknown] => [key, share(before[key], after[key])]);
  const isSame =
    keys.length === Object.keys(before).length &&
    shared.every(([key, value]) => Object.hasOwn(before, key) && value === before[key]);
  return isSame ? before : Object.fromEntries(shared);
}
