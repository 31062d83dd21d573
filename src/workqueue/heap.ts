/**
 * Binary heap whose items know their slot, so that any item can be moved or removed without a search. Operations are
 * O(log n) in the number of items, `first` is O(1).
 */

/** The heap sets `slot`; -1 while the item is in no heap. */
export type HeapItem = { slot: number };

export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  /** `isBefore` says which of two items is closer to the top. */
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

  /** An item that is in no heap is ignored. */
  remove(item: T): void {
    const { slot } = item;
    if (slot < 0) return;
    const last = this.#items.pop();
    item.slot = -1;
    if (last === undefined || last === item) return;
    this.#place(last, slot);
    this.update(last);
  }

  /** To be called after a field that `isBefore` reads has changed on an item in the heap. */
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
