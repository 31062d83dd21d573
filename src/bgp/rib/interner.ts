/**
 * Equal values are one object with one small number, for as long as somebody holds it. All peers share a table, so that
 * each keeps numbers in arrays where it would keep objects, and compares numbers where it would compare values.
 */
import { invariant } from '../../base/invariant.ts';

/** What equal values have in common, and no others. */
export type InternKey = string | number | bigint;

const NOT_HELD = 'a number is used that nobody holds';

export class CountedInterner<V> {
  readonly #keyOf: (value: V) => InternKey;
  readonly #ids = new Map<InternKey, number>();
  /** By number; 0 is none's. */
  readonly #values: (V | undefined)[] = [undefined];
  readonly #refCounts: number[] = [0];
  /** Numbers that nobody holds any more, for the next newcomers. */
  readonly #free: number[] = [];

  constructor(keyOf: (value: V) => InternKey) {
    this.#keyOf = keyOf;
  }

  /** How many different values are held. */
  get size(): number {
    return this.#ids.size;
  }

  /** The number of `value`, held once more: each hold wants its `drop`. */
  acquire(value: V): number {
    const key = this.#keyOf(value);
    const known = this.#ids.get(key);
    if (known !== undefined) {
      this.retain(known);
      return known;
    }
    const id = this.#free.pop() ?? this.#values.length;
    this.#ids.set(key, id);
    this.#values[id] = value;
    this.#refCounts[id] = 1;
    return id;
  }

  /** Holds once more what is held already. */
  retain(id: number): void {
    this.#refCounts[id] = this.#refCountOf(id) + 1;
  }

  release(id: number): void {
    const refCount = this.#refCountOf(id) - 1;
    this.#refCounts[id] = refCount;
    if (refCount > 0) return;
    this.#ids.delete(this.#keyOf(this.at(id)));
    this.#values[id] = undefined;
    this.#free.push(id);
  }

  at(id: number): V {
    const value = this.#values[id];
    invariant(value !== undefined, NOT_HELD);
    return value;
  }

  #refCountOf(id: number): number {
    const refCount = this.#refCounts[id] ?? 0;
    invariant(refCount > 0, NOT_HELD);
    return refCount;
  }
}
