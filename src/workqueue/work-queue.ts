/**
 * The work queue. It holds keys, never objects: a key says "look again", and whoever takes it looks at what is
 * there then. So nothing is lost and nothing is done twice, however often and in whatever order events come:
 *
 * - a key waits once; of several due times the sooner wins, of several lanes the more urgent;
 * - the same key is never worked on twice at a time: added while it is worked on, it comes again afterwards;
 * - of the keys that are due, urgent ones leave before calm ones, and within a lane by due time, then in the
 *   order they were added.
 *
 * It asks no clock and starts no timer: the loop that owns it does. Each operation is O(log n).
 */
import type { Millis } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import { Heap } from './heap.ts';

/** Most urgent first. Newcomers without an address are urgent; tidying up what already works is calm. */
export const PRIORITIES = ['high', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export type EnqueueOptions = {
  /** On the monotonic clock; in the past, or 0, means now. */
  readonly dueAt?: Millis;
  readonly priority?: Priority;
};

type QueueEntry<K> = {
  readonly key: K;
  dueAt: Millis;
  priority: Priority;
  /** Breaks ties, first come first served. */
  sequence: number;
  slot: number;
};

export class WorkQueue<K> {
  readonly #heaps: Readonly<Record<Priority, Heap<QueueEntry<K>>>> = {
    high: new Heap<QueueEntry<K>>(isBefore),
    low: new Heap<QueueEntry<K>>(isBefore),
  };
  readonly #waiting = new Map<K, QueueEntry<K>>();
  /** Keys being worked on, with what was asked for meanwhile. */
  readonly #inFlight = new Map<K, QueueEntry<K> | null>();
  #nextSequence = 0;

  /** Keys that wait, those that come again after the work on them is done included. */
  get size(): number {
    let requeued = 0;
    for (const entry of this.#inFlight.values()) if (entry !== null) requeued++;
    return this.#waiting.size + requeued;
  }

  /** Keys being worked on. */
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
   * The key to work on now, null where none is due. Whoever gets one owes a `done`. With `lane` 'high' calm
   * keys stay where they are, so that a caller who has to go easy can leave them for later.
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

  /** The work on a key that `take` gave is over, well or badly. */
  done(key: K): void {
    const requeued = this.#inFlight.get(key);
    invariant(requeued !== undefined, 'a key that nobody works on cannot be done');
    this.#inFlight.delete(key);
    if (requeued !== null) this.#enqueue(requeued);
  }

  /** Takes back a wish that has lost its meaning. Work under way goes on, and will not come again. */
  forget(key: K): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      this.#heaps[waiting.priority].remove(waiting);
      this.#waiting.delete(key);
    } else if (this.#inFlight.has(key)) {
      this.#inFlight.set(key, null);
    }
  }

  /** When the soonest of the waiting keys is due; null where none waits. Keys being worked on do not count. */
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
