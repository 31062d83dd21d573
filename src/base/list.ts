/** Comparison and grouping of lists. */

/** Whether two lists have the same items in the same order; items are the same objects unless `isSame` says otherwise. */
export const sameItems = <T>(
  a: readonly T[],
  b: readonly T[],
  isSame: (one: T, other: T) => boolean = Object.is,
): boolean => a.length === b.length && a.every((one, index) => isSame(one, b[index] as T));

/** Whether two sets have the same members. */
export const sameMembers = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean =>
  a.size === b.size && [...a].every((one) => b.has(one));

/** Where two lists differ: what comes before `from`, and from `untilA` and `untilB` on, are the same objects. */
export function differingPart<T>(
  a: readonly T[],
  b: readonly T[],
): { readonly from: number; readonly untilA: number; readonly untilB: number } {
  const shorter = Math.min(a.length, b.length);
  let from = 0;
  while (from < shorter && a[from] === b[from]) from += 1;
  let [untilA, untilB] = [a.length, b.length];
  while (untilA > from && untilB > from && a[untilA - 1] === b[untilB - 1]) {
    untilA -= 1;
    untilB -= 1;
  }
  return { from, untilA, untilB };
}

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

/** The first items of the sorted list, at most `count`; of equal ones, those that come first. Few are compared with more than the last of these. */
export function firstSorted<T>(
  items: Iterable<T>,
  count: number,
  compare: (a: T, b: T) => number,
): readonly T[] {
  const first: T[] = [];
  for (const item of items) {
    let place = first.length;
    for (; place > 0 && compare(first[place - 1] as T, item) > 0; place--);
    if (place === count) continue;
    first.splice(place, 0, item);
    if (first.length > count) first.pop();
  }
  return first;
}
