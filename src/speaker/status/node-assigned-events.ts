/**
 * MetalLB's event `nodeAssigned`: sent when this node begins to announce a Service, but not again after a restart of the
 * speaker. Events are rate-limited, dropped if the Service is withdrawn meanwhile, and never delay announcements.
 */
import type { Clock } from '../../base/clock.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type RateLimit, TokenBucket } from '../../workqueue/token-bucket.ts';

/** For one node; all nodes send the event for a Service with externalTrafficPolicy Cluster. */
export const EVENT_RATE: RateLimit = { perSecond: 10, burst: 10 };

/** Beyond that the oldest pending events are dropped. */
export const PENDING_EVENTS_MAX = 3000;

/** What the previous run of the speaker announced, from its status document. */
export type PreviousRun = { readonly services: number; readonly digest: string };

export type PreviousRunEvidence = {
  /** Null if there is no document, or it is unreadable. */
  readonly previousRun: PreviousRun | null;
  /** Services with a ServiceBGPStatus of this node; null if none are kept, or unknown. */
  readonly existingStatuses: ReadonlySet<ServiceKey> | null;
  /** Digest of the current announcements. */
  readonly digest: string;
};

/** Services of the initial reconcile whose event a previous run has sent; in doubt all of them. */
export function findAlreadyReported({
  previousRun,
  existingStatuses,
  digest,
}: PreviousRunEvidence): ReadonlySet<ServiceKey> | 'all' {
  if (previousRun?.digest === digest) return 'all';
  const hadNothing = previousRun?.services === 0;
  if (existingStatuses === null) return hadNothing ? new Set() : 'all';
  // Statuses are deleted with the Pod that owned them.
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
  /** Services with an event to send, the oldest first. */
  readonly #pending = new Set<ServiceKey>();
  /** Services of the initial reconcile; null before it, and once it is known which events were sent before. */
  #initial: Set<ServiceKey> | null = null;
  #phase: 'initial-pass' | 'waiting' | 'sending' | 'stopped' = 'initial-pass';
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
        if (this.#pending.size <= PENDING_EVENTS_MAX || this.#phase === 'initial-pass') break;
        this.#pending.delete(oldest);
      }
      this.#sendPending();
    } else {
      this.#assigned.delete(key);
      this.#pending.delete(key);
      this.#initial?.delete(key);
    }
  }

  /** The initial reconcile is done. */
  initialPassDone(): void {
    if (this.#phase !== 'initial-pass') return;
    this.#phase = 'waiting';
    this.#initial = new Set(this.#pending);
  }

  /** Starts sending; events in `alreadyReported` were sent by a previous run. */
  start(alreadyReported: ReadonlySet<ServiceKey> | 'all'): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'sending';
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
    if (this.#phase !== 'sending' || this.#cancel !== null) return;
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
