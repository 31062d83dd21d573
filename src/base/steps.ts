/**
 * Long computations in short steps: they yield between the steps, so that who runs one can serve something else meanwhile.
 * Who has nothing else to serve runs all steps at once.
 */

/** Yields null between its steps, and returns the result. */
export type Steps<T> = Generator<null, T>;

/** Items of one step: of those that cost a microsecond each, a step takes a few milliseconds. */
export const ITEMS_PER_STEP = 4096;

/** Runs all steps at once. */
export function finishSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The results of `readPart` for parts of at most `ITEMS_PER_STEP` items, in order; one step for each part. */
export function* flatMapInSteps<T, R>(
  items: readonly T[],
  readPart: (part: readonly T[]) => readonly R[],
): Steps<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += ITEMS_PER_STEP) {
    if (start > 0) yield null;
    for (const result of readPart(items.slice(start, start + ITEMS_PER_STEP))) results.push(result);
  }
  return results;
}
