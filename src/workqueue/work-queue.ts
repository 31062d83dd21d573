/**
 * Work queue of keys, not of objects: a worker reconciles the present state of its key. So no change is lost and none is
 * processed twice, however often and in whatever order events arrive:
 *
 * - a key waits once; of several due times the sooner one counts, of several priorities the higher one;
 * - a key is not processed concurrently: if it is added while it is in flight, it is enqueued again afterwards;
 * - of the keys that are due, those of high priority come first; within a priority, lanes take turns (`fair-lanes.ts`);
 *   within a lane the order is by due time, then by the order of `add`.
 *
 * It reads no clock and starts no timer; the worker pool that owns it does. Operations are O(log n).
 */
import type { Millis } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import { FairLanes, isBefore, type LaneEntry, SHARED_LANE } from './fair-lanes.ts';
import { Heap } from './heap.ts';

/** Highest first. */
export const PRIORITIES = ['high', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export type EnqueueOptions = {
  /** On the monotonic clock; 0, or a time in the past, means now. */
  readonly dueAt?: Millis;
  readonly priority?: Priority;
  /** Lanes take turns. Keys without one share a lane, which has every second turn and no limit of keys in flight. A key that waits keeps its lane. */
  readonly lane?: string;
};

type QueueEntry<K> = LaneEntry & {
  readonly key: K;
  priority: Priority;
  /** It was due at a `take`, and is in its lane. */
  isInLane: boolean;
};

/** Keys of one priority: those that are not due yet, and those that are. */
type Band<K> = { readonly later: Heap<QueueEntry<K>>; readonly due: FairLanes<QueueEntry<K>> };

export type WorkQueueOptions = {
  /** The keys of a lane that may be in flight, of each priority. */
  readonly laneInFlightMax?: number;
  /** The weight of a lane's keys in flight together, of each priority. One key may always be in flight. */
  readonly laneWeightMax?: number;
};

export class WorkQueue<K> {
  readonly #bands: Readonly<Record<Priority, Band<K>>>;
  readonly #waiting = new Map<K, QueueEntry<K>>();
  /** Keys in flight, with the entry to enqueue when they are done; null where there is none. */
  readonly #inFlight = new Map<
    K,
    { readonly taken: QueueEntry<K>; readonly band: Band<K>; requeued: QueueEntry<K> | null }
  >();
  #nextSequence = 0;

  constructor({
    laneInFlightMax = Number.POSITIVE_INFINITY,
    laneWeightMax = Number.POSITIVE_INFINITY,
  }: WorkQueueOptions = {}) {
    const inFlightMax = (lane: string): number =>
      lane === SHARED_LANE ? Number.POSITIVE_INFINITY : laneInFlightMax;
    const createBand = (): Band<K> => ({
      later: new Heap<QueueEntry<K>>(isBefore),
      due: new FairLanes({ inFlightMax, weightMax: laneWeightMax }),
    });
    this.#bands = { high: createBand(), low: createBand() };
  }

  /** The number of keys that wait, including those in flight that are enqueued again afterwards. */
  get size(): number {
    let requeued = 0;
    for (const { requeued: entry } of this.#inFlight.values()) if (entry !== null) requeued++;
    return this.#waiting.size + requeued;
  }

  /** The number of keys in flight. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  add(key: K, { dueAt = 0, priority = 'high', lane = SHARED_LANE }: EnqueueOptions = {}): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      if (!isMoreUrgent(waiting, dueAt, priority)) return;
      this.#dequeue(waiting);
      raiseUrgency(waiting, dueAt, priority);
      this.#enqueue(waiting);
      return;
    }
    const flight = this.#inFlight.get(key);
    if (flight?.requeued) {
      raiseUrgency(flight.requeued, dueAt, priority);
      return;
    }
    const sequence = this.#nextSequence++;
    const entry: QueueEntry<K> = { key, dueAt, priority, lane, sequence, isInLane: false, slot: -1 };
    if (flight !== undefined) flight.requeued = entry;
    else this.#enqueue(entry);
  }

  /**
   * Takes the next key that is due, of at least this priority; null where there is none, or where all that are due are in
   * lanes at their limit. The caller must call `done` for it. With priority 'high', a caller with a rate limit can leave
   * keys of low priority in the queue.
   */
  take(now: Millis, priority: Priority = 'low'): K | null {
    for (const candidate of prioritiesFrom(priority)) {
      const band = this.#bands[candidate];
      for (let entry = band.later.first; entry && entry.dueAt <= now; entry = band.later.first) {
        band.later.remove(entry);
        entry.isInLane = true;
        band.due.add(entry);
      }
      const entry = band.due.take();
      if (entry === undefined) continue;
      this.#waiting.delete(entry.key);
      this.#inFlight.set(entry.key, { taken: entry, band, requeued: null });
      return entry.key;
    }
    return null;
  }

  /** The work on a key from `take` has ended, with or without success. `weight` is what it cost, in units of the caller. */
  done(key: K, weight = 0): void {
    const flight = this.#inFlight.get(key);
    invariant(flight !== undefined, 'done was called for a key that is not in flight');
    this.#inFlight.delete(key);
    flight.band.due.done(flight.taken, weight);
    if (flight.requeued !== null) this.#enqueue(flight.requeued);
  }

  /** Removes a key. Work in flight goes on, and is not repeated. */
  forget(key: K): void {
    const waiting = this.#waiting.get(key);
    const flight = this.#inFlight.get(key);
    if (waiting !== undefined) {
      this.#dequeue(waiting);
      this.#waiting.delete(key);
    } else if (flight !== undefined) flight.requeued = null;
  }

  /**
   * When the next waiting key is due; null where none waits. Keys in flight do not count, nor do keys of a lane at its limit
   * that are due. Where several are due, the time is that of the one whose turn is next.
   */
  nextDue(priority: Priority = 'low'): Millis | null {
    let soonest: Millis | null = null;
    for (const candidate of prioritiesFrom(priority)) {
      const { later, due } = this.#bands[candidate];
      for (const entry of [due.next, later.first])
        if (entry !== undefined && (soonest === null || entry.dueAt < soonest)) soonest = entry.dueAt;
    }
    return soonest;
  }

  #enqueue(entry: QueueEntry<K>): void {
    this.#waiting.set(entry.key, entry);
    entry.isInLane = false;
    this.#bands[entry.priority].later.add(entry);
  }

  #dequeue(entry: QueueEntry<K>): void {
    const { later, due } = this.#bands[entry.priority];
    if (entry.isInLane) due.remove(entry);
    else later.remove(entry);
  }
}

const isMoreUrgent = <K>(entry: QueueEntry<K>, dueAt: Millis, priority: Priority): boolean =>
  dueAt < entry.dueAt || (priority === 'high' && entry.priority === 'low');

function raiseUrgency<K>(entry: QueueEntry<K>, dueAt: Millis, priority: Priority): void {
  entry.dueAt = Math.min(entry.dueAt, dueAt);
  if (priority === 'high') entry.priority = priority;
}

const HIGH_ONLY: readonly Priority[] = ['high'];
const prioritiesFrom = (priority: Priority): readonly Priority[] =>
  priority === 'low' ? PRIORITIES : HIGH_ONLY;
