/**
 * The ranges of one pool in one address family, with hints of where they have free addresses.
 *
 * Open ranges may have a free address. A range that is found full is closed, and reopened when one of its addresses
 * becomes vacant. The free hint of a range is an address below which it is full. So ten thousand full ranges are not
 * searched again for each Service. A rollback needs nothing undone here: an open range that is full is closed again.
 */
import type { AddressRange } from '../net/range.ts';
import { mergeRanges, rangeSize } from '../net/range.ts';
import type { AddressKey, AddressSpace } from './index/address-space.ts';
import { type Interval, IntervalSet, IntervalTree } from './index/interval-tree.ts';

/** A pool as the ledger sees it. */
export type LedgerPool = {
  readonly name: string;
  /** In the order of the pool's `addresses`. */
  readonly ranges: readonly AddressRange[];
  /** `ranges` without the addresses of older pools, in the same order. */
  readonly grantable: readonly AddressRange[];
  readonly avoidBuggyIPs: boolean;
};

export class PoolFreeRanges<K extends AddressKey> {
  readonly pool: LedgerPool;
  /** Position among the pools by age; the oldest is 0. */
  readonly ageRank: number;
  /** Whether the pool lists no address of this family. */
  readonly isEmpty: boolean;
  readonly avoidsBuggyIPs: boolean;
  readonly listed: IntervalSet<K>;
  readonly grantable: IntervalSet<K>;
  /** The ranges that it grants, in listed order; avoided addresses are included. */
  readonly ranges: readonly Interval<K>[];
  /** Finds the ranges that contain an address. */
  readonly rangeIndex: IntervalTree<K, number>;
  /** The number of addresses that it may grant. */
  readonly grantableSize: bigint;
  readonly openRanges: OpenRanges;
  /** Of each range the lowest address that may be free: those below it are taken or avoided. */
  readonly freeHints: K[];

  constructor(space: AddressSpace<K>, ledgerPool: LedgerPool, ageRank: number) {
    const ofFamily = (ranges: readonly AddressRange[]): readonly AddressRange[] =>
      ranges.filter(({ family }) => family === space.family);
    const toIntervals = (ranges: readonly AddressRange[]): readonly Interval<K>[] =>
      ranges.map(({ first, last }) => ({ first: space.toKey(first), last: space.toKey(last) }));
    const merged = mergeRanges(ofFamily(ledgerPool.grantable));
    this.pool = ledgerPool;
    this.ageRank = ageRank;
    this.avoidsBuggyIPs = ledgerPool.avoidBuggyIPs && space.family === 4;
    this.listed = new IntervalSet(space, toIntervals(mergeRanges(ofFamily(ledgerPool.ranges))));
    this.grantable = new IntervalSet(space, toIntervals(merged));
    this.ranges = toIntervals(ofFamily(ledgerPool.grantable));
    this.rangeIndex = new IntervalTree(this.ranges.map((interval, owner) => ({ ...interval, owner })));
    this.isEmpty = this.listed.intervals.length === 0;
    this.grantableSize = merged.reduce((size, range) => size + rangeSize(range), 0n);
    if (this.avoidsBuggyIPs) this.grantableSize = this.#usableSize(space);
    this.openRanges = new OpenRanges(this.ranges.length);
    this.freeHints = this.ranges.map(({ first }) => first);
  }

  /** Whether it grants this address if it is free. */
  canGrant(space: AddressSpace<K>, addressKey: K): boolean {
    return this.grantable.has(addressKey) && !(this.avoidsBuggyIPs && space.isBuggy(addressKey));
  }

  /** An address of this range became vacant. */
  markVacant(range: number, addressKey: K): void {
    this.openRanges.reopen(range);
    if (addressKey < (this.freeHints[range] as K)) this.freeHints[range] = addressKey;
  }

  /** The first range in listed order that contains the address, or −1. */
  rangeOf(addressKey: K): number {
    let first = -1;
    this.rangeIndex.forEachContaining(addressKey, (range) => {
      if (first < 0 || range < first) first = range;
    });
    return first;
  }

  #usableSize(space: AddressSpace<K>): bigint {
    return this.grantable.intervals.reduce((size, interval) => {
      const { first, end } = usableBounds(space, interval);
      return size + BigInt(space.distance(first, end));
    }, 0n);
  }
}

/** The compact keys of the addresses of an interval that are not avoided: [`first`, `end`). */
export const usableBounds = <K extends AddressKey>(space: AddressSpace<K>, { first, last }: Interval<K>) => ({
  first: space.compact(first),
  end: space.compact(space.plus(last, 1)),
});

/**
 * A binary heap of the indexes of open ranges, the first in listed order on top. `workqueue/heap.ts` holds objects that
 * know their slot; this one holds plain numbers, which is faster and smaller by far with ten thousand ranges.
 */
export class OpenRanges {
  readonly #heap: number[];
  readonly #isOpen: Uint8Array;

  constructor(count: number) {
    this.#heap = Array.from({ length: count }, (_, index) => index);
    this.#isOpen = new Uint8Array(count).fill(1);
  }

  /** The first open range, or −1. */
  first(): number {
    return this.#heap[0] ?? -1;
  }

  has(range: number): boolean {
    return this.#isOpen[range] === 1;
  }

  /** The first open range was found full. */
  closeFirst(): void {
    const heap = this.#heap;
    const [top, last] = [heap[0], heap.pop()];
    if (top === undefined || last === undefined) return;
    this.#isOpen[top] = 0;
    if (heap.length === 0) return;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
      if (last <= (heap[child] as number)) break;
      heap[position] = heap[child] as number;
      position = child;
    }
    heap[position] = last;
  }

  /** One of its addresses became vacant. */
  reopen(range: number): void {
    if (this.#isOpen[range] === 1) return;
    this.#isOpen[range] = 1;
    const heap = this.#heap;
    let position = heap.push(range) - 1;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if ((heap[parent] as number) <= range) break;
      heap[position] = heap[parent] as number;
      position = parent;
    }
    heap[position] = range;
  }
}
