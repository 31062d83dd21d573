/**
 * Addresses that another host uses beside this node. They are published in the SpeakerStatus, for the condition of the Service.
 * Anybody on the segment can pretend a conflict, so that few changes follow from many claims: the first MAC address of a
 * conflict is named until it is over.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import { compareText } from '../../base/text.ts';
import type { AddressConflict } from '../../layer2/membership/speaker-presence.ts';

/** A conflict is over when the other host was not seen for so long. A refused address is probed each minute. */
export const CONFLICT_HOLD: Millis = 150_000;

/** Conflicts that are published at most; the metric counts all. */
export const CONFLICTS_MAX = 64;

type Entry = { readonly conflict: AddressConflict; cancel: () => void };

export class AddressConflicts {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #changed: () => void;
  /** By address. */
  readonly #entries = new Map<string, Entry>();

  /** `changed` is called when a conflict begins or is over. */
  constructor(clock: Pick<Clock, 'after'>, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Sorted by address. */
  get list(): readonly AddressConflict[] {
    return [...this.#entries.values()]
      .map(({ conflict }) => conflict)
      .sort((a, b) => compareText(a.address, b.address));
  }

  seen(conflict: AddressConflict): void {
    const { address } = conflict;
    const known = this.#entries.get(address);
    if (known === undefined && this.#entries.size >= CONFLICTS_MAX) return;
    known?.cancel();
    const cancel = this.#clock.after(CONFLICT_HOLD, () => {
      this.#entries.delete(address);
      this.#changed();
    });
    this.#entries.set(address, { conflict: known?.conflict ?? conflict, cancel });
    if (known === undefined) this.#changed();
  }

  /** Those of addresses that this node does not own any more are no concern of it. */
  keepOnly(isOwned: (address: string) => boolean): void {
    const gone = [...this.#entries].filter(([address]) => !isOwned(address));
    for (const [address, { cancel }] of gone) {
      cancel();
      this.#entries.delete(address);
    }
    if (gone.length > 0) this.#changed();
  }
}
