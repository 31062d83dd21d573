/**
 * A shared informer: lists and watches one resource, keeps a cache of it, and notifies its subscribers of changes. A
 * process has one for each resource and selection. Its cache holds each object once, decoded to what all its
 * subscribers need; each of them says which changes matter to it.
 *
 * It runs while somebody uses it: the first `run` lists, and the last one to end stops the watch and drops the cache.
 */

import { untilAborted } from '../../base/abort.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import type { Raw } from '../../base/json.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import type { ApiStreamer } from '../../kube/http/stream.ts';
import type { ResourceSelection } from '../../kube/informer/list.ts';
import { Reflector } from '../../kube/informer/reflector.ts';
import { Store } from '../../kube/informer/store.ts';
import { compareResourceVersions } from '../../kube/resource-version.ts';
import type { ObjectVersion } from '../../objects/metadata.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { InformerHealth } from './informer-health.ts';

export type InformerContext = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** What is selected, and how it is kept. */
export type InformerOptions<T extends ObjectVersion> = ResourceSelection & {
  /** Null for an object that is of no use at all. */
  readonly decode: (raw: Raw) => T | null;
  readonly keyOf: (item: T) => string;
  /** A cluster without this kind is no failure. */
  readonly mayBeAbsent?: boolean;
  /** For servers that do not know the field selector; see `ReflectorOptions`. */
  readonly fallback?: { readonly accepts: (item: T) => boolean };
};

export type InformerSubscriber<T extends ObjectVersion> = {
  /** Whether an update changes nothing for this subscriber. Without it every new version is a change. */
  readonly isSame?: (before: T, after: T) => boolean;
  /** `before` is undefined for an object that is new to this subscriber. */
  readonly changed?: (before: T | undefined, after: T) => void;
  readonly deleted?: (key: string, last: T) => void;
  /** After a whole list, whose changes have been delivered before. */
  readonly listed?: () => void;
  /** The informer has synced, its watch fails, or has recovered. */
  readonly stateChanged?: () => void;
};

export class Informer<T extends ObjectVersion> {
  /** The plural of the resource, for logs and metrics. */
  readonly name: string;
  readonly #context: InformerContext;
  readonly #options: InformerOptions<T>;
  readonly #health: InformerHealth;
  /** Replaced as a whole, so that a subscriber may leave while it is being notified. */
  #subscribers: readonly InformerSubscriber<T>[] = [];
  /** Called when the cache has advanced, and with true when the informer stops. */
  readonly #versionWaiters = new Set<(isStopped: boolean) => void>();
  #store: Store<T>;
  #reflector: Reflector<T>;
  #users = 0;
  #stopReflector = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** `subscriber` is the first one, where there is one from the start. */
  constructor(context: InformerContext, options: InformerOptions<T>, subscriber?: InformerSubscriber<T>) {
    this.#context = context;
    this.#options = options;
    this.name = options.resource.plural;
    this.#health = new InformerHealth({
      ...{ clock: context.clock, log: context.log, name: this.name },
      mayBeAbsent: options.mayBeAbsent ?? false,
    });
    this.#store = new Store(options.keyOf);
    this.#reflector = this.#createReflector(this.#store);
    if (subscriber !== undefined) this.subscribe(subscriber);
  }

  /** The cache; another one after each time that the informer was stopped. */
  get store(): Store<T> {
    return this.#store;
  }

  /** Whether there has been a whole list. */
  get hasSynced(): boolean {
    return this.#reflector.hasSynced;
  }

  /** Whether the cache is complete; it is also where the server has no such kind. */
  get isSyncedOrAbsent(): boolean {
    return this.hasSynced || this.#health.isAbsent;
  }

  /** Whether the watch is open: an object that is missing from the cache does not exist. */
  get isCurrent(): boolean {
    return this.hasSynced && this.#health.isWatching;
  }

  /** Why the last list or watch failed; null where it did not. */
  get watchError(): string | null {
    return this.#health.watchError;
  }

  /** When a list or watch last failed, by the monotonic clock; null where none ever did. */
  lastFailedAt(): Millis | null {
    return this.#health.lastFailedAt();
  }

  /** Time since the last message of the server; null before the first list. */
  age(now: Millis): Millis | null {
    const { lastActivity } = this.#reflector;
    return lastActivity === null ? null : now - lastActivity;
  }

  /**
   * Adds a subscriber; the returned function removes it. One that comes after the first list receives what is in the
   * cache at once, as client-go's informers do.
   */
  subscribe(subscriber: InformerSubscriber<T>): () => void {
    this.#subscribers = [...this.#subscribers, subscriber];
    if (this.hasSynced) {
      for (const item of this.#store.values()) subscriber.changed?.(undefined, item);
      subscriber.listed?.();
    }
    return () => {
      this.#subscribers = this.#subscribers.filter((one) => one !== subscriber);
    };
  }

  /** Uses the informer until `signal` is aborted; the last user waits until the watch is closed. */
  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#users += 1;
    if (this.#users === 1) this.#running = this.#reflector.run(this.#stopReflector.signal);
    await untilAborted(signal);
    this.#users -= 1;
    if (this.#users > 0) return;
    const stopping = this.#running;
    this.#stop();
    await stopping;
  }

  /** A consistent list begun after this call; false where the informer was stopped before. */
  refresh(): Promise<boolean> {
    return this.#reflector.relist();
  }

  /** A consistent list begun after this call; false where it took longer than `within`. */
  refreshWithin(within: Millis): Promise<boolean> {
    return new Promise((resolve) => {
      const giveUp = this.#context.clock.after(within, () => resolve(false));
      void this.refresh().then((listed) => {
        giveUp();
        resolve(listed);
      });
    });
  }

  /** Whether everything up to `version` has been listed or watched, or is so `within` that time, before a stop. */
  waitForVersion(version: string, within: Millis): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (isReached: boolean): void => {
        giveUp();
        this.#versionWaiters.delete(check);
        resolve(isReached);
      };
      const check = (isStopped: boolean): void => {
        if (compareResourceVersions(this.#store.lastSyncVersion, version) >= 0) finish(true);
        else if (isStopped) finish(false);
      };
      const giveUp = this.#context.clock.after(within, () => finish(false));
      this.#versionWaiters.add(check);
      check(false);
    });
  }

  /** Caches the server's response to a write of ours, and notifies the subscribers: the watch brings it no more. */
  applyResponse(item: T): void {
    const before = this.#store.get(this.#options.keyOf(item));
    if (this.#store.applyResponse(item)) this.#notifyChanged(before, item);
  }

  /** Closes the watch, and leaves an empty cache for the next user. */
  #stop(): void {
    this.#stopReflector.abort();
    this.#stopReflector = new AbortController();
    this.#health.reset();
    this.#store = new Store(this.#options.keyOf);
    this.#reflector = this.#createReflector(this.#store);
    this.#checkVersions(true);
  }

  #checkVersions(isStopped = false): void {
    for (const check of this.#versionWaiters) check(isStopped);
  }

  #createReflector(store: Store<T>): Reflector<T> {
    const { mayBeAbsent: _, ...selection } = this.#options;
    return new Reflector<T>({
      ...this.#context,
      ...selection,
      handler: {
        replaced: (items, version) => this.#replace(items, version),
        changed: (item) => {
          const before = store.get(selection.keyOf(item));
          if (store.applyWatchEvent(item)) this.#notifyChanged(before, item);
          this.#checkVersions();
        },
        deleted: (key, last) => {
          if (store.applyWatchDeletion(last)) this.#notifyDeleted(key, last);
          this.#checkVersions();
        },
        stateChanged: (state) => {
          this.#health.update(state);
          for (const subscriber of this.#subscribers) subscriber.stateChanged?.();
        },
      },
    });
  }

  #replace(items: readonly T[], version: string): void {
    if (this.#reflector.listCount > 1)
      this.#context.metrics.count('berth_relists_total', { resource: this.name });
    const store = this.#store;
    const before = new Map<string, T>();
    if (store.size > 0) for (const item of store.values()) before.set(this.#options.keyOf(item), item);
    for (const key of store.replace(items, version)) {
      const [previous, current] = [before.get(key), store.get(key)];
      if (current !== undefined) this.#notifyChanged(previous, current);
      else if (previous !== undefined) this.#notifyDeleted(key, previous);
    }
    for (const subscriber of this.#subscribers) subscriber.listed?.();
    this.#checkVersions();
  }

  #notifyChanged(before: T | undefined, after: T): void {
    for (const { isSame, changed } of this.#subscribers)
      if (before === undefined || isSame?.(before, after) !== true) changed?.(before, after);
  }

  #notifyDeleted(key: string, last: T): void {
    for (const { deleted } of this.#subscribers) deleted?.(key, last);
  }
}
