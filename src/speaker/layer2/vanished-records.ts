/**
 * Records that are gone since a short time. A new owner deletes the record of the one before, and then creates its own: what the
 * last one said counts between the two. Otherwise the hash would decide for that moment, and a third node would answer.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { OwnerRecord } from '../../layer2/election/record-index.ts';
import type { ServiceKey } from '../../objects/service.ts';

/** The next record has to be there by then. */
export const RECORD_GAP: Millis = 2000;

export class VanishedRecords<R extends OwnerRecord> {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #changed: (service: ServiceKey) => void;
  readonly #gone = new Map<ServiceKey, { readonly record: R; readonly cancel: () => void }>();

  /** `changed` is called when one of them counts no more, with its Service. */
  constructor(clock: Pick<Clock, 'after'>, changed: (service: ServiceKey) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  of(service: ServiceKey): R | undefined {
    return this.#gone.get(service)?.record;
  }

  deleted(record: R): void {
    this.#gone.get(record.service)?.cancel();
    const cancel = this.#clock.after(RECORD_GAP, () => {
      this.#gone.delete(record.service);
      this.#changed(record.service);
    });
    this.#gone.set(record.service, { record, cancel });
  }

  stop(): void {
    for (const { cancel } of this.#gone.values()) cancel();
    this.#gone.clear();
  }
}
