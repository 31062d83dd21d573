/**
 * What was decided and not yet told, because the write that carries it is not known to stand. A write that is
 * refused (somebody else was quicker) is decided anew, and then the Service only keeps what it was granted:
 * without this its event and its place in the metrics would be lost.
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
   * What is to be told once this decision is written: its own, and what was not told before. Of one reason only the
   * latest is kept: the message may name neighbours who come and go, and a write may fail for days.
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

  /** What is to be told of a write whose fate was not known, now that it is seen to stand. */
  take(key: ServiceKey): EventBatch {
    const batch = this.#batches.get(key) ?? EMPTY_BATCH;
    this.#batches.delete(key);
    return batch;
  }

  /** It was written, or there is nothing to write any more. */
  discard(key: ServiceKey): void {
    this.#batches.delete(key);
  }

  clear(): void {
    this.#batches.clear();
  }
}
