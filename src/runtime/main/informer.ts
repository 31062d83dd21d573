/** A picture of one kind of objects, kept up to date by a reflector of its own. */

import type { Clock, Millis } from '../../base/clock.ts';
import type { Raw } from '../../base/json.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import type { ApiStreamer } from '../../kube/http/stream.ts';
import { Reflector, type ReflectorState } from '../../kube/informer/reflector.ts';
import { Store, type Versioned } from '../../kube/informer/store.ts';
import type { Resource } from '../../kube/resource.ts';
import { compareResourceVersions } from '../../kube/resource-version.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';

export type InformerContext = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** What is selected, and what becomes of it. */
export type InformerOptions<T extends Versioned> = {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  readonly decode: (raw: Raw) => T | null;
  readonly keyOf: (item: T) => string;
  readonly changed: (before: T | undefined, after: T) => void;
  readonly deleted: (key: string, last: T) => void;
  /** After a whole list; what changed has been told one by one before. */
  readonly listed?: () => void;
  /** Clusters without this kind are as good as those with it. */
  readonly mayBeAbsent?: boolean;
  /** How it is doing is different: it may be known now, or in trouble. */
  readonly stateChanged?: () => void;
  readonly fallback?: { readonly accepts: (item: T) => boolean };
};

export class Informer<T extends Versioned> {
  readonly store: Store<T>;
  readonly name: string;
  readonly #reflector: Reflector<T>;
  readonly #keyOf: (item: T) => string;
  readonly #mayBeAbsent: boolean;
  readonly #context: InformerContext;
  /** Who waits until everything up to a version has been seen. */
  readonly #versionWaiters = new Set<() => void>();
  #recoveredAt: Millis | null = null;
  #state: ReflectorState = { phase: 'listing', problem: null, filtersLocally: false };

  constructor(context: InformerContext, options: InformerOptions<T>) {
    const {
      changed,
      deleted,
      listed = () => {},
      stateChanged = () => {},
      mayBeAbsent = false,
      ...selection
    } = options;
    this.#mayBeAbsent = mayBeAbsent;
    this.#context = context;
    this.#keyOf = selection.keyOf;
    this.name = selection.resource.plural;
    const store = new Store(selection.keyOf);
    this.store = store;
    this.#reflector = new Reflector<T>({
      ...context,
      ...selection,
      handler: {
        replaced: (items, version) => {
          this.#replace(items, version, { changed, deleted });
          listed();
        },
        changed: (item) => {
          const before = store.get(selection.keyOf(item));
          if (store.applyWatchEvent(item)) changed(before, item);
          for (const check of this.#versionWaiters) check();
        },
        deleted: (key, last) => {
          if (store.applyWatchDeletion(last)) deleted(key, last);
        },
        stateChanged: (state) => {
          this.#logState(state);
          stateChanged();
        },
      },
    });
  }

  /** Whether there has been a whole list. */
  get hasSynced(): boolean {
    return this.#reflector.hasSynced;
  }

  /** Whether what there is of it is known, if only that the server has no such kind. */
  get isSyncedOrAbsent(): boolean {
    return this.hasSynced || this.#state.problem?.kind === 'absent';
  }

  /** Whether it is being kept up to date at this moment: what is missing from it is not there. */
  get isCurrent(): boolean {
    return this.hasSynced && this.#state.phase === 'watching';
  }

  /** Why it is not; null where nothing is known to be wrong. */
  get watchError(): string | null {
    return describeFailure(this.#state);
  }

  /** When it was last in trouble, by the monotonic clock; null where it never was. */
  lastFailedAt(): Millis | null {
    return this.#state.problem === null ? this.#recoveredAt : this.#context.clock.now();
  }

  /** Lists once more; false where that took longer than `within`. */
  refreshWithin(within: Millis): Promise<boolean> {
    return new Promise((resolve) => {
      const giveUp = this.#context.clock.after(within, () => resolve(false));
      void this.refresh().then((listed) => {
        giveUp();
        resolve(listed);
      });
    });
  }

  /** Since it last heard from the server; null before the first list. */
  age(now: Millis): Millis | null {
    const { lastActivity } = this.#reflector;
    return lastActivity === null ? null : now - lastActivity;
  }

  /** A consistent list begun after this call. */
  refresh(): Promise<boolean> {
    return this.#reflector.relist();
  }

  /** Whether the watch has brought everything up to `version`, or does so `within` that time. */
  waitForVersion(version: string, within: Millis): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (isReached: boolean): void => {
        giveUp();
        this.#versionWaiters.delete(check);
        resolve(isReached);
      };
      const check = (): void => {
        if (compareResourceVersions(this.store.lastSyncVersion, version) >= 0) finish(true);
      };
      const giveUp = this.#context.clock.after(within, () => finish(false));
      this.#versionWaiters.add(check);
      check();
    });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#reflector.run(signal);
  }

  #replace(
    items: readonly T[],
    version: string,
    { changed, deleted }: Pick<InformerOptions<T>, 'changed' | 'deleted'>,
  ): void {
    if (this.#reflector.listCount > 1)
      this.#context.metrics.count('berth_relists_total', { resource: this.name });
    const before = new Map<string, T>();
    if (this.store.size > 0) for (const item of this.store.values()) before.set(this.#keyOf(item), item);
    for (const key of this.store.replace(items, version)) {
      const [previous, is] = [before.get(key), this.store.get(key)];
      if (is !== undefined) changed(previous, is);
      else if (previous !== undefined) deleted(key, previous);
    }
  }

  #logState(state: ReflectorState): void {
    const { log } = this.#context;
    const previous = this.#state;
    const before = describeFailure(previous);
    if (before !== null) this.#recoveredAt = this.#context.clock.now();
    this.#state = state;
    const now = describeFailure(state);
    const resource = this.name;
    if (this.#mayBeAbsent && (state.problem ?? previous.problem)?.kind === 'absent') return;
    if (now !== null && now !== before)
      log.warn('cannot keep up with a resource', { resource, because: now });
    else if (now === null && before !== null) log.info('keeping up with a resource again', { resource });
  }
}

function describeFailure({ problem }: ReflectorState): string | null {
  if (problem === null) return null;
  return problem.kind === 'absent' ? 'the API server knows no such kind' : problem.because;
}
