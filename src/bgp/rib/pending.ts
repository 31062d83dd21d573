/**
 * Pending set: the prefixes with an UPDATE to send, in batches with the same path. A batch is a doubly linked list in two
 * arrays, so adding, moving and removing a prefix takes constant time and allocates nothing.
 */
import type { Family } from '../../net/address.ts';
import { growArray } from './shared-tables.ts';

export type PendingBatch = {
  readonly family: Family;
  /** Path ID; 0 for withdrawals. */
  readonly path: number;
  /** ID of the prefix that has been pending longest; 0 if the batch is empty. */
  first: number;
  last: number;
  older: PendingBatch | null;
  newer: PendingBatch | null;
};

const newBatch = (family: Family, path: number): PendingBatch => ({
  family,
  path,
  first: 0,
  last: 0,
  older: null,
  newer: null,
});

/** Never 0, which means no batch. */
const batchId = (family: Family, path: number): number => 2 * path + (family === 4 ? 1 : 2);

export class PendingPrefixes {
  /** By prefix ID: its batch, and its neighbours in the list. */
  #batchOf = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  readonly #batches = new Map<number, PendingBatch>();
  /** Announcement batches by age. A `Map` emptied from its front would scan its deleted entries on each lookup. */
  #oldest: PendingBatch | null = null;
  #newest: PendingBatch | null = null;
  readonly #sizes: Record<Family, number> = { 4: 0, 6: 0 };

  size(family: Family): number {
    return this.#sizes[family];
  }

  has(prefixId: number): boolean {
    return (this.#batchOf[prefixId] ?? 0) !== 0;
  }

  /** The next batch to send: withdrawals first, then announcements, the oldest batch first. */
  get first(): PendingBatch | null {
    return this.#batches.get(batchId(4, 0)) ?? this.#batches.get(batchId(6, 0)) ?? this.#oldest;
  }

  /** Adds a prefix to a batch, removing it from another; in the same batch it keeps its position. */
  put(prefixId: number, family: Family, path: number): void {
    const id = batchId(family, path);
    if (this.#batchOf[prefixId] === id) return;
    this.remove(prefixId);
    if (prefixId >= this.#batchOf.length) this.#growTo(prefixId);
    const batch = this.#batches.get(id) ?? this.#appendBatch(id, newBatch(family, path));
    this.#batchOf[prefixId] = id;
    this.#previous[prefixId] = batch.last;
    if (batch.last === 0) batch.first = prefixId;
    else this.#next[batch.last] = prefixId;
    batch.last = prefixId;
    this.#sizes[family]++;
  }

  /** Removes a prefix if it is pending. */
  remove(prefixId: number): void {
    const id = this.#batchOf[prefixId] ?? 0;
    const batch = this.#batches.get(id);
    if (batch === undefined) return;
    const [previous, next] = [this.#previous[prefixId] ?? 0, this.#next[prefixId] ?? 0];
    if (previous === 0) batch.first = next;
    else this.#next[previous] = next;
    if (next === 0) batch.last = previous;
    else this.#previous[next] = previous;
    this.#batchOf[prefixId] = 0;
    this.#next[prefixId] = 0;
    this.#sizes[batch.family]--;
    if (batch.first === 0) this.#removeBatch(id, batch);
  }

  /** ID of the next prefix in the batch; 0 at its end. */
  after(prefixId: number): number {
    return this.#next[prefixId] ?? 0;
  }

  clear(): void {
    for (const batch of this.#batches.values()) while (batch.first !== 0) this.remove(batch.first);
  }

  #growTo(prefixId: number): void {
    this.#batchOf = growArray(this.#batchOf, prefixId);
    this.#next = growArray(this.#next, prefixId);
    this.#previous = growArray(this.#previous, prefixId);
  }

  #appendBatch(id: number, batch: PendingBatch): PendingBatch {
    this.#batches.set(id, batch);
    if (batch.path === 0) return batch;
    batch.older = this.#newest;
    if (this.#newest === null) this.#oldest = batch;
    else this.#newest.newer = batch;
    this.#newest = batch;
    return batch;
  }

  #removeBatch(id: number, { path, older, newer }: PendingBatch): void {
    this.#batches.delete(id);
    if (path === 0) return;
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
  }
}
