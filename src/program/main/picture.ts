/** A picture of one kind of objects, kept up to date by a reflector of its own. */

import type { Clock, Millis } from '../../base/clock.ts';
import type { Raw } from '../../cluster/fields.ts';
import type { ApiSender } from '../../kube/outcome.ts';
import { Reflector, type ReflectorState } from '../../kube/reflector.ts';
import type { Resource } from '../../kube/resource.ts';
import { Store, type Versioned } from '../../kube/store.ts';
import type { ApiStreamer } from '../../kube/stream.ts';
import { compareVersions } from '../../kube/version.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';

export type PictureContext = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** What is selected, and what becomes of it. */
export type PictureOptions<T extends Versioned> = {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  readonly translate: (raw: Raw) => T | null;
  readonly keyOf: (item: T) => string;
  readonly changed: (before: T | undefined, after: T) => void;
  readonly deleted: (key: string, last: T) => void;
  /** After a whole list; what changed has been told one by one before. */
  readonly listed?: () => void;
  /** Clusters without this kind are as good as those with it. */
  readonly mayBeAbsent?: boolean;
  /** How it is doing is different: it may be known now, or in trouble. */
  readonly turned?: () => void;
  readonly fallback?: { readonly accepts: (item: T) => boolean };
};

export class Picture<T extends Versioned> {
  readonly store: Store<T>;
  readonly name: string;
  readonly #reflector: Reflector<T>;
  readonly #keyOf: (item: T) => string;
  readonly #mayBeAbsent: boolean;
  readonly #context: PictureContext;
  /** Who waits until everything up to a version has been seen. */
  readonly #waiting = new Set<() => void>();
  #recoveredAt: Millis | null = null;
  #state: ReflectorState = { phase: 'listing', trouble: null, filteredHere: false };

  constructor(context: PictureContext, options: PictureOptions<T>) {
    const {
      changed,
      deleted,
      listed = () => {},
      turned = () => {},
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
          if (store.watched(item)) changed(before, item);
          for (const look of this.#waiting) look();
        },
        deleted: (key, last) => {
          if (store.removed(last)) deleted(key, last);
        },
        state: (state) => {
          this.#tell(state);
          turned();
        },
      },
    });
  }

  /** Whether there has been a whole list. */
  get synced(): boolean {
    return this.#reflector.synced;
  }

  /** Whether what there is of it is known, if only that the server has no such kind. */
  get known(): boolean {
    return this.synced || this.#state.trouble?.kind === 'absent';
  }

  /** Whether it is being kept up to date at this moment: what is missing from it is not there. */
  get current(): boolean {
    return this.synced && this.#state.phase === 'watching';
  }

  /** Why it is not; null where nothing is known to be wrong. */
  get trouble(): string | null {
    return becauseOf(this.#state);
  }

  /** When it was last in trouble, by the monotonic clock; null where it never was. */
  troubledAt(): Millis | null {
    return this.#state.trouble === null ? this.#recoveredAt : this.#context.clock.now();
  }

  /** Lists once more; false where that took longer than `within`. */
  confirm(within: Millis): Promise<boolean> {
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
    const { lastHeard } = this.#reflector;
    return lastHeard === null ? null : now - lastHeard;
  }

  /** A consistent list begun after this call. */
  refresh(): Promise<boolean> {
    return this.#reflector.refresh();
  }

  /** Whether the watch has brought everything up to `version`, or does so `within` that time. */
  reached(version: string, within: Millis): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (reached: boolean): void => {
        giveUp();
        this.#waiting.delete(look);
        resolve(reached);
      };
      const look = (): void => {
        if (compareVersions(this.store.floor, version) >= 0) end(true);
      };
      const giveUp = this.#context.clock.after(within, () => end(false));
      this.#waiting.add(look);
      look();
    });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#reflector.run(signal);
  }

  #replace(
    items: readonly T[],
    version: string,
    { changed, deleted }: Pick<PictureOptions<T>, 'changed' | 'deleted'>,
  ): void {
    if (this.#reflector.lists > 1)
      this.#context.metrics.count('berth_relists_total', { resource: this.name });
    const before = new Map<string, T>();
    if (this.store.size > 0) for (const item of this.store.values()) before.set(this.#keyOf(item), item);
    for (const key of this.store.replace(items, version)) {
      const [was, is] = [before.get(key), this.store.get(key)];
      if (is !== undefined) changed(was, is);
      else if (was !== undefined) deleted(key, was);
    }
  }

  #tell(state: ReflectorState): void {
    const { log } = this.#context;
    const was = this.#state;
    const before = becauseOf(was);
    if (before !== null) this.#recoveredAt = this.#context.clock.now();
    this.#state = state;
    const now = becauseOf(state);
    const resource = this.name;
    if (this.#mayBeAbsent && (state.trouble ?? was.trouble)?.kind === 'absent') return;
    if (now !== null && now !== before)
      log.warn('cannot keep up with a resource', { resource, because: now });
    else if (now === null && before !== null) log.info('keeping up with a resource again', { resource });
  }
}

function becauseOf({ trouble }: ReflectorState): string | null {
  if (trouble === null) return null;
  return trouble.kind === 'absent' ? 'the API server knows no such kind' : trouble.because;
}
