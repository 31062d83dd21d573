/**
 * A binary heap whose items know their own slot, so that one in the middle can be moved or taken out without
 * looking for it. Every operation is O(log n) in the number of items, `first` O(1).
 */

/** The heap writes `slot`; -1 while the item is in no heap. */
export type HeapItem = { slot: number };

export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  /** `before` says which of two items leaves first. */
  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#place(item, this.#items.length);
    this.#siftUp(item);
  }

  /** Nothing happens where the item is in no heap. */
  remove(item: T): void {
    const { slot } = item;
    if (slot < 0) return;
    const last = this.#items.pop();
    item.slot = -1;
    if (last === undefined || last === item) return;
    this.#place(last, slot);
    this.update(last);
  }

  /** To be told after what `before` looks at has changed on an item in the heap. */
  update(item: T): void {
    this.#siftUp(item);
    this.#siftDown(item);
  }

  #place(item: T, slot: number): void {
    this.#items[slot] = item;
    item.slot = slot;
  }

  #siftUp(item: T): void {
    while (item.slot > 0) {
      const parentSlot = (item.slot - 1) >> 1;
      const parent = this.#items[parentSlot];
      if (parent === undefined || !this.#isBefore(item, parent)) return;
      this.#place(parent, item.slot);
      this.#place(item, parentSlot);
    }
  }

  #siftDown(item: T): void {
    for (;;) {
      const left = 2 * item.slot + 1;
      const leftChild = this.#items[left];
      if (leftChild === undefined) return;
      const rightChild = this.#items[left + 1];
      const child =
        rightChild !== undefined && this.#isBefore(rightChild, leftChild) ? rightChild : leftChild;
      if (!this.#isBefore(child, item)) return;
      const { slot } = child;
      this.#place(child, item.slot);
      this.#place(item, slot);
    }
  }
}
