/**
 * Keys that are due, in lanes that take turns: a lane of ten thousand keys delays a key of another lane by one. The shared
 * lane '' comes first, and has every second turn: what waited for something is served before what came later. Within a
 * lane the order is by due time, then by the order of `add`. A lane may have a limit of keys in flight, so that one
 * whose work hangs leaves room for others. A second limit is by the weight of its last work, such as bytes: a lane of heavy
 * work has few keys in flight, and one at least.
 */
import type { Millis } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import { Heap } from './heap.ts';

export type LaneEntry = {
  readonly lane: string;
  dueAt: Millis;
  readonly sequence: number;
  slot: number;
};

/** `weight` is what a key of the lane weighs, by those that were done. */
type Lane<E extends LaneEntry> = { readonly entries: Heap<E>; inFlight: number; weight: number };

export type LaneLimits = {
  /** The keys of a lane that may be in flight. */
  readonly inFlightMax: (lane: string) => number;
  /** The weight of a lane's keys in flight together. */
  readonly weightMax: number;
};

/** Of keys that belong to no lane in particular. */
export const SHARED_LANE = '';

/** A light key after a heavy one changes the weight of its lane by this share only. */
const WEIGHT_DECAY = 0.25;

export const isBefore = (a: LaneEntry, b: LaneEntry): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence);

export class FairLanes<E extends LaneEntry> {
  /** Lanes with keys that are due or in flight. */
  readonly #lanes = new Map<string, Lane<E>>();
  /** Lanes that may be served, the next one first; of the shared lane, `next` decides. */
  readonly #turns = new Set<Lane<E>>();
  #wasSharedLast = false;
  readonly #limits: LaneLimits;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /** The first entry of the lane whose turn is next; none where no lane may be served. */
  get next(): E | undefined {
    const shared = this.#lanes.get(SHARED_LANE);
    const isSharedDue = shared !== undefined && this.#turns.has(shared);
    if (isSharedDue && !this.#wasSharedLast) return shared.entries.first;
    for (const lane of this.#turns) if (lane !== shared) return lane.entries.first;
    return isSharedDue ? shared.entries.first : undefined;
  }

  add(entry: E): void {
    const lane = this.#lanes.get(entry.lane) ?? { entries: new Heap<E>(isBefore), inFlight: 0, weight: 0 };
    this.#lanes.set(entry.lane, lane);
    lane.entries.add(entry);
    this.#update(entry.lane, lane);
  }

  remove(entry: E): void {
    const lane = this.#laneOf(entry);
    lane.entries.remove(entry);
    this.#update(entry.lane, lane);
  }

  /** Takes the next entry; the other lanes have their turn before its lane has the next one, unless it is the shared one. */
  take(): E | undefined {
    const entry = this.next;
    if (entry === undefined) return undefined;
    const lane = this.#laneOf(entry);
    this.#wasSharedLast = entry.lane === SHARED_LANE;
    this.#turns.delete(lane);
    lane.entries.remove(entry);
    lane.inFlight += 1;
    this.#update(entry.lane, lane);
    return entry;
  }

  /** The work on an entry that was taken has ended, and weighed this much. */
  done(entry: E, weight: number): void {
    const lane = this.#laneOf(entry);
    lane.inFlight -= 1;
    lane.weight = Math.max(weight, lane.weight + (weight - lane.weight) * WEIGHT_DECAY);
    this.#update(entry.lane, lane);
  }

  #laneOf({ lane: name }: E): Lane<E> {
    const lane = this.#lanes.get(name);
    invariant(lane !== undefined, 'a key in flight or due has a lane');
    return lane;
  }

  #update(name: string, lane: Lane<E>): void {
    const hasEntries = lane.entries.first !== undefined;
    if (hasEntries && this.#hasRoom(name, lane)) this.#turns.add(lane);
    else this.#turns.delete(lane);
    if (!hasEntries && lane.inFlight === 0) this.#lanes.delete(name);
  }

  #hasRoom(name: string, { inFlight, weight }: Lane<E>): boolean {
    if (inFlight === 0) return true;
    return inFlight < this.#limits.inFlightMax(name) && (inFlight + 1) * weight <= this.#limits.weightMax;
  }
}
