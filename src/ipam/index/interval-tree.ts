/** Stretches of addresses: sorted sets of them, and which of many an address lies in. */
import type { AddressKey } from './address-space.ts';
import type { KeyOrder } from './counted-btree.ts';

/** Inclusive at both ends. */
export type Interval<K> = { readonly first: K; readonly last: K };

/** A set of addresses as spans that neither overlap nor run backwards. */
export class IntervalSet<K extends AddressKey> {
  readonly intervals: readonly Interval<K>[];
  readonly #firsts: readonly K[];
  readonly #order: KeyOrder<K>;

  /** `spans` sorted and disjoint. */
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

/** A span and whom it belongs to. */
export type OwnedInterval<K, T> = Interval<K> & { readonly owner: T };

/**
 * Answers which of many spans, overlapping or not, an address lies in: sorted by their first addresses and read
 * as a balanced tree in which each middle knows how far its part reaches. O(log n + found).
 */
export class IntervalTree<K extends AddressKey, T> {
  readonly #sorted: readonly OwnedInterval<K, T>[];
  readonly #maxEnds: K[] = [];

  constructor(intervals: readonly OwnedInterval<K, T>[]) {
    this.#sorted = [...intervals].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    this.#buildMaxEnds(0, this.#sorted.length);
  }

  /** Calls `visit` with the owner of each span that `key` lies in, in the order of their first addresses. */
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
