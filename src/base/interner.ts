/**
 * Interning of immutable values: equal values become one object. Fifty thousand Services name a handful of pools, families
 * and ports between them, and most of their label maps are alike; as separate objects those cost more than the addresses.
 */

/** A table with more different values than this starts again: then hardly any are shared. */
export const INTERNED_MAX = 4096;

export class Interner<T> {
  readonly #table = new Map<string, T>();
  readonly #keyOf: (value: T) => string;

  /** `keyOf` gives equal values, and only those, the same text. */
  constructor(keyOf: (value: T) => string) {
    this.#keyOf = keyOf;
  }

  /** The value that was handed in first of all that are equal to this one, as far as the table remembers. */
  intern(value: T): T {
    const key = this.#keyOf(value);
    const known = this.#table.get(key);
    if (known !== undefined) return known;
    if (this.#table.size >= INTERNED_MAX) this.#table.clear();
    this.#table.set(key, value);
    return value;
  }
}
