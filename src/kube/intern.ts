/**
 * One copy of what many objects have in common. Fifty thousand Services name a handful of pools, families and
 * ports between them, and most of their label maps are alike; kept apart, those cost more than the addresses.
 */

/** Beyond so many different values a table starts anew: then they are hardly shared anyway. */
export const SHARED_MAX = 4096;

export class Interner<T> {
  readonly #table = new Map<string, T>();
  readonly #textOf: (value: T) => string;

  /** `textOf` gives equal values, and only those, the same text. */
  constructor(textOf: (value: T) => string) {
    this.#textOf = textOf;
  }

  /** The first value of this kind that was ever handed in, or near enough to ever. */
  share(value: T): T {
    const text = this.#textOf(value);
    const known = this.#table.get(text);
    if (known !== undefined) return known;
    if (this.#table.size >= SHARED_MAX) this.#table.clear();
    this.#table.set(text, value);
    return value;
  }
}
