/**
 * One copy of what many objects have in common. Fifty thousand Services name a handful of pools, families and
 * ports between them, and most of their label maps are alike; kept apart, those cost more than the addresses.
 */

/** Beyond so many different values a table starts anew: then they are hardly shared anyway. */
export const INTERNED_MAX = 4096;

export class Interner<T> {
  readonly #table = new Map<string, T>();
  readonly #keyOf: (value: T) => string;

  /** `textOf` gives equal values, and only those, the same text. */
  constructor(keyOf: (value: T) => string) {
    this.#keyOf = keyOf;
  }

  /** The first value of this kind that was ever handed in, or near enough to ever. */
  intern(value: T): T {
    const key = this.#keyOf(value);
    const known = this.#table.get(key);
    if (known !== undefined) return known;
    if (this.#table.size >= INTERNED_MAX) this.#table.clear();
    this.#table.set(key, value);
    return value;
  }
}
