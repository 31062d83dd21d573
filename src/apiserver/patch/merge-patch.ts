/** JSON merge patch, RFC 7386: null takes away, objects merge, everything else replaces. */

import { isObject, type Json } from '../value.ts';

export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const base = isObject(target) ? target : {};
  const next: Record<string, Json> = { ...base };
  for (const key of Object.keys(patch)) {
    const change = patch[key] ?? null;
    if (change === null) delete next[key];
    else defineKey(next, key, mergePatch(Object.hasOwn(base, key) ? base[key] : undefined, change));
  }
  return next;
}

/** Plain assignment, except that a key called `__proto__` stays a key. */
function defineKey(into: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
  else into[key] = value;
}
