/** Intervals of addresses: a sorted set of them, and an interval tree that finds those that contain an address. */
import type { AddressKey } from './address-space.ts';
import type { KeyOrder } from './counted-btree.ts';

/** Inclusive at both ends. */
export type Interval<K> = { readonly first: K; readonly last: K };

/** A set of addresses as sorted, disjoint intervals. */
export class IntervalSet<K extends AddressKey> {
  readonly intervals: readonly Interval<K>[];
  readonly #firsts: readonly K[];
  readonly #order: KeyOrder<K>;

  /** `intervals` must be sorted and disjoint. */
  constructor(order: KeyOrder<K>, intervals: readonly Interval<K>[]) {
    this.intervals = intervals;
    this.#firsts = intervals.map(({ first }) => first);
    this.#order = order;
  }

  has(key: K): boolean {
    const interval = this.intervals[this.#order.countUpTo(this.#firsts, key) - 1];
    return interval !== undefined && key <= interval.last;
  }
}

/** An interval and its owner. */
export type OwnedInterval<K, T> = Interval<K> & { readonly owner: T };

/** By the first address. */
export const compareFirst = <K extends AddressKey>(a: Interval<K>, b: Interval<K>): number =>
  a.first < b.first ? -1 : a.first > b.first ? 1 : 0;

/**
 * Finds the intervals that contain an address; they may overlap. They are sorted by first address and read as a balanced
 * tree, in which each middle stores the last address of its part. O(log n + found).
 */
export class IntervalTree<K extends AddressKey, T> {
  readonly #sorted: readonly OwnedInterval<K, T>[];
  readonly #maxEnds: K[];

  constructor(intervals: readonly OwnedInterval<K, T>[], { isSorted = false } = {}) {
    this.#sorted = isSorted ? intervals : [...intervals].sort(compareFirst);
    // As long as it will be: an array that is filled from its middle would be a slow map, of several times the size.
    this.#maxEnds = this.#sorted.map(({ last }) => last);
    this.#buildMaxEnds(0, this.#sorted.length);
  }

  /** Calls `visit` with the owner of each interval that contains `key`, in the order of their first addresses. */
  forEachContaining(key: K, visit: (owner: T) => void): void {
    this.#search(0, this.#sorted.length, key, visit);
  }

  #buildMaxEnds(low: number, high: number): K | null {
    if (low === high) return null;
    const middle = (low + high) >>> 1;
    let maxEnd = (this.#sorted[middle] as OwnedInterval<K, T>).last;
    for (const part of [this.#buildMaxEnds(low, middle), this.#buildMaxEnds(middle + 1, high)]) {
      if (part !== null && part > maxEnd) maxEnd = part;
    }
    this.#maxEnds[middle] = maxEnd;
    return maxEnd;
  }

  #search(low: number, high: number, key: K, visit: (owner: T) => void): void {
    if (low === high) return;
    const middle = (low + high) >>> 1;
    if ((this.#maxEnds[middle] as K) < key) return;
    this.#search(low, middle, key, visit);
    const interval = this.#sorted[middle] as OwnedInterval<K, T>;
    if (interval.first > key) return;
    if (key <= interval.last) visit(interval.owner);
    this.#search(middle + 1, high, key, visit);
  }
}
