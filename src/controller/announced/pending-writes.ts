/**
 * Services whose condition is to be written, in the order of writing. Namespaces take turns, so a namespace of a thousand changes
 * delays a Service of another by one write. Each has one write in flight: it may hang at a webhook of the namespace's owner. A
 * write that failed delays that Service alone, and its namespace where no answer came.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import { type ServiceKey, splitServiceKey } from '../../objects/service.ts';
import { type Backoff, RetryTracker } from '../../workqueue/backoff.ts';

/** Of a namespace whose writes get no answer. */
const UNANSWERED_BACKOFF: Backoff = { first: 5000, max: 60_000 };

/** What is to be written of a key, and the time until it is due. */
export type PendingWrite<W> = { readonly after: Millis; readonly work: W };

export type NextWrite<W> =
  | { readonly kind: 'due'; readonly work: W }
  /** Nothing is due before that time has passed. */
  | { readonly kind: 'later'; readonly after: Millis }
  | { readonly kind: 'none' };

type Lane = {
  /** The time before which a key is not written, by key. */
  readonly keys: Map<ServiceKey, Millis>;
  notBefore: Millis;
  /** A key that was taken is not written yet. */
  isBusy: boolean;
};

export class PendingWrites {
  readonly #clock: Pick<Clock, 'now'>;
  /** By namespace, the one whose turn is next first. */
  readonly #lanes = new Map<string, Lane>();
  readonly #unanswered: RetryTracker<string>;

  /** `random` is in [0, 1). */
  constructor(clock: Pick<Clock, 'now'>, random: () => number) {
    this.#clock = clock;
    this.#unanswered = new RetryTracker(UNANSWERED_BACKOFF, random);
  }

  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  /** A key that is pending keeps its place, and its time. */
  add(key: ServiceKey): void {
    const { keys } = this.#laneOf(key);
    if (!keys.has(key)) keys.set(key, 0);
  }

  /** Takes the next key. `find` returns what there is to write; null for a key that is to be forgotten. */
  take<W>(find: (key: ServiceKey) => PendingWrite<W> | null): NextWrite<W> {
    const now = this.#clock.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const [namespace, lane] of this.#lanes) {
      if (lane.isBusy) continue;
      for (const [key, notBefore] of lane.keys) {
        const left = Math.max(lane.notBefore, notBefore) - now;
        const found = left > 0 ? null : find(key);
        const after = left > 0 ? left : (found?.after ?? 0);
        if (after > 0) soonest = Math.min(soonest, after);
        else lane.keys.delete(key);
        if (found !== null && after <= 0) {
          lane.isBusy = true;
          this.#lanes.delete(namespace);
          this.#lanes.set(namespace, lane);
          return { kind: 'due', work: found.work };
        }
        if (lane.notBefore > now) break;
      }
      if (lane.keys.size > 0) continue;
      this.#lanes.delete(namespace);
      this.#unanswered.forget(namespace);
    }
    return soonest < Number.POSITIVE_INFINITY ? { kind: 'later', after: soonest } : { kind: 'none' };
  }

  /** A key that was taken is written, or does not exist any more. */
  done(key: ServiceKey): void {
    this.#laneOf(key).isBusy = false;
    this.#unanswered.forget(splitServiceKey(key).namespace);
  }

  /** The write of a key that was taken is tried again, after this time at the earliest. */
  retry(
    key: ServiceKey,
    { after, isAnswered }: { readonly after: Millis; readonly isAnswered: boolean },
  ): void {
    const now = this.#clock.now();
    const lane = this.#laneOf(key);
    lane.isBusy = false;
    lane.keys.set(key, now + after);
    if (!isAnswered) lane.notBefore = now + this.#unanswered.recordFailure(splitServiceKey(key).namespace);
  }

  #laneOf(key: ServiceKey): Lane {
    const { namespace } = splitServiceKey(key);
    const lane = this.#lanes.get(namespace) ?? {
      keys: new Map<ServiceKey, Millis>(),
      notBefore: 0,
      isBusy: false,
    };
    this.#lanes.set(namespace, lane);
    return lane;
  }
}
