/**
 * Sorts a long list in short steps: a caller that pauses at each yield blocks nothing else.
 *
 * What is sorted are the positions of the items, in two arrays of numbers that are merged from one into the other. So no
 * step copies the list, and the garbage collector has nothing to follow in between.
 */

type Compare<T> = (a: T, b: T) => number;

/** Yields null after at most `step` items were sorted or merged; returns the sorted list. Equal items keep their order. */
export function* sortInSteps<T>(
  items: readonly T[],
  compare: Compare<T>,
  step: number,
): Generator<null, readonly T[]> {
  const comparePositions = (a: number, b: number): number => compare(items[a] as T, items[b] as T);
  let from = new Uint32Array(items.length);
  for (let start = 0; start < items.length; start += step) {
    const end = Math.min(start + step, items.length);
    for (let position = start; position < end; position++) from[position] = position;
    from.subarray(start, end).sort(comparePositions);
    yield null;
  }
  let into = new Uint32Array(items.length <= step ? 0 : items.length);
  for (let width = step; width < items.length; width *= 2) {
    yield* mergeRuns(from, into, { width, step, comparePositions });
    [from, into] = [into, from];
  }
  const sorted: T[] = [];
  for (const position of from) {
    sorted.push(items[position] as T);
    if (sorted.length % step === 0) yield null;
  }
  return sorted;
}

/** Merges each two neighbouring runs of `width` positions. */
function* mergeRuns(
  from: Uint32Array,
  into: Uint32Array,
  {
    width,
    step,
    comparePositions,
  }: {
    readonly width: number;
    readonly step: number;
    readonly comparePositions: Compare<number>;
  },
): Generator<null, void> {
  let at = 0;
  for (let start = 0; start < from.length; start += 2 * width) {
    const middle = Math.min(start + width, from.length);
    const end = Math.min(middle + width, from.length);
    let [left, right] = [start, middle];
    while (at < end) {
      const takesLeft =
        right === end ||
        (left < middle && comparePositions(from[left] as number, from[right] as number) <= 0);
      into[at++] = from[takesLeft ? left++ : right++] as number;
      if (at % step === 0) yield null;
    }
  }
}
