/**
 * Keeps the allocator's pools up to date, and reports what is wrong with them: by a Warning Event on the pool, once for each
 * issue; by the ConfigurationState; by a metric.
 *
 * Leader and standby both keep the pool set, since who takes over needs the last good versions. Only the leader writes.
 */

import type { Allocator } from '../../allocation/allocator.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import { finishSteps, type Steps } from '../../base/steps.ts';
import { poolIssueLines } from '../../config/pool/condition.ts';
import {
  areReadAtOnce,
  buildPoolSetInSteps,
  type PoolObject,
  type PoolSet,
  type PoolState,
} from '../../config/pool/pool-set.ts';
import { poolReference } from '../../objects/object-reference.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import { runInSlices } from '../../workqueue/slices.ts';
import type { ControllerEvent } from '../ports.ts';

/** Pools that are applied together are reviewed once. */
const DEBOUNCE: Millis = 5;

/** Time limit of the list of pools that is made before a grace period ends. */
const REFRESH_TIMEOUT: Millis = 5000;

export interface PoolInformer {
  /** Lists the pools once more; false where that failed or took longer. */
  refreshWithin(within: Millis): Promise<boolean>;
  /** When a list or watch last failed, by the monotonic clock; null where none ever did. */
  lastFailedAt(): Millis | null;
}

export type PoolReconcilerOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly allocator: Allocator;
  /** The namespace of the pools, for their events. */
  readonly namespace: string;
  /** Adds Services to the work queue. */
  readonly enqueue: (keys: Iterable<ServiceKey>) => void;
  readonly events: (note: ControllerEvent) => void;
  readonly isLeading: () => boolean;
  /** A pool that is missing from a stale cache need not be deleted. */
  readonly informer: PoolInformer;
  readonly onReviewed: (poolSet: PoolSet) => void;
};

export class PoolReconciler {
  readonly #options: PoolReconcilerOptions;
  #objects: readonly PoolObject[] = [];
  #poolSet: PoolSet | null = null;
  /** The issues that were last reported on each pool. */
  readonly #reportedComplaints = new Map<string, string>();
  #cancelDebounce: (() => void) | null = null;
  /** A review is running. */
  #cancelReview: (() => void) | null = null;
  /** The pools are to be reviewed once more, after the review that is running. */
  #isReviewStale = false;
  #reviewWaiters: (() => void)[] = [];
  #grace: { readonly due: Millis; readonly cancel: () => void } | null = null;

  /** Settles when the pools have been listed for the first time. */
  readonly firstList: Promise<void>;
  #resolveFirstList: () => void = () => {};

  constructor(options: PoolReconcilerOptions) {
    this.#options = options;
    this.firstList = new Promise((resolve) => {
      this.#resolveFirstList = resolve;
    });
  }

  /** Null before the first list of the pools. */
  get poolSet(): PoolSet | null {
    return this.#poolSet;
  }

  get objects(): readonly PoolObject[] {
    return this.#objects;
  }

  /** Takes all pool objects there are, and reviews them shortly after, together with those that follow at once. */
  set(objects: readonly PoolObject[]): void {
    this.#objects = objects;
    this.#resolveFirstList();
    this.#cancelDebounce ??= this.#options.clock.after(DEBOUNCE, () => this.#startReview());
  }

  /** Reviews the pools as they are. Settles when they are in force; of many ranges, that takes several turns. */
  review(): Promise<void> {
    this.#startReview();
    return new Promise((resolve) => {
      if (this.#cancelReview === null) resolve();
      else this.#reviewWaiters.push(resolve);
    });
  }

  /** Reviews what was set and waits for its review; what takes several turns goes on meanwhile. */
  reviewPending(): void {
    if (this.#cancelDebounce !== null) this.#startReview();
  }

  /** Few ranges are reviewed before this returns. */
  #startReview(): void {
    this.#cancelDebounce?.();
    this.#cancelDebounce = null;
    this.#isReviewStale = this.#cancelReview !== null;
    if (this.#isReviewStale) return;
    const steps = this.#reviewSteps(this.#objects);
    if (areReadAtOnce(this.#objects)) {
      finishSteps(steps);
      this.#reviewed();
      return;
    }
    this.#cancelReview = runInSlices(this.#options.clock, steps, () => this.#reviewed());
  }

  *#reviewSteps(objects: readonly PoolObject[]): Steps<void> {
    const { allocator, clock, enqueue, onReviewed } = this.#options;
    const poolSet = yield* buildPoolSetInSteps(objects, this.#poolSet);
    const prepared = yield* allocator.preparePools(poolSet);
    this.#poolSet = poolSet;
    enqueue(allocator.updatePools(poolSet, clock.now(), prepared));
    this.scheduleGraceEnd();
    if (this.#options.isLeading()) this.reportComplaints();
    onReviewed(poolSet);
  }

  #reviewed(): void {
    this.#cancelReview = null;
    if (this.#isReviewStale) {
      this.#startReview();
      return;
    }
    const waiters = this.#reviewWaiters;
    this.#reviewWaiters = [];
    for (const resolve of waiters) resolve();
  }

  /** `isReported`: the issues were reported before, by this leader or the one before it. */
  reportComplaints({ isReported = false }: { readonly isReported?: boolean } = {}): void {
    if (this.#poolSet === null) return;
    for (const [name, state] of this.#poolSet.byName) {
      const text = poolIssueLines(state).join('; ');
      const before = this.#reportedComplaints.get(name) ?? '';
      this.#reportedComplaints.set(name, text);
      if (isReported || text === before) continue;
      if (text === '') this.#options.log.info('pool is valid again', { pool: name });
      else this.#reportComplaint(state, text);
    }
    for (const name of this.#reportedComplaints.keys())
      if (!this.#poolSet.byName.has(name)) this.#reportedComplaints.delete(name);
  }

  /** Schedules the end of the next grace period. To be called whenever that may be another; cheap. */
  scheduleGraceEnd(): void {
    const { allocator, clock, isLeading } = this.#options;
    const graceEnd = isLeading() ? allocator.nextGraceExpiry() : null;
    if (graceEnd === (this.#grace?.due ?? null)) return;
    this.#grace?.cancel();
    const schedule = (delay: Millis): (() => void) => clock.after(delay, () => this.#endGraces());
    this.#grace =
      graceEnd === null ? null : { due: graceEnd, cancel: schedule(Math.max(0, graceEnd - clock.now())) };
  }

  /**
   * A grace period ends only by a fresh list, and runs in full from the last failure of list or watch: where the CRD itself
   * was deleted and created again, its objects need time to be created as well.
   */
  #endGraces(): void {
    const { allocator, clock, informer } = this.#options;
    const due = this.#grace?.due ?? clock.now();
    this.#grace = { due, cancel: () => {} };
    void informer.refreshWithin(REFRESH_TIMEOUT).then(async (isRefreshed) => {
      if (isRefreshed) await this.review();
      if (this.#grace?.due !== due) return; // stopped, or another grace is due meanwhile
      this.#grace = null;
      const lastFailedAt = informer.lastFailedAt();
      if (lastFailedAt !== null) allocator.postponeGracePeriods(lastFailedAt);
      const graceEnd = allocator.nextGraceExpiry();
      if (isRefreshed && graceEnd !== null && graceEnd <= clock.now())
        this.#options.enqueue(allocator.expireGracePeriods(clock.now()));
      else if (!isRefreshed) allocator.postponeGracePeriods(clock.now());
      this.scheduleGraceEnd();
    });
  }

  stop(): void {
    this.#cancelDebounce?.();
    this.#cancelDebounce = null;
    this.#cancelReview?.();
    this.#cancelReview = null;
    this.#grace?.cancel();
    this.#grace = null;
  }

  #reportComplaint(state: PoolState, text: string): void {
    const { log, events, namespace } = this.#options;
    log.warn('pool is invalid or overlaps with another', { pool: state.name, complaints: text });
    events({
      regarding: poolReference(state, namespace),
      event: {
        type: 'Warning',
        reason: state.issues.length > 0 ? 'PoolInvalid' : 'PoolOverlaps',
        message: text,
      },
    });
  }
}
