/** Stretches of addresses: sorted sets of them, and which of many an address lies in. */
import type { Spot } from './space.ts';
import type { Order } from './tree.ts';

/** Inclusive at both ends. */
export type Span<K> = { readonly first: K; readonly last: K };

/** A set of addresses as spans that neither overlap nor run backwards. */
export class SpanSet<K extends Spot> {
  readonly spans: readonly Span<K>[];
  readonly #firsts: readonly K[];
  readonly #order: Order<K>;

  /** `spans` sorted and disjoint. */
  constructor(order: Order<K>, spans: readonly Span<K>[]) {
    this.spans = spans;
    this.#firsts = spans.map(({ first }) => first);
    this.#order = order;
  }

  has(key: K): boolean {
    const span = this.spans[this.#order.countUpTo(this.#firsts, key) - 1];
    return span !== undefined && key <= span.last;
  }
}

/** A span and whom it belongs to. */
export type Owned<K, T> = Span<K> & { readonly owner: T };

/**
 * Answers which of many spans, overlapping or not, an address lies in: sorted by their first addresses and read
 * as a balanced tree in which each middle knows how far its part reaches. O(log n + found).
 */
export class SpanIndex<K extends Spot, T> {
  readonly #sorted: readonly Owned<K, T>[];
  readonly #reach: K[] = [];

  constructor(spans: readonly Owned<K, T>[]) {
    this.#sorted = [...spans].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    this.#measure(0, this.#sorted.length);
  }

  /** Calls `visit` with the owner of each span that `key` lies in, in the order of their first addresses. */
  at(key: K, visit: (owner: T) => void): void {
    this.#search(0, this.#sorted.length, key, visit);
  }

  #measure(low: number, high: number): K | null {
    if (low === high) return null;
    const middle = (low + high) >>> 1;
    let reach = (this.#sorted[middle] as Owned<K, T>).last;
    for (const part of [this.#measure(low, middle), this.#measure(middle + 1, high)]) {
      if (part !== null && part > reach) reach = part;
    }
    this.#reach[middle] = reach;
    return reach;
  }

  #search(low: number, high: number, key: K, visit: (owner: T) => void): void {
    if (low === high) return;
    const middle = (low + high) >>> 1;
    if ((this.#reach[middle] as K) < key) return;
    this.#search(low, middle, key, visit);
    const span = this.#sorted[middle] as Owned<K, T>;
    if (span.first > key) return;
    if (key <= span.last) visit(span.owner);
    this.#search(middle + 1, high, key, visit);
  }
}
