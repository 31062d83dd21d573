/** Few ranges around many numbers, for filters that cannot hold each. */

/** Both ends belong to the range. */
export type NumberRange = { readonly first: number; readonly last: number };

/**
 * At most `most` ranges that contain all numbers, in order: the widest gaps stay outside. Numbers may be in any order, and
 * repeated.
 */
export function coveringRanges(numbers: readonly number[], most: number): readonly NumberRange[] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const [lowest] = sorted;
  if (lowest === undefined) return [];
  const gaps = sorted
    .slice(1)
    .map((number, index) => ({ index: index + 1, width: number - (sorted[index] ?? number) }))
    .filter(({ width }) => width > 1)
    .sort((a, b) => b.width - a.width)
    .slice(0, most - 1)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
  const starts = [0, ...gaps];
  return starts.map((start, position) => {
    const end = (starts[position + 1] ?? sorted.length) - 1;
    return { first: sorted[start] ?? lowest, last: sorted[end] ?? lowest };
  });
}
