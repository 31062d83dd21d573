/** Comparison and grouping of lists. */

/** Whether two lists have the same items in the same order; items are the same objects unless `isSame` says otherwise. */
export const sameItems = <T>(
  a: readonly T[],
  b: readonly T[],
  isSame: (one: T, other: T) => boolean = Object.is,
): boolean => a.length === b.length && a.every((one, index) => isSame(one, b[index] as T));

/** The items by their key, in the order of their first items. */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
