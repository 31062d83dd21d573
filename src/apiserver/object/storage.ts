/**
 * Stores objects like etcd: with one revision counter for all, and for each resource a collection with a bounded history
 * of changes. A list at an older revision is the current state with the later changes undone, so a page of a long list
 * needs no copy of the whole.
 */

import { invariant } from '../../base/invariant.ts';
import { compareText } from '../../base/text.ts';
import type { WatchEventType } from '../../objects/watch-event-type.ts';
import { type JsonObject, withMeta } from './value.ts';

export type StorageChange = {
  readonly revision: number;
  readonly type: WatchEventType;
  readonly key: string;
  /** As stored; for a deletion, the last state with the revision of the deletion. */
  readonly object: JsonObject;
  readonly before: JsonObject | null;
};

export type ChangeListener = (change: StorageChange) => void;

/** Keys with their objects, in listing order. */
export type Entries = readonly (readonly [string, JsonObject])[];

/** Clients that list at a time and read page by page, each at a revision of its own. */
const SNAPSHOTS_MAX = 8;

/** `<namespace>/<name>`; its order is the order in which etcd, and so kube-apiserver, lists. */
export const objectKey = (namespace: string, name: string): string =>
  namespace === '' ? name : `${namespace}/${name}`;

export class ObjectCollection {
  readonly #storage: Storage;
  readonly #objects = new Map<string, JsonObject>();
  readonly #listeners = new Set<ChangeListener>();
  #history: StorageChange[] = [];
  /** Changes up to and including this revision are compacted. */
  #compactedRevision: number;
  /** Keys in listing order; null after a key was added or removed. */
  #sortedKeys: readonly string[] | null = null;

  /** The older revisions that were listed last, the newest use last: their next pages follow. */
  readonly #snapshots = new Map<number, Entries>();

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#compactedRevision = storage.revision;
  }

  get size(): number {
    return this.#objects.size;
  }

  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  get(key: string): JsonObject | undefined {
    return this.#objects.get(key);
  }

  /** Stores `object` under the next revision, which becomes its `resourceVersion`; returns it as stored. */
  put(key: string, object: JsonObject): JsonObject {
    const before = this.#objects.get(key) ?? null;
    const revision = this.#storage.nextRevision();
    const stored = withMeta(object, { resourceVersion: String(revision) });
    this.#objects.set(key, stored);
    if (before === null) this.#sortedKeys = null;
    this.#record({ revision, type: before === null ? 'ADDED' : 'MODIFIED', key, object: stored, before });
    return stored;
  }

  /**
   * Removes `key` under the next revision; returns the last state (`final`, where the same write also changed it), or
   * undefined where there was none.
   */
  remove(key: string, final?: JsonObject): JsonObject | undefined {
    const before = this.#objects.get(key);
    if (before === undefined) return undefined;
    const revision = this.#storage.nextRevision();
    const last = withMeta(final ?? before, { resourceVersion: String(revision) });
    this.#objects.delete(key);
    this.#sortedKeys = null;
    this.#record({ revision, type: 'DELETED', key, object: last, before });
    return last;
  }

  /** All keys with their current objects, in listing order. */
  entries(): Entries {
    this.#sortedKeys ??= [...this.#objects.keys()].sort(compareText);
    return this.#sortedKeys.map((key) => {
      const object = this.#objects.get(key);
      invariant(object !== undefined, 'a sorted key has an object');
      return [key, object] as const;
    });
  }

  /** As `entries`, at `revision`; null where that revision is compacted. */
  entriesAt(revision: number): Entries | null {
    const later = this.changesSince(revision);
    if (later === null) return null;
    if (later.length === 0) return this.entries();
    const entries = this.#snapshots.get(revision) ?? this.#undo(later);
    this.#snapshots.delete(revision);
    this.#snapshots.set(revision, entries);
    const [oldest = revision] = this.#snapshots.keys();
    if (this.#snapshots.size > SNAPSHOTS_MAX) this.#snapshots.delete(oldest);
    return entries;
  }

  /** The entries before these changes. */
  #undo(later: readonly StorageChange[]): Entries {
    const objects = new Map(this.#objects);
    for (const change of later.toReversed()) {
      if (change.before === null) objects.delete(change.key);
      else objects.set(change.key, change.before);
    }
    return [...objects].sort((a, b) => compareText(a[0], b[0]));
  }

  /** The changes after `revision`, oldest first; null where some of them are compacted. */
  changesSince(revision: number): readonly StorageChange[] | null {
    if (revision < this.#compactedRevision) return null;
    let low = 0;
    let high = this.#history.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#history[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#history.slice(low);
  }

  /** Calls `listener` with each later change, in order; the returned function unsubscribes it. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Drops the history up to now: older revisions can no longer be watched or listed. */
  compact(): void {
    this.#history = [];
    this.#compactedRevision = this.#storage.revision;
  }

  #record(change: StorageChange): void {
    this.#history.push(change);
    // Trimmed by half, so that a change copies one entry on average.
    if (this.#history.length > 2 * this.#storage.historyMax) {
      this.#history = this.#history.slice(-this.#storage.historyMax);
      this.#compactedRevision = (this.#history[0]?.revision ?? 1) - 1;
    }
    for (const listener of [...this.#listeners]) listener(change);
  }
}

export class Storage {
  /** The least number of changes that each collection keeps. */
  readonly historyMax: number;
  readonly #collections = new Map<string, ObjectCollection>();
  #revision = 1;

  constructor(options: { readonly historyMax: number }) {
    this.historyMax = options.historyMax;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The next revision; each write takes one. */
  nextRevision(): number {
    this.#revision += 1;
    return this.#revision;
  }

  /** The collection of a group resource (`services`, `ipaddresspools.metallb.io`), created on first use. */
  collection(resource: string): ObjectCollection {
    const existing = this.#collections.get(resource);
    if (existing !== undefined) return existing;
    const created = new ObjectCollection(this);
    this.#collections.set(resource, created);
    return created;
  }

  collections(): IterableIterator<[string, ObjectCollection]> {
    return this.#collections.entries();
  }

  compact(): void {
    this.#revision += 1;
    for (const table of this.#collections.values()) table.compact();
  }
}
