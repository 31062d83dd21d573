/** The objects of one kind in the old ConfigMap, for those who subscribe to an informer of that kind elsewhere. */
import { isDeepStrictEqual } from 'node:util';
import type { Millis } from '../../base/clock.ts';
import type { Raw } from '../../base/json.ts';
import type { Resource } from '../../kube/resource.ts';
import { nameOf, type ObjectVersion } from '../../objects/metadata.ts';
import type { Informer, InformerSubscriber } from './informer.ts';
import type { ObjectSource } from './object-source.ts';
import type { WatchedObject } from './watched-object.ts';

/** Synced from the first good text on. */
export class LegacyObjectSource<T extends ObjectVersion> implements ObjectSource<T> {
  readonly name: string;
  readonly #informer: Informer<WatchedObject>;
  readonly #decode: (raw: Raw) => T | null;
  #subscribers: readonly InformerSubscriber<T>[] = [];
  #items: ReadonlyMap<string, { readonly raw: Raw; readonly item: T }> = new Map();
  #store: ReadonlyMap<string, T> = new Map();
  #hasRead = false;

  /** `informer` is that of the ConfigMap. */
  constructor(informer: Informer<WatchedObject>, { plural }: Resource, decode: (raw: Raw) => T | null) {
    this.name = plural;
    this.#informer = informer;
    this.#decode = decode;
  }

  get store(): ObjectSource<T>['store'] {
    return this.#store;
  }

  get hasSynced(): boolean {
    return this.#hasRead;
  }

  get isSyncedOrAbsent(): boolean {
    return this.#hasRead;
  }

  get isCurrent(): boolean {
    return this.#hasRead && this.#informer.isCurrent;
  }

  get watchError(): string | null {
    return this.#informer.watchError;
  }

  age(now: Millis): Millis | null {
    return this.#informer.age(now);
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#informer.run(signal);
  }

  subscribe(subscriber: InformerSubscriber<T>): () => void {
    this.#subscribers = [...this.#subscribers, subscriber];
    if (this.#hasRead) {
      for (const item of this.#store.values()) subscriber.changed?.(undefined, item);
      subscriber.listed?.();
    }
    return () => {
      this.#subscribers = this.#subscribers.filter((one) => one !== subscriber);
    };
  }

  /** Takes all objects of the kind; an equal one stays the same object. Returns the function that notifies. */
  replace(raws: readonly Raw[]): () => void {
    const before = this.#items;
    this.#items = new Map(
      raws.flatMap((raw) => {
        const name = nameOf(raw);
        const known = before.get(name);
        const item =
          known !== undefined && isDeepStrictEqual(known.raw, raw) ? known.item : this.#decode(raw);
        return item === null ? [] : [[name, { raw, item }] as const];
      }),
    );
    this.#store = new Map([...this.#items].map(([name, { item }]) => [name, item]));
    this.#hasRead = true;
    return () => this.#notify(before);
  }

  #notify(before: ReadonlyMap<string, { readonly item: T }>): void {
    for (const [name, { item }] of this.#items) {
      const previous = before.get(name)?.item;
      if (previous === item) continue;
      for (const { isSame, changed } of this.#subscribers)
        if (previous === undefined || isSame?.(previous, item) !== true) changed?.(previous, item);
    }
    for (const [name, { item }] of before)
      if (!this.#items.has(name)) for (const { deleted } of this.#subscribers) deleted?.(name, item);
    for (const { listed } of this.#subscribers) listed?.();
  }
}
