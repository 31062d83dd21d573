/**
 * What one pool has of one address family, made ready for the ledger's questions.
 *
 * Which of its ranges have room is remembered as a heap of those that may: a range found full drops out, and comes
 * back when one of its addresses is vacated; and of each range, below which address it is full. So ten thousand ranges that are full are not asked again for every
 * Service, and taking back what a transaction did needs nothing undone here: a range too many is found full again.
 */
import type { AddressRange } from '../net/range.ts';
import { mergeRanges, rangeSize } from '../net/range.ts';
import type { AddressSpace, Spot } from './space.ts';
import { type Span, SpanIndex, SpanSet } from './spans.ts';

/** A pool as the ledger sees it. */
export type PoolView = {
  readonly name: string;
  /** In the order the pool lists them. */
  readonly ranges: readonly AddressRange[];
  /** `ranges` less what older pools list, in the same order. */
  readonly grantable: readonly AddressRange[];
  readonly avoidBuggyIPs: boolean;
};

export class Plot<K extends Spot> {
  readonly view: PoolView;
  /** Place among the pools; the oldest is 0. */
  readonly age: number;
  /** Whether the pool lists any address of this family. */
  readonly empty: boolean;
  readonly avoids: boolean;
  readonly listed: SpanSet<K>;
  readonly grantable: SpanSet<K>;
  /** What it grants, in listed order; what it avoids is not taken out. */
  readonly ranges: readonly Span<K>[];
  /** Finds the place of an address among them. */
  readonly places: SpanIndex<K, number>;
  /** How many addresses it may grant in all. */
  readonly grantableSize: bigint;
  readonly open: OpenRanges;
  /** Of each range, the lowest address that may be free: those below it are known to be taken, or avoided. */
  readonly floors: K[];

  constructor(space: AddressSpace<K>, view: PoolView, age: number) {
    const own = (ranges: readonly AddressRange[]): readonly AddressRange[] =>
      ranges.filter(({ family }) => family === space.family);
    const spans = (ranges: readonly AddressRange[]): readonly Span<K>[] =>
      ranges.map(({ first, last }) => ({ first: space.spot(first), last: space.spot(last) }));
    const merged = mergeRanges(own(view.grantable));
    this.view = view;
    this.age = age;
    this.avoids = view.avoidBuggyIPs && space.family === 4;
    this.listed = new SpanSet(space, spans(mergeRanges(own(view.ranges))));
    this.grantable = new SpanSet(space, spans(merged));
    this.ranges = spans(own(view.grantable));
    this.places = new SpanIndex(this.ranges.map((span, owner) => ({ ...span, owner })));
    this.empty = this.listed.spans.length === 0;
    this.grantableSize = merged.reduce((size, range) => size + rangeSize(range), 0n);
    if (this.avoids) this.grantableSize = this.#usableSize(space);
    this.open = new OpenRanges(this.ranges.length);
    this.floors = this.ranges.map(({ first }) => first);
  }

  /** Whether it grants this address when it is free. */
  grants(space: AddressSpace<K>, spot: K): boolean {
    return this.grantable.has(spot) && !(this.avoids && space.avoided(spot));
  }

  /** Nobody stands any more on an address of this range. */
  vacated(range: number, spot: K): void {
    this.open.reopen(range);
    if (spot < (this.floors[range] as K)) this.floors[range] = spot;
  }

  /** The first of its ranges, as listed, that the address lies in, or −1. */
  rangeOf(spot: K): number {
    let first = -1;
    this.places.at(spot, (range) => {
      if (first < 0 || range < first) first = range;
    });
    return first;
  }

  #usableSize(space: AddressSpace<K>): bigint {
    return this.grantable.spans.reduce((size, span) => {
      const { first, end } = usable(space, span);
      return size + BigInt(space.distance(first, end));
    }, 0n);
  }
}

/** The numbers, without holes, of those addresses of a span that are not avoided: from `first` up to `end`. */
export const usable = <K extends Spot>(space: AddressSpace<K>, { first, last }: Span<K>) => ({
  first: space.compact(first),
  end: space.compact(space.plus(last, 1)),
});

/** A heap of the numbers of the ranges that may have room, the first in listed order on top. */
export class OpenRanges {
  readonly #heap: number[];
  readonly #inside: Uint8Array;

  constructor(count: number) {
    this.#heap = Array.from({ length: count }, (_, index) => index);
    this.#inside = new Uint8Array(count).fill(1);
  }

  /** The first range that may have room, or −1. */
  first(): number {
    return this.#heap[0] ?? -1;
  }

  has(range: number): boolean {
    return this.#inside[range] === 1;
  }

  /** The first one was found full. */
  dropFirst(): void {
    const heap = this.#heap;
    const [top, last] = [heap[0], heap.pop()];
    if (top === undefined || last === undefined) return;
    this.#inside[top] = 0;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
      if (last <= (heap[child] as number)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = last;
  }

  /** One of its addresses was vacated. */
  reopen(range: number): void {
    if (this.#inside[range] === 1) return;
    this.#inside[range] = 1;
    const heap = this.#heap;
    let at = heap.push(range) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as number) <= range) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = range;
  }
}
