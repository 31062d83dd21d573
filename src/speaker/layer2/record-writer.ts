/** Writes ServiceL2Status objects behind the answers: only where something changes, few at a time, and at a limited rate. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { RecordChange } from '../../layer2/election/record-plan.ts';
import type { WatchedRecord } from '../../layer2/objects/watched-objects.ts';
import { type ServiceKey, splitServiceKey } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import { failureReason, type RequestOutcome } from '../../runtime/ports.ts';
import { type Backoff, RetryTracker } from '../../workqueue/backoff.ts';
import { WorkerPool } from '../../workqueue/worker-pool.ts';
import type { OwnerRecordApi } from './ports.ts';

/** Rate limit, Services per second. A node that dies leaves its addresses to others at once; the records follow. */
export const RECORDS_PER_SECOND = 100;
const CONCURRENCY = 8;
/** Writes in flight for one namespace: where these hang, there is room for the others. */
const CONCURRENCY_OF_NAMESPACE = 6;
const RETRY_BACKOFF: Backoff = { first: 500, max: 60_000 };

export type RecordWriterOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly api: OwnerRecordApi;
  /** Calls `setPlan` soon, with what is missing then. */
  readonly planAgain: () => void;
  /** An internal error: nothing more is written. */
  readonly onFault: (error: unknown) => void;
};

type Change = RecordChange<WatchedRecord>;
type Flight = {
  /** Something was planned meanwhile. That plan may not know yet what the write changed. */
  isOutdated: boolean;
  /** The last plan has nothing for the Service: what fails is not tried again. */
  isDropped: boolean;
};
type Failure = Exclude<RequestOutcome<never>, { readonly kind: 'done' }>;

export class RecordWriter {
  readonly #options: RecordWriterOptions;
  readonly #pool: WorkerPool<ServiceKey>;
  readonly #retries: RetryTracker<ServiceKey>;
  /** What is to be written, by Service. Each of them waits in the pool, for its turn or for its retry. */
  #plan = new Map<ServiceKey, readonly Change[]>();
  readonly #inFlight = new Map<ServiceKey, Flight>();
  #isFailing = false;

  constructor(options: RecordWriterOptions) {
    this.#options = options;
    this.#retries = new RetryTracker(RETRY_BACKOFF, options.random);
    this.#pool = new WorkerPool({
      clock: options.clock,
      concurrency: CONCURRENCY,
      laneConcurrency: CONCURRENCY_OF_NAMESPACE,
      lowPriorityRate: { perSecond: RECORDS_PER_SECOND, burst: RECORDS_PER_SECOND },
      work: (key) => this.#write(key),
      onError: options.onFault,
    });
    this.#pool.start();
  }

  /** Replaces what is to be written, except for Services in flight. */
  setPlan(changes: readonly Change[]): void {
    const before = this.#plan;
    for (const flight of this.#inFlight.values()) flight.isDropped = true;
    const plan = new Map<ServiceKey, readonly Change[]>();
    for (const change of changes) {
      const key = change.kind === 'create' ? change.service.key : change.record.service;
      const flight = this.#inFlight.get(key);
      if (flight === undefined) plan.set(key, [...(plan.get(key) ?? []), change]);
      else Object.assign(flight, { isOutdated: true, isDropped: false });
    }
    this.#plan = plan;
    for (const key of before.keys())
      if (!plan.has(key)) {
        this.#pool.forget(key);
        this.#retries.forget(key);
      }
    for (const key of plan.keys()) if (!before.has(key)) this.#addToPool(key);
  }

  /** Settles when requests in flight have finished. */
  stop(): Promise<void> {
    return this.#pool.stop();
  }

  async #write(key: ServiceKey): Promise<void> {
    const changes = this.#plan.get(key);
    if (changes === undefined) return;
    const flight: Flight = { isOutdated: false, isDropped: false };
    this.#plan.delete(key);
    this.#inFlight.set(key, flight);
    const failure = await this.#applyAll(changes);
    this.#inFlight.delete(key);
    if (failure === null) this.#isFailing = false;
    if (failure === null || flight.isDropped) this.#retries.forget(key);
    else {
      this.#plan.set(key, changes);
      this.#retryLater(key, failure);
    }
    if (flight.isOutdated) this.#options.planAgain();
  }

  async #applyAll(changes: readonly Change[]): Promise<Failure | null> {
    for (const change of changes) {
      const failure = await this.#apply(change);
      if (failure !== null) return failure;
    }
    return null;
  }

  async #apply(change: Change): Promise<Failure | null> {
    const { api } = this.#options;
    switch (change.kind) {
      case 'delete':
        return failureOf(await api.delete(change.record));
      case 'patch':
        return failureOf(await api.setInterfaces(change.record, change.interfaces));
      case 'create': {
        const created = await api.create(change.service);
        if (created.kind !== 'done') return created;
        return failureOf(await api.setInterfaces(created.value, change.interfaces));
      }
    }
  }

  #retryLater(key: ServiceKey, failure: Failure): void {
    const { clock, log } = this.#options;
    const because = failureReason(failure);
    // Another speaker was quicker: its record arrives by the watch.
    if (failure.kind !== 'stale') {
      if (!this.#isFailing) log.warn('cannot write a ServiceL2Status, will retry', { because });
      this.#isFailing = true;
    }
    const backoff: Millis = this.#retries.recordFailure(key);
    const retryAfter = failure.kind === 'busy' ? (failure.retryAfter ?? 0) : 0;
    this.#addToPool(key, clock.now() + Math.max(backoff, retryAfter));
  }

  /** Namespaces take turns. */
  #addToPool(key: ServiceKey, dueAt: Millis = 0): void {
    this.#pool.add(key, { dueAt, priority: 'low', lane: splitServiceKey(key).namespace });
  }
}

/** An object that is gone was deleted by somebody else: the next plan says what is missing. */
const failureOf = (outcome: RequestOutcome<unknown>): Failure | null =>
  outcome.kind === 'done' || outcome.kind === 'gone' ? null : outcome;
