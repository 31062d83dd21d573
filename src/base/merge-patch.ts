/** JSON merge patch (RFC 7386, now RFC 7396): null removes a member, objects merge, any other value replaces. */

import { fieldsOf, isObject } from './json.ts';

/** `target` with `patch` applied; `target` itself is not changed. A target that is no object counts as an empty one. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  // A map, since a key may be called `__proto__`.
  const merged = new Map(Object.entries(fieldsOf(target)));
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), change));
  }
  return Object.fromEntries(merged);
}
