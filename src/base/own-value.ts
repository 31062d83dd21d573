/**
 * Objects with keys that others chose: kinds, labels, fields of manifests. Every object inherits `constructor` and `toString`, and an
 * assignment to `__proto__` changes what it inherits; so such keys are read and written by these functions, or kept in a Map.
 */

/** The value at `key`; undefined where the object has no such key of its own. */
export const ownValue = <V>(object: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** Sets `key` of an object that is being made, whatever the key is. */
export function setOwnValue<V>(object: Record<string, V>, key: string, value: V): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
