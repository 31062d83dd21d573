/**
 * Keeps somebody's picture of one kind of object up to date: list, then watch, for as long as the process
 * lives, whatever happens to the connection. Objects are translated as they arrive and the raw ones let go.
 *
 * It promises that `replaced` has everything there is, and that after it every change is told in order. It
 * does not promise that a change is told once, or that a picture is the newest: a handler that has written
 * itself compares versions (`store.ts`).
 */

import type { Clock, Millis } from '../base/clock.ts';
import type { Raw } from '../cluster/fields.ts';
import { listEach, type Selection } from './list.ts';
import type { ApiSender } from './outcome.ts';
import { type Ending, recover, type Trouble } from './recovery.ts';
import type { ApiStreamer } from './stream.ts';
import { compareVersions } from './version.ts';
import { type ChangeType, openWatch, type WatchEnd } from './watch.ts';

export type ReflectorState = {
  readonly phase: 'listing' | 'watching' | 'waiting';
  /** What went wrong last; null once a list or a watch has worked again. */
  readonly trouble: Trouble | null;
  /** The server does not know our field selector, so everything is sent and filtered here. */
  readonly filteredHere: boolean;
};

export type ReflectorHandler<T> = {
  /** Everything there is. Whatever is not among it is no more. */
  replaced(items: readonly T[], resourceVersion: string): void;
  changed(item: T, type: 'ADDED' | 'MODIFIED'): void;
  /** With the last state that the server had of it, or that matched the selectors. */
  deleted(key: string, last: T): void;
  state(state: ReflectorState): void;
};

export type ReflectorOptions<T> = Selection & {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Null for an object that is of no use at all. */
  readonly translate: (raw: Raw) => T | null;
  readonly keyOf: (item: T) => string;
  readonly handler: ReflectorHandler<T>;
  /**
   * For servers that answer a field selector with 400: it is left out, and of what comes only that is told
   * which `accepts` takes. What it does not take is told as deleted, as the server would have done.
   */
  readonly fallback?: { readonly accepts: (item: T) => boolean };
};

type Refresh = (fresh: boolean) => void;

export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  #selection: Selection;
  #filteredHere = false;
  #resourceVersion = '';
  #failures = 0;
  #synced = false;
  #lastHeard: Millis | null = null;
  #lists = 0;
  #trouble: Trouble | null = null;
  #refreshes: Refresh[] = [];
  /** Ends the step under way; replaced by each step. */
  #interrupt: () => void = () => {};
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
  get synced(): boolean {
    return this.#synced;
  }

  /** When a list or a byte of a watch last came, by the monotonic clock; null before the first. */
  get lastHeard(): Millis | null {
    return this.#lastHeard;
  }

  /** Complete lists so far. */
  get lists(): number {
    return this.#lists;
  }

  /**
   * A consistent list, begun after this call. Settles once `replaced` has run with it: true; or false if the
   * reflector was stopped before. Failures on the way are retried as ever.
   */
  refresh(): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#refreshes.push(resolve);
      this.#interrupt();
    });
  }

  /** Settles after `signal` was aborted and everything is hung up. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#interrupt();
    signal.addEventListener('abort', stop);
    let step: 'list' | 'watch' = 'list';
    while (!signal.aborted) {
      if (this.#refreshes.length > 0) step = 'list';
      const ending = await (step === 'list' ? this.#list() : this.#watch());
      if (signal.aborted) break;
      if (ending === 'done') step = 'watch';
      if (ending === 'done' || ending === 'interrupted') continue;
      step = await this.#recover(ending);
    }
    signal.removeEventListener('abort', stop);
    this.#stopped = true;
    for (const refresh of this.#refreshes.splice(0)) refresh(false);
  }

  async #list(): Promise<Ending | 'done' | 'interrupted'> {
    const { client, translate, handler, clock } = this.#options;
    const stop = new AbortController();
    this.#interrupt = () => stop.abort();
    const served = this.#refreshes.splice(0);
    let items: T[] = [];
    this.#tell('listing');
    const listed = await listEach(
      client,
      { ...this.#selection, from: 'consistent', signal: stop.signal },
      {
        begin: () => {
          items = [];
        },
        item: (raw) => {
          const item = translate(raw);
          if (item !== null && this.#accepts(item)) items.push(item);
        },
      },
    );
    if (listed.kind !== 'ok' || stop.signal.aborted) this.#refreshes.unshift(...served);
    if (stop.signal.aborted) return 'interrupted';
    if (listed.kind !== 'ok') return { during: 'list', end: listed };
    this.#resourceVersion = listed.resourceVersion;
    this.#lastHeard = clock.now();
    this.#synced = true;
    this.#lists++;
    this.#trouble = null;
    handler.replaced(items, listed.resourceVersion);
    for (const refresh of served) refresh(true);
    return 'done';
  }

  #watch(): Promise<Ending | 'interrupted'> {
    const { client, clock, random } = this.#options;
    return new Promise((resolve) => {
      let openedAt: Millis | null = null;
      const ended = (end: WatchEnd): void => {
        const lived = openedAt === null ? 0 : clock.now() - openedAt;
        resolve({ during: 'watch', end, lived });
      };
      const hangUp = openWatch(
        { streamer: client, clock },
        { ...this.#selection, resourceVersion: this.#resourceVersion, random: random() },
        {
          opened: () => {
            openedAt = clock.now();
            this.#lastHeard = openedAt;
            this.#trouble = null;
            this.#tell('watching');
          },
          heard: () => {
            this.#lastHeard = clock.now();
          },
          bookmark: (version) => {
            if (!this.#advance(version)) leave();
          },
          change: (type, raw, version) => {
            if (this.#advance(version)) this.#change(type, raw);
            else leave();
          },
          ended,
        },
      );
      const leave = (): void => {
        hangUp();
        ended({ kind: 'refused', status: 410, reason: 'Expired', message: BACKWARDS, retryAfter: null });
      };
      this.#interrupt = () => {
        hangUp();
        resolve('interrupted');
      };
    });
  }

  /** False where the server's versions went back: it was restored from a backup, or is another one. */
  #advance(version: string): boolean {
    if (version === '') return true;
    if (compareVersions(version, this.#resourceVersion) < 0) return false;
    this.#resourceVersion = version;
    return true;
  }

  #change(type: ChangeType, raw: Raw): void {
    const { translate, keyOf, handler } = this.#options;
    const item = translate(raw);
    if (item === null) return;
    if (type === 'DELETED' || !this.#accepts(item)) handler.deleted(keyOf(item), item);
    else handler.changed(item, type);
  }

  #accepts(item: T): boolean {
    return !this.#filteredHere || this.#options.fallback?.accepts(item) !== false;
  }

  async #recover(ending: Ending): Promise<'list' | 'watch'> {
    const { fallback, random } = this.#options;
    const recovery = recover(ending, {
      failures: this.#failures,
      selectorIsOptional: fallback !== undefined && this.#selection.fieldSelector !== undefined,
      random: random(),
    });
    this.#failures = recovery.failures;
    if (recovery.withoutSelector) {
      const { fieldSelector: _, ...rest } = this.#selection;
      this.#selection = rest;
      this.#filteredHere = true;
    }
    this.#trouble = recovery.trouble;
    if (recovery.after > 0) await this.#wait(recovery.after);
    return recovery.next;
  }

  #wait(delay: Millis): Promise<void> {
    this.#tell('waiting');
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delay, resolve);
      this.#interrupt = () => {
        cancel();
        resolve();
      };
    });
  }

  #tell(phase: ReflectorState['phase']): void {
    this.#options.handler.state({ phase, trouble: this.#trouble, filteredHere: this.#filteredHere });
  }
}

const BACKWARDS = 'the resource version went backwards';
