/**
 * Events of decisions whose write is unconfirmed; they are sent with the write that succeeds. After a conflict (409) the
 * Service is reconciled again and only keeps its new addresses, so the events of the first decision would be lost.
 */

import type { Address } from '../net/address.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { AllocationDecision, EventDraft } from './decision.ts';
import { includesAddress } from './ingress-status.ts';

export type EventBatch = { readonly events: readonly EventDraft[]; readonly granted: readonly Address[] };

const EMPTY_BATCH: EventBatch = { events: [], granted: [] };

export class PendingEvents {
  readonly #batches = new Map<ServiceKey, EventBatch>();

  /**
   * The events to send once this decision is written: its own, and the pending ones. Of one reason the latest is kept: the
   * message may name other Services, and a write may fail for days.
   */
  add(key: ServiceKey, { events, granted, addresses }: AllocationDecision): EventBatch {
    const before = this.#batches.get(key);
    const batch =
      before === undefined
        ? { events, granted }
        : {
            events: [
              ...before.events.filter((old) => !events.some(({ reason }) => reason === old.reason)),
              ...events,
            ],
            granted: [
              ...before.granted.filter((old) => includesAddress(addresses, old)),
              ...granted.filter((address) => !includesAddress(before.granted, address)),
            ],
          };
    this.#batches.set(key, batch);
    return batch;
  }

  /** The events of a write that is now known to have succeeded. */
  take(key: ServiceKey): EventBatch {
    const batch = this.#batches.get(key) ?? EMPTY_BATCH;
    this.#batches.delete(key);
    return batch;
  }

  /** They were sent, or what they say did not happen, or there is nothing to write any more. */
  discard(key: ServiceKey): void {
    this.#batches.delete(key);
  }

  clear(): void {
    this.#batches.clear();
  }
}
