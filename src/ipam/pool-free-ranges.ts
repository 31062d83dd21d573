/**
 * The ranges of one pool in one address family, with hints of where they have free addresses.
 *
 * Open ranges may have a free address. A range that is found full is closed, and reopened when one of its addresses
 * becomes vacant. The free hint of a range is an address below which it is full. So ten thousand full ranges are not
 * searched again for each Service. A rollback needs nothing undone here: an open range that is full is closed again.
 */
import { sortInSteps } from '../base/sort-in-steps.ts';
import { ITEMS_PER_STEP, type Steps } from '../base/steps.ts';
import { type AddressRange, sameRanges } from '../net/range.ts';
import type { AddressKey, AddressSpace } from './index/address-space.ts';
import {
  compareFirst,
  type Interval,
  IntervalSet,
  IntervalTree,
  type OwnedInterval,
} from './index/interval-tree.ts';

/** A pool as the ledger sees it. */
export type LedgerPool = {
  readonly name: string;
  /** In the order of the pool's `addresses`. */
  readonly ranges: readonly AddressRange[];
  /** `ranges` without the addresses of older pools, in the same order. */
  readonly grantable: readonly AddressRange[];
  readonly avoidBuggyIPs: boolean;
};

/** What follows from the pool alone. */
type PoolIntervals<K extends AddressKey> = Pick<
  PoolFreeRanges<K>,
  'listed' | 'grantable' | 'ranges' | 'rangeIndex' | 'grantableSize'
>;

export class PoolFreeRanges<K extends AddressKey> {
  readonly pool: LedgerPool;
  /** Position among the pools by age; the oldest is 0. Set by the ledger when another pool comes or goes. */
  ageRank = 0;
  /** Whether the pool lists no address of this family. */
  readonly isEmpty: boolean;
  readonly avoidsBuggyIPs: boolean;
  readonly listed: IntervalSet<K>;
  readonly grantable: IntervalSet<K>;
  /** The ranges that it grants, in listed order, which their owners number; avoided addresses are included. */
  readonly ranges: readonly OwnedInterval<K, number>[];
  /** Finds the ranges that contain an address. */
  readonly rangeIndex: IntervalTree<K, number>;
  /** The number of addresses that it may grant. */
  readonly grantableSize: bigint;
  openRanges: OpenRanges;
  /** Of each range the lowest address that may be free: those below it are taken or avoided. */
  freeHints: K[];
  /** The number of addresses in use that it lists. */
  assigned = 0;
  /** The number of addresses in use that it may grant. */
  taken = 0;

  private constructor(space: AddressSpace<K>, pool: LedgerPool, intervals: PoolIntervals<K>) {
    this.pool = pool;
    this.avoidsBuggyIPs = avoidsBuggyIPs(space, pool);
    this.listed = intervals.listed;
    this.grantable = intervals.grantable;
    this.ranges = intervals.ranges;
    this.rangeIndex = intervals.rangeIndex;
    this.grantableSize = intervals.grantableSize;
    this.isEmpty = this.listed.intervals.length === 0;
    this.openRanges = new OpenRanges(this.ranges.length);
    this.freeHints = this.ranges.map(({ first }) => first);
  }

  /** In steps: a pool may have 80,000 ranges. */
  static *inSteps<K extends AddressKey>(space: AddressSpace<K>, pool: LedgerPool): Steps<PoolFreeRanges<K>> {
    const ranges = yield* toIntervals(space, pool.grantable);
    yield null;
    const byFirst = yield* sortInSteps(ranges, compareFirst, ITEMS_PER_STEP);
    const merged = yield* mergeIntervals(space, byFirst);
    yield null;
    const grantable = new IntervalSet(space, merged);
    const listed = pool.ranges === pool.grantable ? grantable : yield* toIntervalSet(space, pool.ranges);
    const grantableSize = yield* sizeOf(space, grantable, avoidsBuggyIPs(space, pool));
    yield null;
    const rangeIndex = new IntervalTree(byFirst, { isSorted: true });
    yield null;
    return new PoolFreeRanges(space, pool, { listed, grantable, ranges, rangeIndex, grantableSize });
  }

  /** Whether it is what `inSteps` would make of `pool`. */
  isViewOf({ ranges, grantable, avoidBuggyIPs }: LedgerPool): boolean {
    return (
      this.pool.avoidBuggyIPs === avoidBuggyIPs &&
      sameRanges(this.pool.ranges, ranges) &&
      sameRanges(this.pool.grantable, grantable)
    );
  }

  /** No address is in use any more. */
  reset(): void {
    this.openRanges = new OpenRanges(this.ranges.length);
    this.freeHints = this.ranges.map(({ first }) => first);
    this.assigned = 0;
    this.taken = 0;
  }

  /** An address that it lists was taken (`by` 1) or became vacant (`by` -1). */
  countInUse(space: AddressSpace<K>, addressKey: K, by: 1 | -1): void {
    this.assigned += by;
    if (this.canGrant(space, addressKey)) this.taken += by;
  }

  /** Whether it grants this address if it is free. */
  canGrant(space: AddressSpace<K>, addressKey: K): boolean {
    return this.grantable.has(addressKey) && !(this.avoidsBuggyIPs && space.isBuggy(addressKey));
  }

  /** An address became vacant. */
  markVacant(addressKey: K): void {
    this.rangeIndex.forEachContaining(addressKey, (range) => {
      this.openRanges.reopen(range);
      if (addressKey < (this.freeHints[range] as K)) this.freeHints[range] = addressKey;
    });
  }

  /** The first range in listed order that contains the address, or −1. */
  rangeOf(addressKey: K): number {
    let first = -1;
    this.rangeIndex.forEachContaining(addressKey, (range) => {
      if (first < 0 || range < first) first = range;
    });
    return first;
  }
}

const avoidsBuggyIPs = <K extends AddressKey>({ family }: AddressSpace<K>, pool: LedgerPool): boolean =>
  pool.avoidBuggyIPs && family === 4;

/** The ranges of the family, in their order, which is their owner. */
function* toIntervals<K extends AddressKey>(
  space: AddressSpace<K>,
  ranges: readonly AddressRange[],
): Steps<readonly OwnedInterval<K, number>[]> {
  const intervals: OwnedInterval<K, number>[] = [];
  for (const [index, { family, first, last }] of ranges.entries()) {
    if (index % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
    if (family !== space.family) continue;
    intervals.push({ first: space.toKey(first), last: space.toKey(last), owner: intervals.length });
  }
  return intervals;
}

function* toIntervalSet<K extends AddressKey>(
  space: AddressSpace<K>,
  ranges: readonly AddressRange[],
): Steps<IntervalSet<K>> {
  const byFirst = yield* sortInSteps(yield* toIntervals(space, ranges), compareFirst, ITEMS_PER_STEP);
  return new IntervalSet(space, yield* mergeIntervals(space, byFirst));
}

/** The same addresses as disjoint and non-adjacent intervals; `byFirst` is sorted. */
function* mergeIntervals<K extends AddressKey>(
  space: AddressSpace<K>,
  byFirst: readonly Interval<K>[],
): Steps<Interval<K>[]> {
  const merged: Interval<K>[] = [];
  for (const [index, interval] of byFirst.entries()) {
    if (index % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
    const before = merged.at(-1);
    if (before === undefined || space.plus(before.last, 1) < interval.first) merged.push(interval);
    else if (before.last < interval.last)
      merged[merged.length - 1] = { first: before.first, last: interval.last };
  }
  return merged;
}

/** The number of addresses of the set; without those that are avoided where `isUsableOnly`. */
function* sizeOf<K extends AddressKey>(
  space: AddressSpace<K>,
  { intervals }: IntervalSet<K>,
  isUsableOnly: boolean,
): Steps<bigint> {
  let size = 0n;
  for (const [index, interval] of intervals.entries()) {
    if (index % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
    if (isUsableOnly) {
      const { first, end } = usableBounds(space, interval);
      size += BigInt(space.distance(first, end));
    } else size += space.toBits(interval.last) - space.toBits(interval.first) + 1n;
  }
  return size;
}

/** The compact keys of the addresses of an interval that are not avoided: [`first`, `end`). */
const usableBounds = <K extends AddressKey>(space: AddressSpace<K>, { first, last }: Interval<K>) => ({
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
