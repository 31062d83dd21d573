/**
 * What is stored and how it came about: one revision counter for everything, as in etcd, and for each resource a table
 * of objects with a bounded history of changes. A list at an older revision is the present with the later changes
 * undone, so a page of a long list costs no copy of the whole.
 */

import { invariant } from '../base/invariant.ts';
import { compareText } from '../base/text.ts';
import { type JsonObject, withMeta } from './value.ts';

export type Change = {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  /** As stored; of a deletion the last state, under the deletion's own revision. */
  readonly object: JsonObject;
  readonly before: JsonObject | null;
};

export type Listener = (change: Change) => void;

/** The order of the key `<namespace>/<name>` is the order in which etcd, and so the real server, lists. */
export const keyOf = (namespace: string, name: string): string =>
  namespace === '' ? name : `${namespace}/${name}`;

export class Table {
  readonly #store: Store;
  readonly #objects = new Map<string, JsonObject>();
  readonly #listeners = new Set<Listener>();
  #history: Change[] = [];
  /** Changes up to and including this revision are forgotten. */
  #forgotten: number;
  /** Keys in listing order; null after a key came or went. */
  #sorted: readonly string[] | null = null;

  /** The last older revision that was listed: its next page will be asked for. */
  #past: { readonly revision: number; readonly entries: readonly (readonly [string, JsonObject])[] } | null =
    null;

  constructor(store: Store) {
    this.#store = store;
    this.#forgotten = store.revision;
  }

  get size(): number {
    return this.#objects.size;
  }

  get forgottenUpTo(): number {
    return this.#forgotten;
  }

  get(key: string): JsonObject | undefined {
    return this.#objects.get(key);
  }

  /** Stores `object` under the next revision, which becomes its `resourceVersion`; returns it as stored. */
  put(key: string, object: JsonObject): JsonObject {
    const before = this.#objects.get(key) ?? null;
    const revision = this.#store.advance();
    const stored = withMeta(object, { resourceVersion: String(revision) });
    this.#objects.set(key, stored);
    if (before === null) this.#sorted = null;
    this.#record({ revision, type: before === null ? 'ADDED' : 'MODIFIED', key, object: stored, before });
    return stored;
  }

  /**
   * Takes `key` away under the next revision; returns the last state (`final`, where the same write changed it once
   * more), or undefined where there was none.
   */
  remove(key: string, final?: JsonObject): JsonObject | undefined {
    const before = this.#objects.get(key);
    if (before === undefined) return undefined;
    const revision = this.#store.advance();
    const last = withMeta(final ?? before, { resourceVersion: String(revision) });
    this.#objects.delete(key);
    this.#sorted = null;
    this.#record({ revision, type: 'DELETED', key, object: last, before });
    return last;
  }

  /** Every key with its object as of now, in listing order. */
  entries(): readonly (readonly [string, JsonObject])[] {
    this.#sorted ??= [...this.#objects.keys()].sort(compareText);
    return this.#sorted.map((key) => {
      const object = this.#objects.get(key);
      invariant(object !== undefined, 'a sorted key has an object');
      return [key, object] as const;
    });
  }

  /** As `entries`, at `revision`; null where the history does not reach back that far. */
  entriesAt(revision: number): readonly (readonly [string, JsonObject])[] | null {
    const later = this.since(revision);
    if (later === null) return null;
    if (later.length === 0) return this.entries();
    if (this.#past?.revision === revision) return this.#past.entries;
    const objects = new Map(this.#objects);
    for (const change of later.toReversed()) {
      if (change.before === null) objects.delete(change.key);
      else objects.set(change.key, change.before);
    }
    const entries = [...objects].sort((a, b) => compareText(a[0], b[0]));
    this.#past = { revision, entries };
    return entries;
  }

  /** The changes after `revision`, oldest first; null where some of them are forgotten. */
  since(revision: number): readonly Change[] | null {
    if (revision < this.#forgotten) return null;
    let low = 0;
    let high = this.#history.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#history[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#history.slice(low);
  }

  /** Calls `listener` with each change from now on, in order; the returned function ends that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets all history up to now: older revisions can no longer be watched or listed. */
  compact(): void {
    this.#history = [];
    this.#forgotten = this.#store.revision;
  }

  #record(change: Change): void {
    this.#history.push(change);
    // Trimmed by halves, so that it costs one copied entry a change on average.
    if (this.#history.length > 2 * this.#store.historyMax) {
      this.#history = this.#history.slice(-this.#store.historyMax);
      this.#forgotten = (this.#history[0]?.revision ?? 1) - 1;
    }
    for (const listener of [...this.#listeners]) listener(change);
  }
}

export class Store {
  /** Changes that each table remembers at least. */
  readonly historyMax: number;
  readonly #tables = new Map<string, Table>();
  #revision = 1;

  constructor(options: { readonly historyMax: number }) {
    this.historyMax = options.historyMax;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The next revision; every write takes one. */
  advance(): number {
    this.#revision += 1;
    return this.#revision;
  }

  /** The table of a resource (`services`, `ipaddresspools.metallb.io`), made when first asked for. */
  table(resource: string): Table {
    const known = this.#tables.get(resource);
    if (known !== undefined) return known;
    const made = new Table(this);
    this.#tables.set(resource, made);
    return made;
  }

  tables(): IterableIterator<[string, Table]> {
    return this.#tables.entries();
  }

  compact(): void {
    this.#revision += 1;
    for (const table of this.#tables.values()) table.compact();
  }
}
