/**
 * Brings each Service to what the desk decides: take a key, look, write the difference, and see what became of
 * the write. Several are in flight at once, never one twice.
 *
 * The desk reserves before anything is awaited, so two looks cannot grant one address. A reservation stays
 * until the server's own word shows what happened: after a write whose outcome is not known the Service is read
 * again before it is looked at again.
 */

import { Allocator, type AllocatorOptions } from '../../allocation/allocator.ts';
import type { ReconcileResult } from '../../allocation/reconcile-result.ts';
import { patchBody, type StatusPatch } from '../../allocation/status-patch.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import { unreachable } from '../../base/invariant.ts';
import type { Address } from '../../net/address.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';
import { type Backoff, RetryTracker } from '../../workqueue/backoff.ts';
import type { RateLimit } from '../../workqueue/token-bucket.ts';
import { WorkerPool } from '../../workqueue/worker-pool.ts';
import type { ServiceApi, ServiceCacheView } from '../ports.ts';
import { AssignmentLatency } from './assignment-latency.ts';

/** Writes to Services under way at once. More than that and an API server on two cores only queues them. */
export const WRITES_IN_FLIGHT = 32;

/** Tidying up what already works (conditions on Services that have their address) goes no faster than this. */
export const LOW_PRIORITY_RATE: RateLimit = { perSecond: 50, burst: 10 };

const RETRY_BACKOFF: Backoff = { first: 100, max: 30_000 };
const REFUSED_BACKOFF: Backoff = { first: 1000, max: 60_000 };

/** How the loop tells the log, the metrics and the events what it did. */
export interface ReconcileObserver {
  reconciled(result: ReconcileResult): void;
  /** `took` is the time from the first sight of a Service that had none to its address; null for other writes. */
  written(result: ReconcileResult, took: Millis | null): void;
  failed(key: ServiceKey, outcome: RequestOutcome<unknown>): void;
}

export type ServiceReconcilerOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly view: ServiceCacheView;
  readonly api: ServiceApi;
  readonly allocator: AllocatorOptions;
  readonly observer: ReconcileObserver;
  /** Other conditions that go along with a write of `ingress`. */
  readonly extraConditions?: (
    service: Service,
    ingress: readonly Address[] | null,
  ) => Pick<StatusPatch, 'conditions' | 'removedConditions'> | undefined;
  readonly onFatalError: (error: unknown) => void;
};

export class ServiceReconciler {
  readonly allocator: Allocator;
  readonly #options: ServiceReconcilerOptions;
  readonly #workers: WorkerPool<ServiceKey>;
  readonly #retries: RetryTracker<ServiceKey>;
  readonly #refusals: RetryTracker<ServiceKey>;
  readonly #latency: AssignmentLatency;
  /** Left the watch: deleted, or of another type now. Only a read can tell. */
  readonly #deleted = new Map<ServiceKey, Service>();
  /** Of another type now, and still carrying what we wrote. */
  readonly #formerlyManaged = new Map<ServiceKey, Service>();
  /** What the last write did to these is not known. */
  readonly #outcomeUnknown = new Set<ServiceKey>();
  /** Looked at, found to need only tidying, and put back into the calm lane. */
  readonly #conditionOnly = new Set<ServiceKey>();
  #lastWriteAt: Millis | null = null;
  /** The server asked to be left alone until then: all of us, not only the one who was told. */
  #pausedUntil: Millis = 0;

  constructor(options: ServiceReconcilerOptions) {
    const { clock, random, view, onFatalError } = options;
    this.#options = options;
    this.#latency = new AssignmentLatency(clock);
    this.allocator = new Allocator(options.allocator, {
      get: (key) => view.get(key) ?? this.#formerlyManaged.get(key) ?? this.#deleted.get(key),
      values: () => view.values(),
    });
    this.#retries = new RetryTracker(RETRY_BACKOFF, random);
    this.#refusals = new RetryTracker(REFUSED_BACKOFF, random);
    this.#workers = new WorkerPool({
      clock,
      concurrency: WRITES_IN_FLIGHT,
      lowPriorityRate: LOW_PRIORITY_RATE,
      work: (key) => this.#reconcile(key),
      onError: onFatalError,
    });
  }

  /** Keys that wait for a look. */
  get depth(): number {
    return this.#workers.size;
  }

  /** When a write was last under way, on the monotonic clock. */
  get lastWriteAt(): Millis | null {
    return this.#lastWriteAt;
  }

  /** Adopts everything that stands, then looks at everybody: those without an address first. */
  begin(): void {
    this.#outcomeUnknown.clear();
    this.#conditionOnly.clear();
    this.#deleted.clear();
    this.#formerlyManaged.clear();
    for (const service of this.#options.view.values()) this.#latency.observe(service);
    const { clock, view } = this.#options;
    const now = clock.now();
    // Who comes meanwhile and has nothing is looked at before the thousands who have what they need.
    for (const key of this.allocator.initialize(now)) {
      this.#workers.add(key, { dueAt: view.get(key)?.ingress.length ? now : 0 });
    }
    this.#workers.start();
  }

  /** Settles when the writes under way are over. */
  stop(): Promise<void> {
    return this.#workers.stop();
  }

  add(keys: Iterable<ServiceKey>): void {
    for (const key of keys) this.#workers.add(key);
  }

  /** News from the watch. */
  changed(before: Service | undefined, after: Service): void {
    this.#deleted.delete(after.key);
    this.#latency.observe(after);
    this.allocator.recordServiceChange(before, after);
    this.#workers.add(after.key);
  }

  /** It left the watch. Until a read has shown that it is gone, its addresses stay taken. */
  deleted(last: Service): void {
    this.#deleted.set(last.key, last);
    this.#latency.forget(last.key);
    this.#workers.add(last.key);
  }

  /** Found outside the watch with marks of ours on it. */
  addFormerlyManaged(service: Service): void {
    this.#formerlyManaged.set(service.key, service);
    this.#workers.add(service.key);
  }

  async #reconcile(key: ServiceKey): Promise<void> {
    const pause = this.#pausedUntil - this.#options.clock.now();
    if (pause > 0) {
      this.#requeue(key, pause);
      return;
    }
    if ((this.#outcomeUnknown.has(key) || this.#deleted.has(key)) && !(await this.#reread(key))) return;
    const { clock, observer } = this.#options;
    const result = this.allocator.reconcile(key, { now: clock.now(), wall: clock.wall() });
    this.add(result.requeue);
    observer.reconciled(result);
    if (result.service === null || result.patch === null) {
      // The write whose fate was not known has been done.
      if (result.events.length > 0 || result.granted.length > 0)
        observer.written(result, this.#latencyOf(result));
      this.#finish(key);
      return;
    }
    const isDue = this.#conditionOnly.delete(key);
    if (isConditionOnly(result) && !isDue) {
      this.#conditionOnly.add(key);
      this.#workers.add(key, { priority: 'low' });
      return;
    }
    this.#lastWriteAt = clock.now();
    const outcome = await this.#options.api.patch(
      key,
      patchBody(
        result.service,
        this.#withExtraConditions(result.service, result.patch),
        this.#options.allocator,
      ),
    );
    this.#lastWriteAt = clock.now();
    if (outcome.kind === 'done') this.#written(result, outcome.value);
    else this.#notWritten(result, outcome);
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
    this.add(this.allocator.confirmWrite(key, this.#options.clock.now()));
    this.#options.observer.written(result, this.#latencyOf(result));
    this.#finish(key);
  }

  #latencyOf({ key, patch, granted }: ReconcileResult): Millis | null {
    return patch?.ingress?.length || granted.length > 0 ? this.#latency.finish(key) : null;
  }

  #finish(key: ServiceKey): void {
    this.#retries.forget(key);
    this.#refusals.forget(key);
    // One more look finds nobody under that name, and the desk forgets it.
    if (this.#formerlyManaged.delete(key)) this.#workers.add(key);
  }

  #notWritten(
    result: ReconcileResult,
    outcome: Exclude<RequestOutcome<Service>, { readonly kind: 'done' }>,
  ): void {
    const { key } = result;
    this.#options.observer.failed(key, outcome);
    switch (outcome.kind) {
      case 'gone':
      case 'stale': {
        this.#outcomeUnknown.add(key);
        // A newer picture is one read away: the first try need not wait.
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
        // Somebody has to mend rights or an object first: there is no hurry, and nothing was done.
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
    this.#workers.add(key, { dueAt: this.#options.clock.now() + delay });
  }

  /** Whether what is there now is known; if not, the key comes again. */
  async #reread(key: ServiceKey): Promise<boolean> {
    const { api, view } = this.#options;
    const pendingDeletion = this.#deleted.get(key);
    const last = pendingDeletion ?? view.get(key);
    const outcome = await api.read(key);
    if (outcome.kind === 'done') {
      this.#outcomeUnknown.delete(key);
      if (this.#deleted.get(key) !== pendingDeletion) {
        this.#workers.add(key); // it left while we asked, so this answer is from before that
        return false;
      }
      this.#deleted.delete(key);
      this.#formerlyManaged.delete(key);
      if (outcome.value.type === 'LoadBalancer') this.#applyRead(outcome.value);
      else this.#formerlyManaged.set(key, outcome.value);
      return true;
    }
    if (outcome.kind === 'gone') {
      this.#outcomeUnknown.delete(key);
      this.#formerlyManaged.delete(key);
      // A Service that came back meanwhile under the same name is in the view with another uid.
      if (this.#deleted.get(key) === last) this.#deleted.delete(key);
      if (last !== undefined) view.confirmDeleted(key, last.uid);
      return true;
    }
    this.#options.observer.failed(key, outcome);
    const retryAfter = outcome.kind === 'busy' ? (outcome.retryAfter ?? 0) : 0;
    this.#requeue(key, Math.max(retryAfter, this.#retries.recordFailure(key)));
    return false;
  }

  /** What a read shows may be somebody else's doing; the watch will bring it, too, and it is no news then. */
  #applyRead(service: Service): void {
    const { view } = this.#options;
    const before = view.get(service.key);
    view.applyResponse(service);
    const after = view.get(service.key);
    if (after !== undefined && after !== before) this.allocator.recordServiceChange(before, after);
  }
}

/**
 * The Service keeps what it has, addresses or none; only what we say about it is not up to date. Who has none is told
 * why at once, but for what was told before and somebody took off.
 */
function isConditionOnly({ patch, decision, isRewrite }: ReconcileResult): boolean {
  if (patch === null || patch.ingress !== null || decision === null) return false;
  return decision.condition.status !== 'False' || isRewrite;
}
