/**
 * A set of texts that stays sorted, in blocks: a change costs O(log n) comparisons and moves the texts of one block, however
 * many there are.
 */
import { compareText } from '../base/text.ts';

/** Texts of a block; twice as many are split. */
const BLOCK_TEXTS = 128;

export class SortedKeys {
  /** None is empty, but for the only one. */
  readonly #blocks: string[][] = [[]];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The lowest; undefined where there is none. */
  get first(): string | undefined {
    return this.#blocks[0]?.[0];
  }

  /** Calls `visit` with each, from the lowest up. */
  each(visit: (key: string) => void): void {
    for (const texts of this.#blocks) for (const key of texts) visit(key);
  }

  /** The highest ones, the highest first. */
  highest(count: number): readonly string[] {
    const found: string[] = [];
    for (let block = this.#blocks.length - 1; block >= 0 && found.length < count; block--) {
      const texts = this.#blocks[block] ?? [];
      for (let index = texts.length - 1; index >= 0 && found.length < count; index--)
        found.push(texts[index] ?? '');
    }
    return found;
  }

  add(key: string): void {
    const block = this.#blockOf(key);
    const texts = this.#blocks[block] ?? [];
    const index = placeIn(texts, key);
    if (texts[index] === key) return;
    texts.splice(index, 0, key);
    this.#size++;
    if (texts.length >= 2 * BLOCK_TEXTS) this.#blocks.splice(block + 1, 0, texts.splice(BLOCK_TEXTS));
  }

  delete(key: string): void {
    const block = this.#blockOf(key);
    const texts = this.#blocks[block] ?? [];
    const index = placeIn(texts, key);
    if (texts[index] !== key) return;
    texts.splice(index, 1);
    this.#size--;
    if (texts.length === 0 && this.#blocks.length > 1) this.#blocks.splice(block, 1);
  }

  /** The last block that does not begin above the text; the first one for a text below all. */
  #blockOf(key: string): number {
    let [low, high] = [0, this.#blocks.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (compareText(this.#blocks[middle]?.[0] ?? '', key) <= 0) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Where it is, or would be. */
function placeIn(texts: readonly string[], key: string): number {
  let [low, high] = [0, texts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareText(texts[middle] ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
