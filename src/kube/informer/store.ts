/**
 * A cache of one resource, monotonic by resourceVersion. Changes arrive in two ways: by the watch, in order but late, and
 * as responses to our own requests, at once but in any order. Of two states of one object the one with the higher
 * resource version wins, whichever arrived last.
 *
 * For an object that is not in the cache the progress of the watch decides: everything up to `lastSyncVersion` has been
 * delivered, so an absent object of that version or older was deleted, and a late response does not restore it.
 */
import type { ObjectVersion } from '../../objects/metadata.ts';
import { compareResourceVersions } from '../resource-version.ts';

export class Store<T extends ObjectVersion> {
  readonly #keyOf: (item: T) => string;
  readonly #items = new Map<string, T>();
  /** The last states of objects that a response showed to be deleted, until the watch reports it too. */
  readonly #deleted = new Map<string, ObjectVersion>();
  /** The resource version up to which all changes were listed or watched. */
  #lastSyncVersion = '0';

  constructor(keyOf: (item: T) => string) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#items.size;
  }

  /** The resource version up to which all changes were listed or watched; responses do not count. */
  get lastSyncVersion(): string {
    return this.#lastSyncVersion;
  }

  get(key: string): T | undefined {
    return this.#items.get(key);
  }

  values(): IterableIterator<T> {
    return this.#items.values();
  }

  /** Applies an event of the watch. Returns whether it changed the cache. */
  applyWatchEvent(item: T): boolean {
    const isNew = this.#apply(item);
    this.#advance(item.resourceVersion);
    return isNew;
  }

  /** Applies the response to a write or a read. Returns whether it changed the cache. */
  applyResponse(item: T): boolean {
    return this.#apply(item);
  }

  /** Applies a DELETED event; `last` has the version of the deletion. Returns whether it changed the cache. */
  applyWatchDeletion(last: T): boolean {
    const key = this.#keyOf(last);
    const stored = this.#items.get(key);
    this.#advance(last.resourceVersion);
    if (this.#deleted.get(key)?.uid === last.uid) this.#deleted.delete(key);
    if (stored === undefined || compareResourceVersions(stored.resourceVersion, last.resourceVersion) > 0)
      return false;
    return this.#items.delete(key);
  }

  /** Applies a response that says that the object with this `uid` was deleted. Returns whether it changed the cache. */
  deleted(key: string, uid: string): boolean {
    const stored = this.#items.get(key);
    if (stored?.uid !== uid) return false;
    this.#deleted.set(key, { uid, resourceVersion: stored.resourceVersion });
    return this.#items.delete(key);
  }

  /**
   * Applies a read that began when the object was not in the cache, or was and stayed: it exists, even where a list or the
   * watch left it out. Returns whether it changed the cache.
   */
  exists(item: T): boolean {
    return !this.#isDeleted(this.#keyOf(item), item) && this.#put(this.#keyOf(item), item);
  }

  /** Applies a full list. Returns the keys of all objects that it added, changed or removed. */
  replace(items: Iterable<T>, version: string): string[] {
    const wentBackwards = compareResourceVersions(version, this.#lastSyncVersion) < 0;
    if (wentBackwards) return this.#reset(items, version);
    const changed: string[] = [];
    const listed = new Set<string>();
    for (const item of items) {
      const key = this.#keyOf(item);
      listed.add(key);
      // The list is newer than what removed the object here, unless a response did.
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

  /** The server went back to an older version, such as a backup: later states no longer exist. */
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
