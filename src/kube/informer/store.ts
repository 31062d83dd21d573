/**
 * What we know of one kind of object, kept from going backwards. News arrives on two roads: the watch, in
 * order but late, and the answers to our own requests, at once but in any order. Of two states of one object
 * the one with the higher resource version counts, whichever came last.
 *
 * For an object that is not here the watch's own progress decides: everything up to `#floor` has been told, so
 * an absent object of that age or older is one that was deleted, and no late word brings it back.
 */
import { compareResourceVersions } from '../resource-version.ts';

export type Versioned = { readonly uid: string; readonly resourceVersion: string };

export class Store<T extends Versioned> {
  readonly #keyOf: (item: T) => string;
  readonly #items = new Map<string, T>();
  /** The last states of objects that an answer told us are no more, until the watch tells so too. */
  readonly #deleted = new Map<string, Versioned>();
  /** The resource version up to which everything was listed or watched. */
  #lastSyncVersion = '0';

  constructor(keyOf: (item: T) => string) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#items.size;
  }

  /** The resource version up to which everything was listed or watched; what came as an answer does not count. */
  get lastSyncVersion(): string {
    return this.#lastSyncVersion;
  }

  get(key: string): T | undefined {
    return this.#items.get(key);
  }

  values(): IterableIterator<T> {
    return this.#items.values();
  }

  /** From a watch. Whether it was news. */
  applyWatchEvent(item: T): boolean {
    const isNew = this.#apply(item);
    this.#advance(item.resourceVersion);
    return isNew;
  }

  /** From an answer to a write or a read of ours. Whether it was news. */
  applyResponse(item: T): boolean {
    return this.#apply(item);
  }

  /** A watch said DELETED; `last` carries the version of the deletion. Whether it was news. */
  applyWatchDeletion(last: T): boolean {
    const key = this.#keyOf(last);
    const stored = this.#items.get(key);
    this.#advance(last.resourceVersion);
    if (this.#deleted.get(key)?.uid === last.uid) this.#deleted.delete(key);
    if (stored === undefined || compareResourceVersions(stored.resourceVersion, last.resourceVersion) > 0)
      return false;
    return this.#items.delete(key);
  }

  /** An answer said that the object with this `uid` is no more. Whether it was news. */
  deleted(key: string, uid: string): boolean {
    const stored = this.#items.get(key);
    if (stored?.uid !== uid) return false;
    this.#deleted.set(key, { uid, resourceVersion: stored.resourceVersion });
    return this.#items.delete(key);
  }

  /** A full list. The keys of all that it changed: new, changed and vanished ones. */
  replace(items: Iterable<T>, version: string): string[] {
    const wentBackwards = compareResourceVersions(version, this.#lastSyncVersion) < 0;
    if (wentBackwards) return this.#reset(items, version);
    const changed: string[] = [];
    const listed = new Set<string>();
    for (const item of items) {
      const key = this.#keyOf(item);
      listed.add(key);
      // The list is newer than any word that made the object vanish here, unless an answer told us so.
      if (!this.#isDeleted(key, item) && this.#put(key, item)) changed.push(key);
    }
    for (const [key, item] of this.#items) {
      if (listed.has(key) || compareResourceVersions(item.resourceVersion, version) > 0) continue;
      this.#items.delete(key);
      changed.push(key);
    }
    for (const key of this.#deleted.keys()) if (!listed.has(key)) this.#deleted.delete(key);
    this.#lastSyncVersion = version;
    return changed;
  }

  /** The server went back in time, to a backup say: what we knew beyond it never was. */
  #reset(items: Iterable<T>, version: string): string[] {
    const changed = new Set(this.#items.keys());
    this.#items.clear();
    this.#deleted.clear();
    for (const item of items) {
      const key = this.#keyOf(item);
      this.#items.set(key, item);
      changed.add(key);
    }
    this.#lastSyncVersion = version;
    return [...changed];
  }

  #apply(item: T): boolean {
    const key = this.#keyOf(item);
    if (this.#isDeleted(key, item)) return false;
    if (!this.#items.has(key) && compareResourceVersions(item.resourceVersion, this.#lastSyncVersion) <= 0)
      return false;
    return this.#put(key, item);
  }

  #put(key: string, item: T): boolean {
    const stored = this.#items.get(key);
    if (stored !== undefined && compareResourceVersions(item.resourceVersion, stored.resourceVersion) <= 0)
      return false;
    this.#items.set(key, item);
    this.#deleted.delete(key);
    return true;
  }

  #isDeleted(key: string, { uid, resourceVersion }: T): boolean {
    const last = this.#deleted.get(key);
    if (last === undefined) return false;
    return uid === last.uid || compareResourceVersions(resourceVersion, last.resourceVersion) <= 0;
  }

  #advance(version: string): void {
    if (compareResourceVersions(version, this.#lastSyncVersion) > 0) this.#lastSyncVersion = version;
  }
}
