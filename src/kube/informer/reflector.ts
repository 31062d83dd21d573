/**
 * Keeps somebody's picture of one kind of object up to date: list, then watch, for as long as the process
 * lives, whatever happens to the connection. Objects are translated as they arrive and the raw ones let go.
 *
 * It promises that `replaced` has everything there is, and that after it every change is told in order. It
 * does not promise that a change is told once, or that a picture is the newest: a handler that has written
 * itself compares versions (`store.ts`).
 */

import type { Clock, Millis } from '../../base/clock.ts';
import type { Raw } from '../../base/json.ts';
import type { WatchEventType } from '../../objects/watch-event-type.ts';
import type { ApiSender } from '../http/api-request.ts';
import type { ApiStreamer } from '../http/stream.ts';
import { compareResourceVersions } from '../resource-version.ts';
import { listPaged, type ResourceSelection } from './list.ts';
import { type ListWatchEnd, planRetry, type WatchProblem } from './retry.ts';
import { openWatch, type WatchEnd } from './watch.ts';

export type ReflectorState = {
  readonly phase: 'listing' | 'watching' | 'waiting';
  /** What went wrong last; null once a list or a watch has worked again. */
  readonly problem: WatchProblem | null;
  /** The server does not know our field selector, so everything is sent and filtered here. */
  readonly filtersLocally: boolean;
};

export type ReflectorHandler<T> = {
  /** Everything there is. Whatever is not among it is no more. */
  replaced(items: readonly T[], resourceVersion: string): void;
  changed(item: T, type: 'ADDED' | 'MODIFIED'): void;
  /** With the last state that the server had of it, or that matched the selectors. */
  deleted(key: string, last: T): void;
  stateChanged(state: ReflectorState): void;
};

export type ReflectorOptions<T> = ResourceSelection & {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Null for an object that is of no use at all. */
  readonly decode: (raw: Raw) => T | null;
  readonly keyOf: (item: T) => string;
  readonly handler: ReflectorHandler<T>;
  /**
   * For servers that answer a field selector with 400: it is left out, and of what comes only that is told
   * which `accepts` takes. What it does not take is told as deleted, as the server would have done.
   */
  readonly fallback?: { readonly accepts: (item: T) => boolean };
};

type RelistCallback = (isFresh: boolean) => void;

export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  #selection: ResourceSelection;
  #filtersLocally = false;
  #resourceVersion = '';
  #failures = 0;
  #hasSynced = false;
  #lastActivity: Millis | null = null;
  #listCount = 0;
  #problem: WatchProblem | null = null;
  #relistCallbacks: RelistCallback[] = [];
  /** Ends the step under way; replaced by each step. */
  #interruptStep: () => void = () => {};
  #stopped = false;

  constructor(options: ReflectorOptions<T>) {
    const { resource, namespace, fieldSelector, labelSelector } = options;
    this.#options = options;
    this.#selection = {
      resource,
      ...(namespace === undefined ? {} : { namespace }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    };
  }

  /** Whether there has been a full picture. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** When a list or a byte of a watch last came, by the monotonic clock; null before the first. */
  get lastActivity(): Millis | null {
    return this.#lastActivity;
  }

  /** Complete lists so far. */
  get listCount(): number {
    return this.#listCount;
  }

  /**
   * A consistent list, begun after this call. Settles once `replaced` has run with it: true; or false if the
   * reflector was stopped before. Failures on the way are retried as ever.
   */
  relist(): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#relistCallbacks.push(resolve);
      this.#interruptStep();
    });
  }

  /** Settles after `signal` was aborted and everything is hung up. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#interruptStep();
    signal.addEventListener('abort', stop);
    let step: 'list' | 'watch' = 'list';
    while (!signal.aborted) {
      if (this.#relistCallbacks.length > 0) step = 'list';
      const ending = await (step === 'list' ? this.#list() : this.#watch());
      if (signal.aborted) break;
      if (ending === 'done') step = 'watch';
      if (ending === 'done' || ending === 'interrupted') continue;
      step = await this.#retry(ending);
    }
    signal.removeEventListener('abort', stop);
    this.#stopped = true;
    for (const resolveRelist of this.#relistCallbacks.splice(0)) resolveRelist(false);
  }

  async #list(): Promise<ListWatchEnd | 'done' | 'interrupted'> {
    const { client, decode, handler, clock } = this.#options;
    const stop = new AbortController();
    this.#interruptStep = () => stop.abort();
    const pendingRelists = this.#relistCallbacks.splice(0);
    let items: T[] = [];
    this.#reportState('listing');
    const listed = await listPaged(
      client,
      { ...this.#selection, from: 'consistent', signal: stop.signal },
      {
        begin: () => {
          items = [];
        },
        item: (raw) => {
          const item = decode(raw);
          if (item !== null && this.#accepts(item)) items.push(item);
        },
      },
    );
    if (listed.kind !== 'ok' || stop.signal.aborted) this.#relistCallbacks.unshift(...pendingRelists);
    if (stop.signal.aborted) return 'interrupted';
    if (listed.kind !== 'ok') return { during: 'list', end: listed };
    this.#resourceVersion = listed.resourceVersion;
    this.#lastActivity = clock.now();
    this.#hasSynced = true;
    this.#listCount++;
    this.#problem = null;
    handler.replaced(items, listed.resourceVersion);
    for (const resolveRelist of pendingRelists) resolveRelist(true);
    return 'done';
  }

  #watch(): Promise<ListWatchEnd | 'interrupted'> {
    const { client, clock, random } = this.#options;
    return new Promise((resolve) => {
      let openedAt: Millis | null = null;
      const ended = (end: WatchEnd): void => {
        const openFor = openedAt === null ? 0 : clock.now() - openedAt;
        resolve({ during: 'watch', end, openFor });
      };
      const hangUp = openWatch(
        { streamer: client, clock },
        { ...this.#selection, resourceVersion: this.#resourceVersion, random: random() },
        {
          opened: () => {
            openedAt = clock.now();
            this.#lastActivity = openedAt;
            this.#problem = null;
            this.#reportState('watching');
          },
          received: () => {
            this.#lastActivity = clock.now();
          },
          bookmark: (version) => {
            if (!this.#advanceVersion(version)) expire();
          },
          change: (type, raw, version) => {
            if (this.#advanceVersion(version)) this.#applyChange(type, raw);
            else expire();
          },
          ended,
        },
      );
      const expire = (): void => {
        hangUp();
        ended({
          kind: 'refused',
          status: 410,
          reason: 'Expired',
          message: VERSION_WENT_BACKWARDS,
          retryAfter: null,
        });
      };
      this.#interruptStep = () => {
        hangUp();
        resolve('interrupted');
      };
    });
  }

  /** False where the server's versions went back: it was restored from a backup, or is another one. */
  #advanceVersion(version: string): boolean {
    if (version === '') return true;
    if (compareResourceVersions(version, this.#resourceVersion) < 0) return false;
    this.#resourceVersion = version;
    return true;
  }

  #applyChange(type: WatchEventType, raw: Raw): void {
    const { decode, keyOf, handler } = this.#options;
    const item = decode(raw);
    if (item === null) return;
    if (type === 'DELETED' || !this.#accepts(item)) handler.deleted(keyOf(item), item);
    else handler.changed(item, type);
  }

  #accepts(item: T): boolean {
    return !this.#filtersLocally || this.#options.fallback?.accepts(item) !== false;
  }

  async #retry(ending: ListWatchEnd): Promise<'list' | 'watch'> {
    const { fallback, random } = this.#options;
    const plan = planRetry(ending, {
      failures: this.#failures,
      selectorIsOptional: fallback !== undefined && this.#selection.fieldSelector !== undefined,
      random: random(),
    });
    this.#failures = plan.failures;
    if (plan.dropFieldSelector) {
      const { fieldSelector: _, ...rest } = this.#selection;
      this.#selection = rest;
      this.#filtersLocally = true;
    }
    this.#problem = plan.problem;
    if (plan.after > 0) await this.#wait(plan.after);
    return plan.next;
  }

  #wait(delay: Millis): Promise<void> {
    this.#reportState('waiting');
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delay, resolve);
      this.#interruptStep = () => {
        cancel();
        resolve();
      };
    });
  }

  #reportState(phase: ReflectorState['phase']): void {
    this.#options.handler.stateChanged({
      phase,
      problem: this.#problem,
      filtersLocally: this.#filtersLocally,
    });
  }
}

const VERSION_WENT_BACKWARDS = 'the resource version went backwards';
