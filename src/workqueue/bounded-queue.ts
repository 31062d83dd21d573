/**
 * First in, first out, and never more than a named number: when it is full the oldest gives way, since the
 * newest says how things are now. What was lost is counted, for a metric to tell.
 */
import { invariant } from '../base/invariant.ts';

/** Below this many gaps at the head there is nothing worth tidying up. */
const COMPACT_MIN = 1024;

export class BoundedQueue<T> {
  readonly limit: number;
  #items: T[] = [];
  /** Items before this index have left; they are cut away now and then, so that each push and shift is O(1). */
  #head = 0;
  #dropped = 0;

  constructor(limit: number) {
    invariant(limit >= 1, 'a bounded queue has room for something');
    this.limit = limit;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Items that gave way since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The item that gave way, or undefined. */
  push(item: T): T | undefined {
    let evicted: T | undefined;
    if (this.size === this.limit) {
      evicted = this.shift();
      this.#dropped++;
    }
    this.#items.push(item);
    return evicted;
  }

  /** The oldest item, or undefined where there is none. */
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
