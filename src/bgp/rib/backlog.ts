/**
 * Prefixes that wait to be told, in batches of those of which the same is to be said. A batch is a chain through two
 * arrays, so that a prefix comes, moves and goes at the same small cost however many wait, and nothing is allocated.
 */
import type { Family } from '../../net/address.ts';
import { grown } from './tables.ts';

export type Batch = {
  readonly family: Family;
  /** The path's number; 0 for what is to be withdrawn. */
  readonly path: number;
  /** The prefix that has waited longest; 0 where none waits. */
  first: number;
  last: number;
  earlier: Batch | null;
  later: Batch | null;
};

const newBatch = (family: Family, path: number): Batch => ({
  family,
  path,
  first: 0,
  last: 0,
  earlier: null,
  later: null,
});

/** Never 0, which stands for no batch. */
const batchId = (family: Family, path: number): number => 2 * path + (family === 4 ? 1 : 2);

export class Backlog {
  /** Of each prefix: its batch, and its neighbours there. */
  #batchOf = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  readonly #batches = new Map<number, Batch>();
  /** Of announcements, by age. A `Map` that is emptied from its front would be looked through from there each time. */
  #oldest: Batch | null = null;
  #newest: Batch | null = null;
  readonly #sizes: Record<Family, number> = { 4: 0, 6: 0 };

  size(family: Family): number {
    return this.#sizes[family];
  }

  has(prefix: number): boolean {
    return (this.#batchOf[prefix] ?? 0) !== 0;
  }

  /** The next to be told: withdrawals, then announcements as their batches began to wait. */
  get first(): Batch | null {
    return this.#batches.get(batchId(4, 0)) ?? this.#batches.get(batchId(6, 0)) ?? this.#oldest;
  }

  /** A prefix waits in one batch; where it is in that one already, it keeps its place. */
  put(prefix: number, family: Family, path: number): void {
    const id = batchId(family, path);
    if (this.#batchOf[prefix] === id) return;
    this.remove(prefix);
    if (prefix >= this.#batchOf.length) this.#grow(prefix);
    const batch = this.#batches.get(id) ?? this.#begin(id, newBatch(family, path));
    this.#batchOf[prefix] = id;
    this.#previous[prefix] = batch.last;
    if (batch.last === 0) batch.first = prefix;
    else this.#next[batch.last] = prefix;
    batch.last = prefix;
    this.#sizes[family]++;
  }

  /** Nothing happens where it does not wait. */
  remove(prefix: number): void {
    const id = this.#batchOf[prefix] ?? 0;
    const batch = this.#batches.get(id);
    if (batch === undefined) return;
    const [previous, next] = [this.#previous[prefix] ?? 0, this.#next[prefix] ?? 0];
    if (previous === 0) batch.first = next;
    else this.#next[previous] = next;
    if (next === 0) batch.last = previous;
    else this.#previous[next] = previous;
    this.#batchOf[prefix] = 0;
    this.#next[prefix] = 0;
    this.#sizes[batch.family]--;
    if (batch.first === 0) this.#end(id, batch);
  }

  /** Who waits behind it in its batch; 0 where nobody does. */
  after(prefix: number): number {
    return this.#next[prefix] ?? 0;
  }

  clear(): void {
    for (const batch of this.#batches.values()) while (batch.first !== 0) this.remove(batch.first);
  }

  #grow(prefix: number): void {
    this.#batchOf = grown(this.#batchOf, prefix);
    this.#next = grown(this.#next, prefix);
    this.#previous = grown(this.#previous, prefix);
  }

  #begin(id: number, batch: Batch): Batch {
    this.#batches.set(id, batch);
    if (batch.path === 0) return batch;
    batch.earlier = this.#newest;
    if (this.#newest === null) this.#oldest = batch;
    else this.#newest.later = batch;
    this.#newest = batch;
    return batch;
  }

  #end(id: number, { path, earlier, later }: Batch): void {
    this.#batches.delete(id);
    if (path === 0) return;
    if (earlier === null) this.#oldest = later;
    else earlier.later = later;
    if (later === null) this.#newest = earlier;
    else later.earlier = earlier;
  }
}
