/**
 * Decides how many objects the next page of a list has: by the bytes of the last one. Objects are between one and a thousand
 * kilobytes, and their owners choose; a page has about the same size whatever they are. While a page is read, the next one arrives: memory
 * for both is what a list costs beside the objects that are kept.
 */

/** The most objects of a page. */
export const PAGE_ITEMS = 500;

/** What a page should have: 500 objects of two kilobytes, or one of the largest. */
export const PAGE_BYTES = 1024 * 1024;

/** A larger page is aborted, and requested again with fewer objects. A page of one object may have any size. */
export const PAGE_BYTES_MAX = 2 * PAGE_BYTES;

/** By what the number of objects grows at most from one page to the next: small objects may be followed by large ones. */
const GROWTH_MAX = 4;

/** By what it shrinks after a page that was too large. */
const SHRINK = 8;

export class PageSize {
  readonly #itemsMax: number;
  #items: number;

  constructor(itemsMax = PAGE_ITEMS) {
    this.#itemsMax = itemsMax;
    this.#items = itemsMax;
  }

  /** Objects of the next page, at least one. */
  get items(): number {
    return this.#items;
  }

  /** Bytes that the next page may have; null for no limit: a page cannot be smaller than one object. */
  get bytesMax(): number | null {
    return this.#items === 1 ? null : PAGE_BYTES_MAX;
  }

  /** A page arrived. */
  received({ items, bytes }: { readonly items: number; readonly bytes: number }): void {
    if (items === 0 || bytes === 0) return;
    const fitting = Math.floor((PAGE_BYTES * items) / bytes);
    this.#items = Math.max(1, Math.min(fitting, this.#items * GROWTH_MAX, this.#itemsMax));
  }

  /** A page had more than `bytesMax`. */
  tooLarge(): void {
    this.#items = Math.max(1, Math.floor(this.#items / SHRINK));
  }
}
