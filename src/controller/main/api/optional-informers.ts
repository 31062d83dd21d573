/**
 * Informers that are used only while what they describe is there: Calico, or Berth's speakers. Both detectors start and
 * stop them together, and wait for their first lists for a limited time.
 */

import { setMaxListeners } from 'node:events';
import type { Clock, Millis } from '../../../base/clock.ts';
import type { ObjectVersion } from '../../../objects/metadata.ts';
import type { Informer, InformerSubscriber } from '../../../runtime/main/informer.ts';
import type { ObjectSource } from '../../../runtime/main/object-source.ts';

/** A kind that cannot be listed in this time counts as unreadable. */
const LIST_TIMEOUT: Millis = 10_000;

/** One informer and what is subscribed to it. */
export type InformerUse = {
  readonly informer: Pick<Informer<never>, 'name' | 'isSyncedOrAbsent' | 'run'>;
  /** Returns the function that ends the subscription. */
  readonly subscribe: () => () => void;
};

export const informerUse = <T extends ObjectVersion>(
  informer: ObjectSource<T>,
  subscriber: InformerSubscriber<T>,
): InformerUse => ({ informer, subscribe: () => informer.subscribe(subscriber) });

type ActiveUse = {
  readonly uses: readonly InformerUse[];
  readonly stop: () => void;
};

export class OptionalInformers {
  readonly #clock: Clock;
  readonly #gaveUpWaiting: () => void;
  #active: ActiveUse | null = null;
  #isWaitingForLists = false;
  #running: Promise<unknown> = Promise.resolve();

  /** `gaveUpWaiting` is called when lists are still missing after the time limit. */
  constructor(clock: Clock, gaveUpWaiting: () => void) {
    this.#clock = clock;
    this.#gaveUpWaiting = gaveUpWaiting;
  }

  get isActive(): boolean {
    return this.#active !== null;
  }

  /** Whether every list is complete, or has taken too long. */
  get hasSynced(): boolean {
    return !this.#isWaitingForLists || this.unreadable.length === 0;
  }

  /** Resources that have not been listed. */
  get unreadable(): readonly string[] {
    const uses = this.#active?.uses ?? [];
    return uses.flatMap(({ informer }) => (informer.isSyncedOrAbsent ? [] : [informer.name]));
  }

  /** Begins to use all of them; to be called while none is used. */
  start(uses: readonly InformerUse[]): void {
    const abortController = new AbortController();
    setMaxListeners(0, abortController.signal); // one listener for each informer
    const cancelTimeout = this.#clock.after(LIST_TIMEOUT, () => {
      this.#isWaitingForLists = false;
      this.#gaveUpWaiting();
    });
    this.#isWaitingForLists = true;
    const unsubscribes: (() => void)[] = [];
    this.#active = {
      uses,
      stop: () => {
        cancelTimeout();
        for (const unsubscribe of unsubscribes) unsubscribe();
        abortController.abort();
      },
    };
    // Informers that are shared may be synced already: their objects are delivered here.
    for (const { subscribe } of uses) unsubscribes.push(subscribe());
    const previous = this.#running;
    this.#running = Promise.all([
      previous,
      ...uses.map(({ informer }) => informer.run(abortController.signal)),
    ]);
  }

  /** Settles when all watches that nobody else uses are closed. */
  async stop(): Promise<void> {
    this.#active?.stop();
    this.#active = null;
    this.#isWaitingForLists = false;
    await this.#running;
  }
}
