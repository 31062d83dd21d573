/**
 * Remembers writes of addresses that got no answer: a server or a network can take longer than the client waits. Such a
 * write may arrive after another decision, say because a pool was edited; and a process that loses its lease and gets it
 * again at once may list before.
 */
import { includesAddress } from '../../allocation/ingress-status.ts';
import type { ReconcileResult } from '../../allocation/reconcile-result.ts';
import { mayStillArrive, type UnansweredWrite } from '../../allocation/unanswered-write.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import { sameAddress } from '../../net/address.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';
import type { ServiceCacheView } from '../ports.ts';

/**
 * From when a write was given up until it cannot arrive. The server was told when to give it up, within 35 s; the rest is for
 * what is on the way.
 */
export const ARRIVAL_LIMIT: Millis = 120_000;

type Options = {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** The addresses that were held for a write of this Service may be free. */
  readonly onExpired: (key: ServiceKey) => void;
};

export class UnansweredWrites {
  readonly #options: Options;
  /** At most one for each Service; its addresses are those of decisions since the Service changed. */
  readonly #writes = new Map<ServiceKey, UnansweredWrite & { readonly givenUpAt: Millis }>();
  /** How to cancel the timers of writes whose Service is as decided. They wait for nothing to do, so no queue has them. */
  readonly #expiries = new Map<ServiceKey, () => void>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** The write of this result did not succeed. */
  notWritten(
    { key, service, decision, patch }: ReconcileResult,
    outcome: Exclude<RequestOutcome<Service>, { readonly kind: 'done' }>,
  ): void {
    const isUnanswered = outcome.kind === 'unknown' || (outcome.kind === 'busy' && !outcome.notApplied);
    if (!isUnanswered || service === null || !patch?.ingress?.length) return;
    const pool = decision?.pool ?? null;
    if (pool === null) return;
    const { uid, resourceVersion } = service;
    const before = this.of(key);
    const earlier =
      before !== null && mayStillArrive(before, service)
        ? [...before.earlier, ...before.addresses.map((address) => ({ address, pool: before.pool }))]
        : [];
    this.#writes.set(key, {
      ...{ uid, resourceVersion, addresses: patch.ingress, pool, givenUpAt: this.#options.clock.now() },
      earlier: distinct(earlier).filter(({ address }) => !includesAddress(patch.ingress ?? [], address)),
    });
  }

  /** The last one of the Service; null where there is none that may still be on its way. */
  of(key: ServiceKey): UnansweredWrite | null {
    const write = this.#writes.get(key);
    return write === undefined || this.#timeLeft(write) <= 0 ? null : write;
  }

  /** A later write was answered: the Service has another version. */
  forget(key: ServiceKey): void {
    this.#writes.delete(key);
    this.#cancelExpiry(key);
  }

  /** The Service is as decided, so no later write makes an earlier one stale. That one is forgotten once it cannot arrive. */
  settle(key: ServiceKey, service: Service | undefined): void {
    const write = this.#writes.get(key);
    if (write === undefined) return;
    const left = this.#timeLeft(write);
    if (left <= 0 || !mayStillArrive(write, service)) {
      this.forget(key);
      return;
    }
    this.#cancelExpiry(key);
    const cancel = this.#options.clock.after(left, () => {
      this.#expiries.delete(key);
      this.#options.onExpired(key);
    });
    this.#expiries.set(key, cancel);
  }

  /** The end of a term. The writes are remembered. */
  stop(): void {
    for (const key of this.#expiries.keys()) this.#cancelExpiry(key);
  }

  #timeLeft({ givenUpAt }: { readonly givenUpAt: Millis }): Millis {
    return givenUpAt + ARRIVAL_LIMIT - this.#options.clock.now();
  }

  #cancelExpiry(key: ServiceKey): void {
    this.#expiries.get(key)?.();
    this.#expiries.delete(key);
  }

  /** Those that may still arrive, by the Services as they were listed. The others are forgotten. */
  pending(view: Pick<ServiceCacheView, 'get'>): ReadonlyMap<ServiceKey, UnansweredWrite> {
    for (const [key, write] of this.#writes)
      if (!mayStillArrive(write, view.get(key))) this.#writes.delete(key);
    return new Map(this.#writes);
  }
}

const distinct = (earlier: UnansweredWrite['earlier']): UnansweredWrite['earlier'] =>
  earlier.filter(({ address }, i) => earlier.findIndex((one) => sameAddress(one.address, address)) === i);
