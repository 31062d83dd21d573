/** A set of texts that stays sorted: a change costs O(log n) comparisons, and no pass over the others. */
import { compareText } from '../base/text.ts';

export class SortedKeys {
  readonly #keys: string[] = [];

  get size(): number {
    return this.#keys.length;
  }

  /** The lowest; undefined where there is none. */
  get first(): string | undefined {
    return this.#keys[0];
  }

  /** From the lowest up. */
  values(): readonly string[] {
    return this.#keys;
  }

  /** The highest ones, the highest first. */
  highest(count: number): readonly string[] {
    return this.#keys.slice(-count).reverse();
  }

  add(key: string): void {
    const index = this.#indexOf(key);
    if (this.#keys[index] !== key) this.#keys.splice(index, 0, key);
  }

  delete(key: string): void {
    const index = this.#indexOf(key);
    if (this.#keys[index] === key) this.#keys.splice(index, 1);
  }

  /** Where it is, or would be. */
  #indexOf(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareText(this.#keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
