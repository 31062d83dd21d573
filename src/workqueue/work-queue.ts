/**
 * Work queue of keys, not of objects: a worker reconciles the present state of its key. So no change is lost and none is
 * processed twice, however often and in whatever order events arrive:
 *
 * - a key waits once; of several due times the sooner one counts, of several priorities the higher one;
 * - a key is not processed concurrently: if it is added while it is in flight, it is enqueued again afterwards;
 * - of the keys that are due, those of high priority come first; within a priority the order is by due time, then by
 *   the order of `add`.
 *
 * It reads no clock and starts no timer; the worker pool that owns it does. Operations are O(log n).
 */
import type { Millis } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import { Heap } from './heap.ts';

/** Highest first. */
export const PRIORITIES = ['high', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export type EnqueueOptions = {
  /** On the monotonic clock; 0, or a time in the past, means now. */
  readonly dueAt?: Millis;
  readonly priority?: Priority;
};

type QueueEntry<K> = {
  readonly key: K;
  dueAt: Millis;
  priority: Priority;
  /** The order of `add`, which decides between equal due times. */
  sequence: number;
  slot: number;
};

export class WorkQueue<K> {
  readonly #heaps: Readonly<Record<Priority, Heap<QueueEntry<K>>>> = {
    high: new Heap<QueueEntry<K>>(isBefore),
    low: new Heap<QueueEntry<K>>(isBefore),
  };
  readonly #waiting = new Map<K, QueueEntry<K>>();
  /** Keys in flight, with the entry to enqueue when they are done; null where there is none. */
  readonly #inFlight = new Map<K, QueueEntry<K> | null>();
  #nextSequence = 0;

  /** The number of keys that wait, including those in flight that are enqueued again afterwards. */
  get size(): number {
    let requeued = 0;
    for (const entry of this.#inFlight.values()) if (entry !== null) requeued++;
    return this.#waiting.size + requeued;
  }

  /** The number of keys in flight. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  add(key: K, { dueAt = 0, priority = 'high' }: EnqueueOptions = {}): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      if (!isMoreUrgent(waiting, dueAt, priority)) return;
      this.#heaps[waiting.priority].remove(waiting);
      raiseUrgency(waiting, dueAt, priority);
      this.#heaps[waiting.priority].add(waiting);
      return;
    }
    const requeued = this.#inFlight.get(key);
    if (requeued) {
      raiseUrgency(requeued, dueAt, priority);
      return;
    }
    const entry: QueueEntry<K> = { key, dueAt, priority, sequence: this.#nextSequence++, slot: -1 };
    if (requeued === null) this.#inFlight.set(key, entry);
    else this.#enqueue(entry);
  }

  /**
   * Takes the next key that is due, of at least this priority; null where there is none. The caller must call `done` for
   * it. With priority 'high', a caller with a rate limit can leave keys of low priority in the queue.
   */
  take(now: Millis, priority: Priority = 'low'): K | null {
    for (const candidate of prioritiesFrom(priority)) {
      const entry = this.#heaps[candidate].first;
      if (entry === undefined || entry.dueAt > now) continue;
      this.#heaps[candidate].remove(entry);
      this.#waiting.delete(entry.key);
      this.#inFlight.set(entry.key, null);
      return entry.key;
    }
    return null;
  }

  /** The work on a key from `take` has ended, with or without success. */
  done(key: K): void {
    const requeued = this.#inFlight.get(key);
    invariant(requeued !== undefined, 'done was called for a key that is not in flight');
    this.#inFlight.delete(key);
    if (requeued !== null) this.#enqueue(requeued);
  }

  /** Removes a key. Work in flight goes on, and is not repeated. */
  forget(key: K): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      this.#heaps[waiting.priority].remove(waiting);
      this.#waiting.delete(key);
    } else if (this.#inFlight.has(key)) {
      this.#inFlight.set(key, null);
    }
  }

  /** When the next waiting key is due; null where none waits. Keys in flight do not count. */
  nextDue(priority: Priority = 'low'): Millis | null {
    let soonest: Millis | null = null;
    for (const candidate of prioritiesFrom(priority)) {
      const dueAt = this.#heaps[candidate].first?.dueAt;
      if (dueAt !== undefined && (soonest === null || dueAt < soonest)) soonest = dueAt;
    }
    return soonest;
  }

  #enqueue(entry: QueueEntry<K>): void {
    this.#waiting.set(entry.key, entry);
    this.#heaps[entry.priority].add(entry);
  }
}

const isBefore = <K>(a: QueueEntry<K>, b: QueueEntry<K>): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence);

const isMoreUrgent = <K>(entry: QueueEntry<K>, dueAt: Millis, priority: Priority): boolean =>
  dueAt < entry.dueAt || (priority === 'high' && entry.priority === 'low');

function raiseUrgency<K>(entry: QueueEntry<K>, dueAt: Millis, priority: Priority): void {
  entry.dueAt = Math.min(entry.dueAt, dueAt);
  if (priority === 'high') entry.priority = priority;
}

const HIGH_ONLY: readonly Priority[] = ['high'];
const prioritiesFrom = (priority: Priority): readonly Priority[] =>
  priority === 'low' ? PRIORITIES : HIGH_ONLY;
