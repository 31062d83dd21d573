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
export const LANES = ['urgent', 'calm'] as const;
export type Lane = (typeof LANES)[number];

export type AddOptions = {
  /** On the monotonic clock; in the past, or 0, means now. */
  readonly dueAt?: Millis;
  readonly lane?: Lane;
};

type Entry<K> = {
  readonly key: K;
  dueAt: Millis;
  lane: Lane;
  /** Breaks ties, first come first served. */
  order: number;
  slot: number;
};

export class WorkQueue<K> {
  readonly #lanes: Readonly<Record<Lane, Heap<Entry<K>>>> = {
    urgent: new Heap<Entry<K>>(isBefore),
    calm: new Heap<Entry<K>>(isBefore),
  };
  readonly #waiting = new Map<K, Entry<K>>();
  /** Keys being worked on, with what was asked for meanwhile. */
  readonly #busy = new Map<K, Entry<K> | null>();
  #order = 0;

  /** Keys that wait, those that come again after the work on them is done included. */
  get size(): number {
    let again = 0;
    for (const entry of this.#busy.values()) if (entry !== null) again++;
    return this.#waiting.size + again;
  }

  /** Keys being worked on. */
  get busy(): number {
    return this.#busy.size;
  }

  add(key: K, { dueAt = 0, lane = 'urgent' }: AddOptions = {}): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      if (!isStronger(waiting, dueAt, lane)) return;
      this.#lanes[waiting.lane].remove(waiting);
      strengthen(waiting, dueAt, lane);
      this.#lanes[waiting.lane].add(waiting);
      return;
    }
    const again = this.#busy.get(key);
    if (again) {
      strengthen(again, dueAt, lane);
      return;
    }
    const entry: Entry<K> = { key, dueAt, lane, order: this.#order++, slot: -1 };
    if (again === null) this.#busy.set(key, entry);
    else this.#enter(entry);
  }

  /**
   * The key to work on now, null where none is due. Whoever gets one owes a `done`. With `lane` 'urgent' calm
   * keys stay where they are, so that a caller who has to go easy can leave them for later.
   */
  take(now: Millis, lane: Lane = 'calm'): K | null {
    for (const each of lanesUpTo(lane)) {
      const entry = this.#lanes[each].first;
      if (entry === undefined || entry.dueAt > now) continue;
      this.#lanes[each].remove(entry);
      this.#waiting.delete(entry.key);
      this.#busy.set(entry.key, null);
      return entry.key;
    }
    return null;
  }

  /** The work on a key that `take` gave is over, well or badly. */
  done(key: K): void {
    const again = this.#busy.get(key);
    invariant(again !== undefined, 'a key that nobody works on cannot be done');
    this.#busy.delete(key);
    if (again !== null) this.#enter(again);
  }

  /** Takes back a wish that has lost its meaning. Work under way goes on, and will not come again. */
  forget(key: K): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      this.#lanes[waiting.lane].remove(waiting);
      this.#waiting.delete(key);
    } else if (this.#busy.has(key)) {
      this.#busy.set(key, null);
    }
  }

  /** When the soonest of the waiting keys is due; null where none waits. Keys being worked on do not count. */
  nextDue(lane: Lane = 'calm'): Millis | null {
    let soonest: Millis | null = null;
    for (const each of lanesUpTo(lane)) {
      const dueAt = this.#lanes[each].first?.dueAt;
      if (dueAt !== undefined && (soonest === null || dueAt < soonest)) soonest = dueAt;
    }
    return soonest;
  }

  #enter(entry: Entry<K>): void {
    this.#waiting.set(entry.key, entry);
    this.#lanes[entry.lane].add(entry);
  }
}

const isBefore = <K>(a: Entry<K>, b: Entry<K>): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);

const isStronger = <K>(entry: Entry<K>, dueAt: Millis, lane: Lane): boolean =>
  dueAt < entry.dueAt || (lane === 'urgent' && entry.lane === 'calm');

function strengthen<K>(entry: Entry<K>, dueAt: Millis, lane: Lane): void {
  entry.dueAt = Math.min(entry.dueAt, dueAt);
  if (lane === 'urgent') entry.lane = lane;
}

const URGENT_ONLY: readonly Lane[] = ['urgent'];
const lanesUpTo = (lane: Lane): readonly Lane[] => (lane === 'calm' ? LANES : URGENT_ONLY);
