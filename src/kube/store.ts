/**
 * What we know of one kind of object, kept from going backwards. News arrives on two roads: the watch, in
 * order but late, and the answers to our own requests, at once but in any order. Of two states of one object
 * the one with the higher resource version counts, whichever came last.
 *
 * For an object that is not here the watch's own progress decides: everything up to `#floor` has been told, so
 * an absent object of that age or older is one that was deleted, and no late word brings it back.
 */
import { compareVersions } from './version.ts';

export type Versioned = { readonly uid: string; readonly resourceVersion: string };

export class Store<T extends Versioned> {
  readonly #keyOf: (item: T) => string;
  readonly #items = new Map<string, T>();
  /** The last states of objects that an answer told us are no more, until the watch tells so too. */
  readonly #gone = new Map<string, Versioned>();
  /** The resource version up to which everything was listed or watched. */
  #floor = '0';

  constructor(keyOf: (item: T) => string) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#items.size;
  }

  /** The resource version up to which everything was listed or watched; what came as an answer does not count. */
  get floor(): string {
    return this.#floor;
  }

  get(key: string): T | undefined {
    return this.#items.get(key);
  }

  values(): IterableIterator<T> {
    return this.#items.values();
  }

  /** From a watch. Whether it was news. */
  watched(item: T): boolean {
    const news = this.#take(item);
    this.#raise(item.resourceVersion);
    return news;
  }

  /** From an answer to a write or a read of ours. Whether it was news. */
  answered(item: T): boolean {
    return this.#take(item);
  }

  /** A watch said DELETED; `last` carries the version of the deletion. Whether it was news. */
  removed(last: T): boolean {
    const key = this.#keyOf(last);
    const here = this.#items.get(key);
    this.#raise(last.resourceVersion);
    if (this.#gone.get(key)?.uid === last.uid) this.#gone.delete(key);
    if (here === undefined || compareVersions(here.resourceVersion, last.resourceVersion) > 0) return false;
    return this.#items.delete(key);
  }

  /** An answer said that the object with this `uid` is no more. Whether it was news. */
  gone(key: string, uid: string): boolean {
    const here = this.#items.get(key);
    if (here?.uid !== uid) return false;
    this.#gone.set(key, { uid, resourceVersion: here.resourceVersion });
    return this.#items.delete(key);
  }

  /** A full list. The keys of all that it changed: new, changed and vanished ones. */
  replace(items: Iterable<T>, version: string): string[] {
    const restored = compareVersions(version, this.#floor) < 0;
    if (restored) return this.#startAnew(items, version);
    const changed: string[] = [];
    const listed = new Set<string>();
    for (const item of items) {
      const key = this.#keyOf(item);
      listed.add(key);
      // The list is newer than any word that made the object vanish here, unless an answer told us so.
      if (!this.#isGone(key, item) && this.#put(key, item)) changed.push(key);
    }
    for (const [key, item] of this.#items) {
      if (listed.has(key) || compareVersions(item.resourceVersion, version) > 0) continue;
      this.#items.delete(key);
      changed.push(key);
    }
    for (const key of this.#gone.keys()) if (!listed.has(key)) this.#gone.delete(key);
    this.#floor = version;
    return changed;
  }

  /** The server went back in time, to a backup say: what we knew beyond it never was. */
  #startAnew(items: Iterable<T>, version: string): string[] {
    const changed = new Set(this.#items.keys());
    this.#items.clear();
    this.#gone.clear();
    for (const item of items) {
      const key = this.#keyOf(item);
      this.#items.set(key, item);
      changed.add(key);
    }
    this.#floor = version;
    return [...changed];
  }

  #take(item: T): boolean {
    const key = this.#keyOf(item);
    if (this.#isGone(key, item)) return false;
    if (!this.#items.has(key) && compareVersions(item.resourceVersion, this.#floor) <= 0) return false;
    return this.#put(key, item);
  }

  #put(key: string, item: T): boolean {
    const here = this.#items.get(key);
    if (here !== undefined && compareVersions(item.resourceVersion, here.resourceVersion) <= 0) return false;
    this.#items.set(key, item);
    this.#gone.delete(key);
    return true;
  }

  #isGone(key: string, { uid, resourceVersion }: T): boolean {
    const last = this.#gone.get(key);
    if (last === undefined) return false;
    return uid === last.uid || compareVersions(resourceVersion, last.resourceVersion) <= 0;
  }

  #raise(version: string): void {
    if (compareVersions(version, this.#floor) > 0) this.#floor = version;
  }
}
