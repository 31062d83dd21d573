/** Sorts a long list in short steps: a caller that pauses at each yield blocks nothing else. */

type Compare<T> = (a: T, b: T) => number;

/** Yields null after at most `step` items were sorted or merged; returns the sorted list. Equal items keep their order. */
export function* sortInSteps<T>(
  items: readonly T[],
  compare: Compare<T>,
  step: number,
): Generator<null, readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += step) {
    runs.push(items.slice(start, start + step).sort(compare));
    yield null;
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let index = 0; index < runs.length; index += 2)
      merged.push(yield* mergeInSteps(runs[index] ?? [], runs[index + 1] ?? [], compare, step));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergeInSteps<T>(
  first: readonly T[],
  second: readonly T[],
  compare: Compare<T>,
  step: number,
): Generator<null, readonly T[]> {
  const merged: T[] = [];
  const remaining = [...second].reverse();
  for (const item of first) {
    for (
      let next = remaining.at(-1);
      next !== undefined && compare(next, item) < 0;
      next = remaining.at(-1)
    ) {
      merged.push(next);
      remaining.pop();
      if (merged.length % step === 0) yield null;
    }
    merged.push(item);
    if (merged.length % step === 0) yield null;
  }
  return merged.concat(remaining.reverse());
}
