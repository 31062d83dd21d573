/**
 * Keeps the desk's pools up to date, and tells people what is wrong with them: by a Warning event on the pool,
 * once for each complaint; by the ConfigurationState; by a metric.
 *
 * Leader and standby both keep the book, since a last good version is worth most to the one who takes over;
 * only the leader writes.
 */

import type { Allocator } from '../../allocation/allocator.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import { buildPoolSet, type PoolObject, type PoolSet, type PoolState } from '../../config/pool/pool-set.ts';
import { poolIssueLines } from '../../config/state.ts';
import { poolReference } from '../../objects/object-reference.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import type { ControllerEvent } from '../ports.ts';

/** Many pools applied in one go are reviewed once. */
const DEBOUNCE: Millis = 5;

/** The list of pools before a grace ends must be there within this time. */
const REFRESH_TIMEOUT: Millis = 5000;

export interface PoolInformer {
  /** Lists the pools once more; false where that did not work out in time. */
  refreshWithin(within: Millis): Promise<boolean>;
  /** When they could not be seen for the last time, by the monotonic clock; null where they always could. */
  lastFailedAt(): Millis | null;
}

export type PoolReconcilerOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly allocator: Allocator;
  /** The namespace of the pools, for their events. */
  readonly namespace: string;
  /** Keys worth a look. */
  readonly enqueue: (keys: Iterable<ServiceKey>) => void;
  readonly events: (note: ControllerEvent) => void;
  readonly isLeading: () => boolean;
  /** How well the pools can be seen: a pool that is missing from an old picture is not known to be gone. */
  readonly informer: PoolInformer;
  readonly onReviewed: (book: PoolSet) => void;
};

export class PoolReconciler {
  readonly #options: PoolReconcilerOptions;
  #objects: readonly PoolObject[] = [];
  #poolSet: PoolSet | null = null;
  /** What each pool has been told about itself. */
  readonly #reportedComplaints = new Map<string, string>();
  #cancelReview: (() => void) | null = null;
  #grace: { readonly due: Millis; readonly cancel: () => void } | null = null;

  /** Settles when the pools have been seen for the first time. */
  readonly firstList: Promise<void>;
  #resolveFirstList: () => void = () => {};

  constructor(options: PoolReconcilerOptions) {
    this.#options = options;
    this.firstList = new Promise((resolve) => {
      this.#resolveFirstList = resolve;
    });
  }

  /** Null before the first picture of the pools. */
  get poolSet(): PoolSet | null {
    return this.#poolSet;
  }

  get objects(): readonly PoolObject[] {
    return this.#objects;
  }

  /** All pool objects there are. They are reviewed shortly after, together with what follows at once. */
  set(objects: readonly PoolObject[]): void {
    this.#objects = objects;
    this.#resolveFirstList();
    this.#cancelReview ??= this.#options.clock.after(DEBOUNCE, () => this.reviewNow());
  }

  reviewNow(): void {
    this.#cancelReview?.();
    this.#cancelReview = null;
    const { allocator, clock, enqueue, onReviewed } = this.#options;
    this.#poolSet = buildPoolSet(this.#objects, this.#poolSet);
    enqueue(allocator.updatePools(this.#poolSet, clock.now()));
    this.scheduleGraceEnd();
    if (this.#options.isLeading()) this.reportComplaints();
    onReviewed(this.#poolSet);
  }

  /** `known`: this has been said before, by us or by the leader before us. */
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

  /** Ends the grace of pools that are surely gone, when it is due. To be called when that may have changed; cheap. */
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
   * A picture that may be old cannot end anything, and neither can one that could not be seen for a while: where
   * the kind itself was deleted and came back, its objects need time to come back as well. So a grace runs in
   * full from the last trouble, and before it ends the pools are listed once more.
   */
  #endGraces(): void {
    const { allocator, clock, informer } = this.#options;
    const due = this.#grace?.due ?? clock.now();
    this.#grace = { due, cancel: () => {} };
    void informer.refreshWithin(REFRESH_TIMEOUT).then((isRefreshed) => {
      if (this.#grace?.due !== due) return; // stopped, or another grace is due meanwhile
      this.#grace = null;
      if (isRefreshed) this.reviewNow();
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
    this.#cancelReview?.();
    this.#grace?.cancel();
    this.#grace = null;
  }

  #reportComplaint(state: PoolState, text: string): void {
    const { log, events, namespace } = this.#options;
    log.warn('pool has something wrong with it', { pool: state.name, complaints: text });
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
