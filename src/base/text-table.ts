/**
 * Shares equal short texts. JavaScript cannot hold a string weakly, so this table is bounded instead: it keeps 128 KiB at
 * most, whatever passes through it.
 */

/** When the table is full it starts again: then hardly any texts are equal. */
const TEXTS_MAX = 256;

/** A longer text is returned as it is. */
export const SHARED_TEXT_CHARS_MAX = 256;

export class TextTable {
  readonly #texts = new Map<string, string>();

  get size(): number {
    return this.#texts.size;
  }

  /** A text that is equal to this one: one string for all, as far as the table remembers. */
  share(text: string): string {
    if (text.length > SHARED_TEXT_CHARS_MAX) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= TEXTS_MAX) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
