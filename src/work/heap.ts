/**
 * A binary heap whose items know their own slot, so that one in the middle can be moved or taken out without
 * looking for it. Every operation is O(log n) in the number of items, `first` O(1).
 */

/** The heap writes `slot`; -1 while the item is in no heap. */
export type Heaped = { slot: number };

export class Heap<T extends Heaped> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  /** `before` says which of two items leaves first. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#place(item, this.#items.length);
    this.#rise(item);
  }

  /** Nothing happens where the item is in no heap. */
  remove(item: T): void {
    const { slot } = item;
    if (slot < 0) return;
    const last = this.#items.pop();
    item.slot = -1;
    if (last === undefined || last === item) return;
    this.#place(last, slot);
    this.moved(last);
  }

  /** To be told after what `before` looks at has changed on an item in the heap. */
  moved(item: T): void {
    this.#rise(item);
    this.#sink(item);
  }

  #place(item: T, slot: number): void {
    this.#items[slot] = item;
    item.slot = slot;
  }

  #rise(item: T): void {
    while (item.slot > 0) {
      const parentSlot = (item.slot - 1) >> 1;
      const parent = this.#items[parentSlot];
      if (parent === undefined || !this.#before(item, parent)) return;
      this.#place(parent, item.slot);
      this.#place(item, parentSlot);
    }
  }

  #sink(item: T): void {
    for (;;) {
      const left = 2 * item.slot + 1;
      const leftChild = this.#items[left];
      if (leftChild === undefined) return;
      const rightChild = this.#items[left + 1];
      const child = rightChild !== undefined && this.#before(rightChild, leftChild) ? rightChild : leftChild;
      if (!this.#before(child, item)) return;
      const { slot } = child;
      this.#place(child, item.slot);
      this.#place(item, slot);
    }
  }
}
