/**
 * Keys that are due, in lanes that take turns: a lane of ten thousand keys delays a key of another lane by one. Within a
 * lane the order is by due time, then by the order of `add`. A lane may have a limit of keys in flight, so that one
 * whose work hangs leaves room for others.
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

type Lane<E extends LaneEntry> = { readonly entries: Heap<E>; inFlight: number };

export const isBefore = (a: LaneEntry, b: LaneEntry): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence);

export class FairLanes<E extends LaneEntry> {
  /** Lanes with keys that are due or in flight. */
  readonly #lanes = new Map<string, Lane<E>>();
  /** Lanes that may be served, the next one first. */
  readonly #turns = new Set<Lane<E>>();
  readonly #limitOf: (lane: string) => number;

  /** `limitOf` gives the keys of a lane that may be in flight. */
  constructor(limitOf: (lane: string) => number) {
    this.#limitOf = limitOf;
  }

  /** The first entry of the lane whose turn is next; none where no lane may be served. */
  get next(): E | undefined {
    for (const lane of this.#turns) return lane.entries.first;
    return undefined;
  }

  add(entry: E): void {
    const lane = this.#lanes.get(entry.lane) ?? { entries: new Heap<E>(isBefore), inFlight: 0 };
    this.#lanes.set(entry.lane, lane);
    lane.entries.add(entry);
    this.#update(entry.lane, lane);
  }

  remove(entry: E): void {
    const lane = this.#laneOf(entry);
    lane.entries.remove(entry);
    this.#update(entry.lane, lane);
  }

  /** Takes the next entry; the other lanes have their turn before its lane has the next one. */
  take(): E | undefined {
    const entry = this.next;
    if (entry === undefined) return undefined;
    const lane = this.#laneOf(entry);
    this.#turns.delete(lane);
    lane.entries.remove(entry);
    lane.inFlight += 1;
    this.#update(entry.lane, lane);
    return entry;
  }

  /** The work on an entry that was taken has ended. */
  done(entry: E): void {
    const lane = this.#laneOf(entry);
    lane.inFlight -= 1;
    this.#update(entry.lane, lane);
  }

  #laneOf({ lane: name }: E): Lane<E> {
    const lane = this.#lanes.get(name);
    invariant(lane !== undefined, 'a key in flight or due has a lane');
    return lane;
  }

  #update(name: string, lane: Lane<E>): void {
    const hasEntries = lane.entries.first !== undefined;
    if (hasEntries && lane.inFlight < this.#limitOf(name)) this.#turns.add(lane);
    else this.#turns.delete(lane);
    if (!hasEntries && lane.inFlight === 0) this.#lanes.delete(name);
  }
}
