/**
 * Reconciles MetalLB's ServiceBGPStatus objects of one node: one for each Service that is announced to at least one peer.
 * Writes are rate-limited and of low priority; deleted objects are recreated.
 */

import type { Clock } from '../../base/clock.ts';
import { sameItems } from '../../base/list.ts';
import { compareText } from '../../base/text.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import { failureReason, type RequestOutcome } from '../../runtime/ports.ts';
import { type Backoff, RetryTracker } from '../../workqueue/backoff.ts';
import { WorkerPool } from '../../workqueue/worker-pool.ts';

/** Rate limit, Services per second. */
export const STATUSES_PER_SECOND = 20;
const CONCURRENCY = 4;
const RETRY_BACKOFF: Backoff = { first: 1000, max: 300_000 };

/** An existing object, whose labels name the Service `key`. */
export type ServiceBgpStatus = {
  readonly name: string;
  readonly key: ServiceKey;
  /** Null if it has no status yet. */
  readonly status: {
    readonly node: string;
    readonly key: ServiceKey;
    readonly peers: readonly string[];
  } | null;
};

/** The effect of each call is reported to `observed` or `deleted` before its promise settles. */
export interface ServiceBgpStatusApi {
  create(key: ServiceKey): Promise<RequestOutcome<ServiceBgpStatus>>;
  updatePeers(object: ServiceBgpStatus, peers: readonly string[]): Promise<RequestOutcome<unknown>>;
  delete(object: ServiceBgpStatus): Promise<RequestOutcome<unknown>>;
}

export type ServiceBgpStatusReconcilerOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly api: ServiceBgpStatusApi;
  readonly node: string;
  /** Peers to which a Service is announced; null for one that needs no status. */
  readonly desiredPeers: (key: ServiceKey) => readonly string[] | null;
  readonly onFault: (error: unknown) => void;
};

type RequestFailure = Exclude<RequestOutcome<never>, { readonly kind: 'done' }>;

export class ServiceBgpStatusReconciler {
  readonly #options: ServiceBgpStatusReconcilerOptions;
  readonly #loop: WorkerPool<ServiceKey>;
  readonly #retries: RetryTracker<ServiceKey>;
  /** By Service, then by name: two writers or a lost response may create duplicates. */
  readonly #existing = new Map<ServiceKey, Map<string, ServiceBgpStatus>>();
  #isRunning = false;
  /** A failure was logged, and no request has succeeded since. */
  #isFailing = false;

  constructor(options: ServiceBgpStatusReconcilerOptions) {
    const { clock, random, onFault } = options;
    this.#options = options;
    this.#retries = new RetryTracker(RETRY_BACKOFF, random);
    this.#loop = new WorkerPool({
      clock,
      concurrency: CONCURRENCY,
      lowPriorityRate: { perSecond: STATUSES_PER_SECOND, burst: STATUSES_PER_SECOND },
      work: (key) => this.#reconcile(key),
      onError: onFault,
    });
  }

  /** Services with a status object. */
  get services(): ReadonlySet<ServiceKey> {
    return new Set(this.#existing.keys());
  }

  /** Starts once existing objects and announcements are known, so that leftovers of a previous run can be identified. */
  start(): void {
    this.#isRunning = true;
    for (const key of this.#existing.keys()) this.requeue(key);
    this.#loop.start();
  }

  /** Settles when requests in flight have finished. */
  stop(): Promise<void> {
    this.#isRunning = false;
    return this.#loop.stop();
  }

  /** The desired status of a Service may have changed. One with nothing to write takes no turn: by layer 2 alone, all are such. */
  requeue(key: ServiceKey): void {
    if (!this.#isUpToDate(key)) this.#loop.add(key, { priority: 'low' });
  }

  observed(object: ServiceBgpStatus): void {
    const byName = this.#existing.get(object.key) ?? new Map<string, ServiceBgpStatus>();
    this.#existing.set(object.key, byName.set(object.name, object));
    if (this.#isRunning) this.requeue(object.key);
  }

  deleted({ key, name }: ServiceBgpStatus): void {
    const byName = this.#existing.get(key);
    byName?.delete(name);
    if (byName?.size === 0) this.#existing.delete(key);
    if (this.#isRunning) this.requeue(key);
  }

  #isUpToDate(key: ServiceKey): boolean {
    const desiredPeers = this.#options.desiredPeers(key);
    const objects = [...(this.#existing.get(key)?.values() ?? [])];
    if (desiredPeers === null) return objects.length === 0;
    const [object, ...others] = objects;
    return (
      object !== undefined && others.length === 0 && this.#isOwn(object) && hasPeers(object, desiredPeers)
    );
  }

  /** Node and Service of a status are immutable: an object with other values must be replaced. */
  #isOwn({ status, key }: ServiceBgpStatus): boolean {
    return status === null || (status.node === this.#options.node && status.key === key);
  }

  async #reconcile(key: ServiceKey): Promise<void> {
    const failure = await this.#applyDesired(key);
    if (failure === null) {
      this.#retries.forget(key);
      this.#isFailing = false;
      return;
    }
    const { clock, log } = this.#options;
    const because = failureReason(failure);
    if (!this.#isFailing) log.warn('cannot write a ServiceBGPStatus, will retry', { because });
    this.#isFailing = true;
    const backoffMs = this.#retries.recordFailure(key);
    const retryAfterMs = failure.kind === 'busy' ? (failure.retryAfter ?? 0) : 0;
    this.#loop.add(key, { dueAt: clock.now() + Math.max(backoffMs, retryAfterMs), priority: 'low' });
  }

  /** Null if the objects match the desired state. */
  async #applyDesired(key: ServiceKey): Promise<RequestFailure | null> {
    const { api, desiredPeers } = this.#options;
    const objects = [...(this.#existing.get(key)?.values() ?? [])].sort((a, b) =>
      compareText(a.name, b.name),
    );
    const peers = desiredPeers(key);
    const kept = peers === null ? undefined : objects.find((object) => this.#isOwn(object));
    for (const object of objects) {
      const failure = object === kept ? null : failureOf(await api.delete(object));
      if (failure !== null) return failure;
    }
    if (peers === null) return null;
    const created = kept === undefined ? await api.create(key) : null;
    if (created !== null && created.kind !== 'done') return created;
    const object = created?.value ?? kept;
    if (object === undefined || hasPeers(object, peers)) return null;
    return failureOf(await api.updatePeers(object, peers));
  }
}

/** A missing object is not a failure: `deleted` was called, which requeues the key. */
const failureOf = (answer: RequestOutcome<unknown>): RequestFailure | null =>
  answer.kind === 'done' || answer.kind === 'gone' ? null : answer;

const hasPeers = ({ status }: ServiceBgpStatus, peers: readonly string[]): boolean =>
  status !== null && sameItems(status.peers, peers);
