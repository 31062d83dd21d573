/** The addresses of a list of ranges, as a set. */
import { finishSteps, type Steps } from '../base/steps.ts';
import type { Address } from './address.ts';
import { type AddressRange, mergeRangesInSteps } from './range.ts';

export class RangeSet {
  /** Sorted, disjoint; IPv4 first. */
  readonly #merged: readonly AddressRange[];

  private constructor(merged: readonly AddressRange[]) {
    this.#merged = merged;
  }

  /** `ranges` are in any order; they may overlap. */
  static *inSteps(ranges: readonly AddressRange[]): Steps<RangeSet> {
    return new RangeSet(yield* mergeRangesInSteps(ranges));
  }

  static of(ranges: readonly AddressRange[]): RangeSet {
    return finishSteps(RangeSet.inSteps(ranges));
  }

  /** O(log n) in the number of ranges. */
  has({ family, bits }: Address): boolean {
    let [low, high] = [0, this.#merged.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const range = this.#merged[middle];
      const isBefore =
        range !== undefined && (range.family === family ? range.last < bits : range.family < family);
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    const found = this.#merged[low];
    return found !== undefined && found.family === family && found.first <= bits;
  }
}

const SETS = new WeakMap<readonly AddressRange[], RangeSet>();

/** The set of a list that does not change: it is made once. */
export const rangeSetOf = (ranges: readonly AddressRange[]): RangeSet => finishSteps(rangeSetInSteps(ranges));

/** `rangeSetOf` in steps: afterwards, the set of this list costs nothing. */
export function* rangeSetInSteps(ranges: readonly AddressRange[]): Steps<RangeSet> {
  const known = SETS.get(ranges);
  if (known !== undefined) return known;
  const made = yield* RangeSet.inSteps(ranges);
  SETS.set(ranges, made);
  return made;
}
