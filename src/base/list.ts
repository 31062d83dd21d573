/** Comparison of lists. */

/** Whether two lists have the same items in the same order; items are the same objects unless `isSame` says otherwise. */
export const sameItems = <T>(
  a: readonly T[],
  b: readonly T[],
  isSame: (one: T, other: T) => boolean = Object.is,
): boolean => a.length === b.length && a.every((one, index) => isSame(one, b[index] as T));
