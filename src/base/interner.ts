/**
 * Interning of immutable values: equal values become one object. Fifty thousand Services name a handful of families and ports
 * between them, and most of their label maps are alike; as separate objects those cost more than the addresses.
 *
 * The table holds its values weakly: an entry goes when the last object that has the value is collected. So the table never
 * outgrows what its users hold, whatever they were sent before. Large values are not shared at all.
 */

/** A value whose key is longer is returned as it is: large values are rarely equal, and their keys cost as much again. */
export const INTERNED_CHARS_MAX = 512;

export class Interner<T extends object> {
  readonly #table = new Map<string, WeakRef<T>>();
  readonly #keyOf: (value: T) => string;
  readonly #collected = new FinalizationRegistry<string>((key) => {
    // An equal value may have taken the place of the collected one.
    if (this.#table.get(key)?.deref() === undefined) this.#table.delete(key);
  });

  /** `keyOf` gives equal values, and only those, the same text. */
  constructor(keyOf: (value: T) => string) {
    this.#keyOf = keyOf;
  }

  /** Entries: the different values that are alive, and those whose collection was not reported yet. */
  get size(): number {
    return this.#table.size;
  }

  /** The value that was handed in first of all live ones that are equal to this one. */
  intern(value: T): T {
    const key = this.#keyOf(value);
    if (key.length > INTERNED_CHARS_MAX) return value;
    const known = this.#table.get(key)?.deref();
    if (known !== undefined) return known;
    this.#table.set(key, new WeakRef(value));
    this.#collected.register(value, key);
    return value;
  }
}
