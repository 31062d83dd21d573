/**
 * MetalLB's event `nodeAssigned`: told when a Service becomes announced here to somebody, and never again for what was
 * announced before this process began. Only so many a second are told, the last word counts, and nothing waits for them.
 */
import type { Clock } from '../../base/clock.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type RateLimit, TokenBucket } from '../../workqueue/token-bucket.ts';

/** On one node; a Service of policy Cluster is told of by all of them at once. */
export const EVENT_RATE: RateLimit = { perSecond: 10, burst: 10 };

/** Beyond that the oldest give way: what was told of so late would be history. */
export const PENDING_EVENTS_MAX = 3000;

/** What a node said of itself before it was restarted. */
export type PreviousRun = { readonly services: number; readonly digest: string };

export type PreviousRunEvidence = {
  /** Null where it never said anything, or that cannot be read. */
  readonly previousRun: PreviousRun | null;
  /** The Services whose ServiceBGPStatus of this node existed; null where none are kept, or that cannot be told. */
  readonly existingStatuses: ReadonlySet<ServiceKey> | null;
  /** Of what is announced now. */
  readonly digest: string;
};

/** Of the Services that the first look found, those of which an event was told before. In doubt all of them. */
export function findAlreadyReported({
  previousRun,
  existingStatuses,
  digest,
}: PreviousRunEvidence): ReadonlySet<ServiceKey> | 'all' {
  if (previousRun?.digest === digest) return 'all';
  const hadNothing = previousRun?.services === 0;
  if (existingStatuses === null) return hadNothing ? new Set() : 'all';
  // They go with the Pod that owned them.
  return existingStatuses.size === 0 && previousRun !== null && !hadNothing ? 'all' : existingStatuses;
}

export type NodeAssignedEventsOptions = {
  readonly clock: Clock;
  readonly send: (key: ServiceKey) => void;
};

export class NodeAssignedEvents {
  readonly #options: NodeAssignedEventsOptions;
  readonly #bucket = new TokenBucket(EVENT_RATE);
  readonly #assigned = new Set<ServiceKey>();
  /** Not yet told, the oldest first. */
  readonly #pending = new Set<ServiceKey>();
  /** Those of the first look that are assigned still; null once it is known which of them were told before. */
  #initial: Set<ServiceKey> | null = null;
  #phase: 'looking' | 'waiting' | 'telling' | 'stopped' = 'looking';
  #cancel: (() => void) | null = null;

  constructor(options: NodeAssignedEventsOptions) {
    this.#options = options;
  }

  setAssigned(key: ServiceKey, isAssigned: boolean): void {
    if (isAssigned === this.#assigned.has(key)) return;
    if (isAssigned) {
      this.#assigned.add(key);
      this.#pending.add(key);
      for (const oldest of this.#pending) {
        if (this.#pending.size <= PENDING_EVENTS_MAX || this.#phase === 'looking') break;
        this.#pending.delete(oldest);
      }
      this.#sendPending();
    } else {
      this.#assigned.delete(key);
      this.#pending.delete(key);
      this.#initial?.delete(key);
    }
  }

  /** The first look is over. */
  initialPassDone(): void {
    if (this.#phase !== 'looking') return;
    this.#phase = 'waiting';
    this.#initial = new Set(this.#pending);
  }

  /** Of the first look, these were told before. */
  start(alreadyReported: ReadonlySet<ServiceKey> | 'all'): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'telling';
    for (const key of this.#initial ?? [])
      if (alreadyReported === 'all' || alreadyReported.has(key)) this.#pending.delete(key);
    this.#initial = null;
    this.#sendPending();
  }

  stop(): void {
    this.#phase = 'stopped';
    this.#cancel?.();
    this.#cancel = null;
  }

  #sendPending(): void {
    if (this.#phase !== 'telling' || this.#cancel !== null) return;
    const { clock, send } = this.#options;
    for (const key of this.#pending) {
      const wait = this.#bucket.take(clock.now());
      if (wait > 0) {
        this.#cancel = clock.after(wait, () => {
          this.#cancel = null;
          this.#sendPending();
        });
        return;
      }
      this.#pending.delete(key);
      send(key);
    }
  }
}
