/** A list of what belongs to groups of Services, in the order of the oldest Service of each, kept in order one by one. */
import { compareServiceAge } from '../../objects/service.ts';
import type { AddressGroup } from './address-groups.ts';

export class OldestFirst<T> {
  readonly #groupOf: (item: T) => AddressGroup;
  #sorted: T[] = [];

  constructor(groupOf: (item: T) => AddressGroup) {
    this.#groupOf = groupOf;
  }

  /** As of now: the same list has other items later. */
  get all(): readonly T[] {
    return this.#sorted;
  }

  /** Adds the item, or replaces the one of the same group. */
  put(item: T): void {
    const place = this.#placeOf(item);
    const known = this.#sorted[place];
    const isKnown = known !== undefined && this.#compare(known, item) === 0;
    this.#sorted.splice(place, isKnown ? 1 : 0, item);
  }

  /** The list has it. */
  remove(item: T): void {
    this.#sorted.splice(this.#placeOf(item), 1);
  }

  /** Replaces all; they may be in any order, and are quickest in this one. */
  replaceAll(items: Iterable<T>): void {
    this.#sorted = [...items].sort((a, b) => this.#compare(a, b));
  }

  /** How many come before. */
  #placeOf(item: T): number {
    let [from, to] = [0, this.#sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.#sorted[middle];
      if (other !== undefined && this.#compare(other, item) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #compare(a: T, b: T): number {
    const [[first], [second]] = [this.#groupOf(a), this.#groupOf(b)];
    return first === undefined || second === undefined ? 0 : compareServiceAge(first.service, second.service);
  }
}
