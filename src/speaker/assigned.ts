/**
 * MetalLB's event `nodeAssigned`: told when a Service becomes announced here to somebody, and never again for what was
 * announced before this process began. Only so many a second are told, the last word counts, and nothing waits for them.
 */
import type { Clock } from '../base/clock.ts';
import type { ServiceKey } from '../cluster/service.ts';
import { type Rate, TokenBucket } from '../work/rate.ts';

/** On one node; a Service of policy Cluster is told of by all of them at once. */
export const EVENTS_A_SECOND: Rate = { perSecond: 10, burst: 10 };

/** Beyond that the oldest give way: what was told of so late would be history. */
export const ASSIGNED_WAITING_MAX = 3000;

/** What a node said of itself before it was restarted. */
export type Former = { readonly services: number; readonly digest: string };

export type Evidence = {
  /** Null where it never said anything, or that cannot be read. */
  readonly former: Former | null;
  /** The Services whose ServiceBGPStatus of this node existed; null where none are kept, or that cannot be told. */
  readonly standing: ReadonlySet<ServiceKey> | null;
  /** Of what is announced now. */
  readonly digest: string;
};

/** Of the Services that the first look found, those of which an event was told before. In doubt all of them. */
export function toldBefore({ former, standing, digest }: Evidence): ReadonlySet<ServiceKey> | 'all' {
  if (former?.digest === digest) return 'all';
  const isNew = former?.services === 0;
  if (standing === null) return isNew ? new Set() : 'all';
  // They go with the Pod that owned them.
  return standing.size === 0 && former !== null && !isNew ? 'all' : standing;
}

export type AssignedOptions = {
  readonly clock: Clock;
  readonly tell: (key: ServiceKey) => void;
};

export class Assigned {
  readonly #options: AssignedOptions;
  readonly #bucket = new TokenBucket(EVENTS_A_SECOND);
  readonly #assigned = new Set<ServiceKey>();
  /** Not yet told, the oldest first. */
  readonly #due = new Set<ServiceKey>();
  /** Those of the first look that are assigned still; null once it is known which of them were told before. */
  #first: Set<ServiceKey> | null = null;
  #phase: 'looking' | 'waiting' | 'telling' | 'stopped' = 'looking';
  #cancel: (() => void) | null = null;

  constructor(options: AssignedOptions) {
    this.#options = options;
  }

  set(key: ServiceKey, isAssigned: boolean): void {
    if (isAssigned === this.#assigned.has(key)) return;
    if (isAssigned) {
      this.#assigned.add(key);
      this.#due.add(key);
      for (const oldest of this.#due) {
        if (this.#due.size <= ASSIGNED_WAITING_MAX || this.#phase === 'looking') break;
        this.#due.delete(oldest);
      }
      this.#pump();
    } else {
      this.#assigned.delete(key);
      this.#due.delete(key);
      this.#first?.delete(key);
    }
  }

  /** The first look is over. */
  looked(): void {
    if (this.#phase !== 'looking') return;
    this.#phase = 'waiting';
    this.#first = new Set(this.#due);
  }

  /** Of the first look, these were told before. */
  begin(before: ReadonlySet<ServiceKey> | 'all'): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'telling';
    for (const key of this.#first ?? []) if (before === 'all' || before.has(key)) this.#due.delete(key);
    this.#first = null;
    this.#pump();
  }

  stop(): void {
    this.#phase = 'stopped';
    this.#cancel?.();
    this.#cancel = null;
  }

  #pump(): void {
    if (this.#phase !== 'telling' || this.#cancel !== null) return;
    const { clock, tell } = this.#options;
    for (const key of this.#due) {
      const wait = this.#bucket.take(clock.now());
      if (wait > 0) {
        this.#cancel = clock.after(wait, () => {
          this.#cancel = null;
          this.#pump();
        });
        return;
      }
      this.#due.delete(key);
      tell(key);
    }
  }
}
