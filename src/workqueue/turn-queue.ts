/**
 * Bounded queue with lanes that take turns: a lane of ten thousand items delays an item of another lane by one. Within a lane, the
 * first in is the first out. When the queue is full, the longest lane drops its oldest item.
 */
import { BoundedQueue } from './bounded-queue.ts';

export class TurnQueue<T> {
  readonly #limit: number;
  /** Lanes with items, the one whose turn is next first. */
  readonly #lanes = new Map<string, BoundedQueue<T>>();
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** Returns the dropped item, or undefined. */
  push(lane: string, item: T): T | undefined {
    const items = this.#lanes.get(lane) ?? new BoundedQueue<T>(this.#limit);
    this.#lanes.set(lane, items);
    items.push(item);
    this.#size += 1;
    return this.#size > this.#limit ? this.#dropOne() : undefined;
  }

  /** Removes and returns the oldest item of the lane whose turn it is; undefined where there is none. */
  shift(): T | undefined {
    for (const [lane, items] of this.#lanes) {
      this.#lanes.delete(lane);
      if (items.size > 1) this.#lanes.set(lane, items);
      this.#size -= 1;
      return items.shift();
    }
    return undefined;
  }

  #dropOne(): T | undefined {
    const [first, ...others] = this.#lanes.entries();
    if (first === undefined) return undefined;
    const [lane, items] = others.reduce((a, b) => (b[1].size > a[1].size ? b : a), first);
    if (items.size === 1) this.#lanes.delete(lane);
    this.#size -= 1;
    return items.shift();
  }
}
