/**
 * What was decided and not yet told, because the write that carries it is not known to stand. A write that is
 * refused (somebody else was quicker) is decided anew, and then the Service only keeps what it was granted:
 * without this its event and its place in the metrics would be lost.
 */
import type { ServiceKey } from '../cluster/service.ts';
import type { Address } from '../net/address.ts';
import type { Decision, EventDraft } from './decision.ts';
import { includesAddress } from './shown.ts';

export type Telling = { readonly events: readonly EventDraft[]; readonly granted: readonly Address[] };

const NOTHING: Telling = { events: [], granted: [] };

export class Untold {
  readonly #tellings = new Map<ServiceKey, Telling>();

  /**
   * What is to be told once this decision is written: its own, and what was not told before. Of one reason only the
   * latest is kept: the message may name neighbours who come and go, and a write may fail for days.
   */
  add(key: ServiceKey, { events, granted, addresses }: Decision): Telling {
    const before = this.#tellings.get(key);
    const telling =
      before === undefined
        ? { events, granted }
        : {
            events: [
              ...before.events.filter((old) => !events.some(({ reason }) => reason === old.reason)),
              ...events,
            ],
            granted: [
              ...before.granted.filter((old) => includesAddress(addresses, old)),
              ...granted.filter((one) => !includesAddress(before.granted, one)),
            ],
          };
    this.#tellings.set(key, telling);
    return telling;
  }

  /** What is to be told of a write whose fate was not known, now that it is seen to stand. */
  arrived(key: ServiceKey): Telling {
    const telling = this.#tellings.get(key) ?? NOTHING;
    this.#tellings.delete(key);
    return telling;
  }

  /** It was written, or there is nothing to write any more. */
  settled(key: ServiceKey): void {
    this.#tellings.delete(key);
  }

  clear(): void {
    this.#tellings.clear();
  }
}
