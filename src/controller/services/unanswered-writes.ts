/**
 * Remembers writes of addresses that got no answer, from one term of leadership to the next. A process that loses its lease
 * and gets it again at once may list before such a write arrives: a server or a network can take longer than the client
 * waits.
 */
import type { ReconcileResult } from '../../allocation/reconcile-result.ts';
import { mayStillArrive, type UnansweredWrite } from '../../allocation/unanswered-write.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';
import type { ServiceCacheView } from '../ports.ts';

export class UnansweredWrites {
  readonly #writes = new Map<ServiceKey, UnansweredWrite>();

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
    this.#writes.set(key, { uid, resourceVersion, addresses: patch.ingress, pool });
  }

  /** A later write was answered, or the Service is as decided. */
  forget(key: ServiceKey): void {
    this.#writes.delete(key);
  }

  /** Those that may still arrive, by the Services as they were listed. The others are forgotten. */
  pending(view: Pick<ServiceCacheView, 'get'>): ReadonlyMap<ServiceKey, UnansweredWrite> {
    for (const [key, write] of this.#writes)
      if (!mayStillArrive(write, view.get(key))) this.#writes.delete(key);
    return new Map(this.#writes);
  }
}
