/** The addresses of a list of ranges, as a set. */
import type { Address } from './address.ts';
import { type AddressRange, mergeRanges } from './range.ts';

export class RangeSet {
  /** Sorted, disjoint; IPv4 first. */
  readonly #merged: readonly AddressRange[];

  /** In any order; they may overlap. */
  constructor(ranges: readonly AddressRange[]) {
    this.#merged = mergeRanges(ranges);
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
export function rangeSetOf(ranges: readonly AddressRange[]): RangeSet {
  const known = SETS.get(ranges);
  if (known !== undefined) return known;
  const made = new RangeSet(ranges);
  SETS.set(ranges, made);
  return made;
}
