/**
 * Reference-counted interner: equal values share one object and one small integer ID while at least one reference exists.
 * All peers share the tables, so that each stores IDs in arrays instead of objects, and compares IDs instead of values.
 */
import { invariant } from '../../base/invariant.ts';

/** A key that is equal for equal values only. */
export type InternKey = string | number | bigint;

const NOT_HELD = 'an interned ID is used without a reference';

export class CountedInterner<V> {
  readonly #keyOf: (value: V) => InternKey;
  readonly #ids = new Map<InternKey, number>();
  /** Values by ID; 0 is never assigned. */
  readonly #values: (V | undefined)[] = [undefined];
  readonly #refCounts: number[] = [0];
  /** Released IDs, for reuse. */
  readonly #free: number[] = [];

  constructor(keyOf: (value: V) => InternKey) {
    this.#keyOf = keyOf;
  }

  /** Number of interned values. */
  get size(): number {
    return this.#ids.size;
  }

  /** The ID of `value`, with one more reference, which must be released. */
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

  /** The ID of `value`, without a reference; null if it is not interned. */
  find(value: V): number | null {
    return this.#ids.get(this.#keyOf(value)) ?? null;
  }

  /** Adds a reference. */
  retain(id: number): void {
    this.#refCounts[id] = this.#refCountOf(id) + 1;
  }

  /** Removes a reference; the last one frees the ID. */
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
