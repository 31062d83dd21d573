/**
 * Equal values are one object with one small number, for as long as somebody holds it. All peers share a table, so that
 * each keeps numbers in arrays where it would keep objects, and compares numbers where it would compare values.
 */
import { invariant } from '../../base/invariant.ts';

/** What equal values have in common, and no others. */
export type Key = string | number | bigint;

const UNHELD = 'a number is used that nobody holds';

export class Numbered<V> {
  readonly #keyOf: (value: V) => Key;
  readonly #numbers = new Map<Key, number>();
  /** By number; 0 is none's. */
  readonly #values: (V | undefined)[] = [undefined];
  readonly #holds: number[] = [0];
  /** Numbers that nobody holds any more, for the next newcomers. */
  readonly #free: number[] = [];

  constructor(keyOf: (value: V) => Key) {
    this.#keyOf = keyOf;
  }

  /** How many different values are held. */
  get size(): number {
    return this.#numbers.size;
  }

  /** The number of `value`, held once more: each hold wants its `drop`. */
  hold(value: V): number {
    const key = this.#keyOf(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) {
      this.keep(known);
      return known;
    }
    const number = this.#free.pop() ?? this.#values.length;
    this.#numbers.set(key, number);
    this.#values[number] = value;
    this.#holds[number] = 1;
    return number;
  }

  /** Holds once more what is held already. */
  keep(number: number): void {
    this.#holds[number] = this.#holdsOf(number) + 1;
  }

  drop(number: number): void {
    const holds = this.#holdsOf(number) - 1;
    this.#holds[number] = holds;
    if (holds > 0) return;
    this.#numbers.delete(this.#keyOf(this.at(number)));
    this.#values[number] = undefined;
    this.#free.push(number);
  }

  at(number: number): V {
    const value = this.#values[number];
    invariant(value !== undefined, UNHELD);
    return value;
  }

  #holdsOf(number: number): number {
    const holds = this.#holds[number] ?? 0;
    invariant(holds > 0, UNHELD);
    return holds;
  }
}
