/**
 * Bounded queue: first in, first out, up to a limit. When it is full the oldest item is dropped, since the newest ones
 * describe the present state. Dropped items are counted, for a metric.
 */
import { invariant } from '../base/invariant.ts';

/** Compaction copies the items, so it waits for this many gaps at the head. */
const COMPACT_MIN = 1024;

export class BoundedQueue<T> {
  readonly limit: number;
  #items: T[] = [];
  /** Items before this index are removed; compaction cuts them off, so that push and shift are O(1) on average. */
  #head = 0;
  #dropped = 0;

  constructor(limit: number) {
    invariant(limit >= 1, 'the limit of a bounded queue is at least 1');
    this.limit = limit;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** The number of items dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Returns the dropped item, or undefined. */
  push(item: T): T | undefined {
    let evicted: T | undefined;
    if (this.size === this.limit) {
      evicted = this.shift();
      this.#dropped++;
    }
    this.#items.push(item);
    return evicted;
  }

  /** Removes and returns the oldest item; undefined where there is none. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT_MIN && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
