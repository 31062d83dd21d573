/**
 * Reconciles Services: takes a key from the work queue, asks the allocator, writes the difference, and handles the outcome
 * of the write. Several Services are reconciled at once, never one twice.
 *
 * The allocator reserves an address before anything is awaited, so two passes cannot assign it twice. A reservation stays
 * until a response of the server shows what happened: after a write with an unknown outcome the Service is read before it
 * is reconciled again.
 */

import type { Allocator } from '../../allocation/allocator.ts';
import type { AllocationOptions } from '../../allocation/context.ts';
import { isConditionOnly, type ReconcileResult } from '../../allocation/reconcile-result.ts';
import { patchBody, type StatusPatch } from '../../allocation/status-patch.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import { unreachable } from '../../base/invariant.ts';
import type { Address } from '../../net/address.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';
import { RetryTracker } from '../../workqueue/backoff.ts';
import { WorkerPool } from '../../workqueue/worker-pool.ts';
import type { ServiceApi, ServiceCacheView } from '../ports.ts';
import { AssignmentLatency } from './assignment-latency.ts';
import type { ServiceIndex } from './service-index.ts';
import { UnansweredWrites } from './unanswered-writes.ts';
import { findUnwritten } from './write-answer.ts';
import * as limits from './write-limits.ts';

/** Reports what the reconciler does. */
export interface ReconcileObserver {
  reconciled(result: ReconcileResult): void;
  /** `took` is the time that a Service waited for its first address; null for other writes. */
  written(result: ReconcileResult, took: Millis | null): void;
  failed(key: ServiceKey, outcome: RequestOutcome<unknown>): void;
}

export type ServiceReconcilerOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly view: ServiceCacheView;
  readonly index: ServiceIndex;
  readonly api: ServiceApi;
  readonly allocator: Allocator;
  readonly ipMode: AllocationOptions['ipMode'];
  readonly observer: ReconcileObserver;
  /** Other conditions that go along with a write of `ingress`. */
  readonly extraConditions?: (
    service: Service,
    ingress: readonly Address[] | null,
  ) => Pick<StatusPatch, 'conditions' | 'removedConditions'> | undefined;
  /** Brings the allocator's pools and Namespaces up to date, before it assigns the first address of a Service. */
  readonly updateInputs?: () => void;
  readonly onFatalError: (error: unknown) => void;
};

export class ServiceReconciler {
  readonly #options: ServiceReconcilerOptions;
  readonly #workers: WorkerPool<ServiceKey>;
  readonly #retries: RetryTracker<ServiceKey>;
  readonly #refusals: RetryTracker<ServiceKey>;
  readonly #latency: AssignmentLatency;
  readonly #deletionPending: Map<ServiceKey, Service>;
  readonly #formerlyManaged: Map<ServiceKey, Service>;
  /** What the last write did to these is not known. */
  readonly #outcomeUnknown = new Set<ServiceKey>();
  /** Kept from one term to the next. */
  readonly #unanswered: UnansweredWrites;
  /** Reconciled, found to need a condition-only write, and queued with low priority. */
  readonly #conditionOnly = new Set<ServiceKey>();
  /** After a 429 with a time no Service is written before it, not only the one that got it. */
  #pausedUntil: Millis = 0;

  constructor(options: ServiceReconcilerOptions) {
    const { clock, random, index, onFatalError } = options;
    this.#options = options;
    this.#deletionPending = index.deletionPending;
    this.#formerlyManaged = index.formerlyManaged;
    this.#latency = new AssignmentLatency(clock);
    this.#unanswered = new UnansweredWrites({ clock, onExpired: (key) => this.#workers.add(key) });
    this.#retries = new RetryTracker(limits.RETRY_BACKOFF, random);
    this.#refusals = new RetryTracker(limits.REFUSED_BACKOFF, random);
    this.#workers = new WorkerPool({
      clock,
      concurrency: limits.WRITES_IN_FLIGHT,
      laneConcurrency: limits.WRITES_IN_FLIGHT_PER_NAMESPACE,
      laneWeightMax: limits.ANSWER_BYTES_IN_FLIGHT,
      lowPriorityRate: limits.LOW_PRIORITY_RATE,
      work: (key, weigh) => this.#reconcile(key, weigh),
      onError: onFatalError,
    });
  }

  /** Keys in the queue. */
  get depth(): number {
    return this.#workers.size;
  }

  /** Adopts every published address and those of unanswered writes, then reconciles all Services: those without an address first. */
  begin(): void {
    this.#outcomeUnknown.clear();
    this.#conditionOnly.clear();
    const { clock, view, index, allocator } = this.#options;
    index.clear();
    for (const service of view.values()) this.#latency.observe(service);
    const now = clock.now();
    // A new Service without an address goes before the thousands that have theirs.
    for (const key of allocator.initialize(now, this.#unanswered.pending(view))) {
      this.#workers.add(key, { dueAt: view.get(key)?.ingress.length ? now : 0 });
    }
    this.#workers.start();
  }

  /** Settles when the writes in flight have ended. */
  async stop(): Promise<void> {
    await this.#workers.stop();
    this.#unanswered.stop();
  }

  /** In the order of `keys`, which says who gets a scarce address first. */
  add(keys: Iterable<ServiceKey>): void {
    for (const key of keys) this.#workers.add(key);
  }

  /** From the watch. */
  changed(before: Service | undefined, after: Service): void {
    this.#deletionPending.delete(after.key);
    this.#latency.observe(after);
    this.#options.allocator.recordServiceChange(before, after);
    this.#workers.add(after.key, { lane: laneOf(after.key) });
  }

  /** It left the watch. Its addresses stay reserved until a read has shown that it was deleted. */
  deleted(last: Service): void {
    this.#deletionPending.set(last.key, last);
    this.#latency.forget(last.key);
    this.#workers.add(last.key, { lane: laneOf(last.key) });
  }

  /** A Service outside of the watch that carries what we wrote. */
  addFormerlyManaged(service: Service): void {
    this.#formerlyManaged.set(service.key, service);
    this.#workers.add(service.key);
  }

  async #reconcile(key: ServiceKey, weigh: (answerBytes: number) => void): Promise<void> {
    const pause = this.#pausedUntil - this.#options.clock.now();
    if (pause > 0) return this.#requeue(key, pause);
    if ((this.#outcomeUnknown.has(key) || this.#deletionPending.has(key)) && !(await this.#reread(key)))
      return;
    const { allocator, api, clock, ipMode, observer, view } = this.#options;
    if (view.get(key)?.ingress.length === 0) this.#options.updateInputs?.();
    const time = { now: clock.now(), wall: clock.wall() };
    const result = allocator.reconcile(key, time, this.#unanswered.of(key));
    this.add(result.requeue);
    observer.reconciled(result);
    if (result.service === null || result.patch === null) {
      // The write with the unknown outcome was applied.
      if (result.events.length > 0 || result.granted.length > 0)
        observer.written(result, this.#latencyOf(result));
      this.#finish(key);
      this.#unanswered.settle(key, view.get(key));
      return;
    }
    const isDue = this.#conditionOnly.delete(key);
    if (isConditionOnly(result) && !isDue) {
      this.#conditionOnly.add(key);
      this.#workers.add(key, { priority: 'low', lane: laneOf(key) });
      return;
    }
    const patch = this.#withExtraConditions(result.service, result.patch);
    const outcome = await api.patch(key, patchBody(result.service, patch, { ipMode }));
    if (outcome.kind !== 'done') return this.#notWritten(result, outcome);
    weigh(outcome.bytes ?? 0);
    const because = findUnwritten(key, patch, outcome.value);
    if (because !== null) return this.#notWritten(result, { kind: 'unknown', because });
    this.#written(result, outcome.value);
  }

  #withExtraConditions(service: Service, patch: StatusPatch): StatusPatch {
    const extra = this.#options.extraConditions?.(service, patch.ingress);
    if (extra === undefined) return patch;
    const dropped = new Set([...patch.removedConditions, ...extra.removedConditions]);
    return {
      ...patch,
      conditions: [...patch.conditions, ...extra.conditions],
      removedConditions: [...dropped],
    };
  }

  #written(result: ReconcileResult, service: Service): void {
    const { key } = result;
    if (!this.#formerlyManaged.has(key)) this.#options.view.applyResponse(service);
    const { allocator, clock, observer } = this.#options;
    this.add(allocator.confirmWrite(key, clock.now()));
    observer.written(result, this.#latencyOf(result));
    this.#unanswered.forget(key);
    this.#finish(key);
  }

  #latencyOf({ key, patch, granted }: ReconcileResult): Millis | null {
    return patch?.ingress?.length || granted.length > 0 ? this.#latency.finish(key) : null;
  }

  #finish(key: ServiceKey): void {
    this.#retries.forget(key);
    this.#refusals.forget(key);
    // One more pass finds no Service of this name, and the allocator forgets it.
    if (this.#formerlyManaged.delete(key)) this.#workers.add(key);
  }

  #notWritten(
    result: ReconcileResult,
    outcome: Exclude<RequestOutcome<Service>, { readonly kind: 'done' }>,
  ): void {
    const { key } = result;
    this.#options.observer.failed(key, outcome);
    this.#unanswered.notWritten(result, outcome);
    switch (outcome.kind) {
      case 'gone':
      case 'stale': {
        this.#outcomeUnknown.add(key);
        // A read gives the newer version: the first retry need not wait.
        const isFirst = this.#retries.failureCount(key) === 0;
        const delay = this.#retries.recordFailure(key);
        this.#requeue(key, isFirst ? 0 : delay);
        return;
      }
      case 'busy': {
        const now = this.#options.clock.now();
        if (outcome.retryAfter !== null)
          this.#pausedUntil = Math.max(this.#pausedUntil, now + outcome.retryAfter);
        if (!outcome.notApplied) this.#outcomeUnknown.add(key);
        this.#requeue(key, Math.max(outcome.retryAfter ?? 0, this.#retries.recordFailure(key)));
        return;
      }
      case 'unknown':
        this.#outcomeUnknown.add(key);
        this.#requeue(key, this.#retries.recordFailure(key));
        return;
      case 'refused':
        // Nothing was written, and somebody has to fix rights or an object first.
        this.#requeue(key, this.#refusals.recordFailure(key));
        return;
      case 'unsent':
        this.#requeue(key, this.#retries.recordFailure(key));
        return;
      default:
        unreachable(outcome);
    }
  }

  #requeue(key: ServiceKey, delay: Millis): void {
    this.#workers.add(key, { dueAt: this.#options.clock.now() + delay, lane: laneOf(key) });
  }

  /** Whether the Service's present state is known; if not, the key is queued again. */
  async #reread(key: ServiceKey): Promise<boolean> {
    const { api, view } = this.#options;
    const pendingDeletion = this.#deletionPending.get(key);
    const last = pendingDeletion ?? view.get(key);
    const outcome = await api.read(key);
    if (outcome.kind === 'done') {
      this.#outcomeUnknown.delete(key);
      if (this.#deletionPending.get(key) !== pendingDeletion) {
        this.#workers.add(key); // it left the watch meanwhile: this response is older
        return false;
      }
      this.#deletionPending.delete(key);
      this.#formerlyManaged.delete(key);
      if (outcome.value.type === 'LoadBalancer') this.#applyRead(outcome.value);
      else this.#formerlyManaged.set(key, outcome.value);
      return true;
    }
    if (outcome.kind === 'gone') {
      this.#outcomeUnknown.delete(key);
      this.#formerlyManaged.delete(key);
      // A Service that was recreated meanwhile is in the view with another uid.
      if (this.#deletionPending.get(key) === last) this.#deletionPending.delete(key);
      if (last !== undefined) view.confirmDeleted(key, last.uid);
      return true;
    }
    this.#options.observer.failed(key, outcome);
    const retryAfter = outcome.kind === 'busy' ? (outcome.retryAfter ?? 0) : 0;
    this.#requeue(key, Math.max(retryAfter, this.#retries.recordFailure(key)));
    return false;
  }

  /** A read may show another writer's change; when the watch brings it, it is known and no change any more. */
  #applyRead(service: Service): void {
    const { view } = this.#options;
    const before = view.get(service.key);
    view.confirmExists(service);
    const after = view.get(service.key);
    if (after !== undefined && after !== before) this.#options.allocator.recordServiceChange(before, after);
  }
}

/** Namespaces take turns, so that the changes of one do not delay those of another. */
const laneOf = (key: ServiceKey): string => splitServiceKey(key).namespace;
