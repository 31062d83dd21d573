/**
 * Reflects one resource to a handler (client-go Reflector): lists, then watches, and recovers from every failure.
 * Objects are decoded as they arrive, and the raw ones are not kept.
 *
 * Guarantees: `replaced` has all objects, and each later change is delivered in order. Not guaranteed: that a change is
 * delivered once only, or that the state is the newest. A handler that also writes compares versions (`store.ts`).
 */

import type { Clock, Millis } from '../../base/clock.ts';
import type { Raw } from '../../base/json.ts';
import type { WatchEventType } from '../../objects/watch-event-type.ts';
import type { ApiSender } from '../http/api-request.ts';
import type { ApiStreamer } from '../http/stream.ts';
import { compareResourceVersions } from '../resource-version.ts';
import { type ListOutcome, listPaged, type ResourceSelection } from './list.ts';
import { type OlderList, OlderLists } from './older-list.ts';
import { HEALTHY_AFTER, type ListWatchEnd, planRetry, type WatchProblem } from './retry.ts';
import { openWatch, type WatchEnd } from './watch.ts';

export type ReflectorState = {
  readonly phase: 'listing' | 'watching' | 'waiting';
  /** The last failure; null once a list or a watch has succeeded since. */
  readonly problem: WatchProblem | null;
  /** The server does not support the field selector, so all objects are received and filtered here. */
  readonly filtersLocally: boolean;
};

export type ReflectorHandler<T> = {
  /** All objects. Those that are not among them no longer exist. */
  replaced(items: readonly T[], resourceVersion: string): void;
  changed(item: T, type: 'ADDED' | 'MODIFIED'): void;
  /** `last` is the last state of the object, or the last one that matched the selectors. */
  deleted(key: string, last: T): void;
  stateChanged(state: ReflectorState): void;
};

export type ReflectorOptions<T> = ResourceSelection & {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Null for an object to ignore. */
  readonly decode: (raw: Raw) => T | null;
  readonly keyOf: (item: T) => string;
  readonly handler: ReflectorHandler<T>;
  /**
   * For servers that answer a field selector with 400: it is omitted, and only objects that `accepts` returns true for
   * are delivered. A change to an object that it does not accept is delivered as a deletion, as the server would do.
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
  readonly #olderLists = new OlderLists();
  /** Ends the current step; each step sets it. */
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

  /** Whether a list has completed. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Monotonic time of the last list, or of the last byte of a watch; null before the first list. */
  get lastActivity(): Millis | null {
    return this.#lastActivity;
  }

  /** Complete lists so far. */
  get listCount(): number {
    return this.#listCount;
  }

  /**
   * Lists again, consistently, with a request that begins after this call. Settles with true once `replaced` was called,
   * with false if the reflector was stopped before. Failures are retried as usual.
   */
  relist(): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#relistCallbacks.push(resolve);
      this.#interruptStep();
    });
  }

  /** Runs until `signal` is aborted; settles when all requests are cancelled. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#interruptStep();
    signal.addEventListener('abort', stop);
    let step: 'list' | 'watch' = 'list';
    while (!signal.aborted) {
      if (this.#relistCallbacks.length > 0) step = 'list';
      const outcome = await (step === 'list' ? this.#list() : this.#watch());
      if (signal.aborted) break;
      if (outcome === 'done') step = 'watch';
      if (outcome === 'done' || outcome === 'interrupted') continue;
      step = await this.#retry(outcome);
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
    const answer = await listPaged(
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
    const listed = stop.signal.aborted ? answer : this.#refuseOlder(answer);
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

  #refuseOlder(listed: ListOutcome): ListOutcome | OlderList {
    if (listed.kind !== 'ok') return listed;
    const now = this.#options.clock.now();
    return this.#olderLists.isBelieved(listed.resourceVersion, this.#resourceVersion, now)
      ? listed
      : { kind: 'older' };
  }

  #watch(): Promise<ListWatchEnd | 'interrupted'> {
    const { client, clock, random } = this.#options;
    return new Promise((resolve) => {
      let openedAt: Millis | null = null;
      const openFor = (): Millis => (openedAt === null ? 0 : clock.now() - openedAt);
      const ended = (end: WatchEnd): void => resolve({ during: 'watch', end, openFor: openFor() });
      const cancelWatch = openWatch(
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
        cancelWatch();
        ended({
          kind: 'refused',
          status: 410,
          reason: 'Expired',
          message: VERSION_WENT_BACKWARDS,
          retryAfter: null,
        });
      };
      this.#interruptStep = () => {
        cancelWatch();
        if (openFor() >= HEALTHY_AFTER) this.#failures = 0;
        resolve('interrupted');
      };
    });
  }

  /** False where resource versions went backwards: the server was restored from a backup, or replaced. */
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

  async #retry(outcome: ListWatchEnd): Promise<'list' | 'watch'> {
    const { fallback, random } = this.#options;
    const plan = planRetry(outcome, {
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
