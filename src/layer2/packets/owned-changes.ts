/** What changed between two tables of owned addresses, so that a large one does not travel for each change. */
import { AddressTable } from './address-table.ts';
import type { OwnedAddress } from './layer2-wire.ts';

export type OwnedChanges = {
  /** New addresses, and those whose interfaces or probing changed. */
  readonly put: readonly OwnedAddress[];
  /** As they were last. */
  readonly removed: readonly OwnedAddress[];
};

type Entry = {
  owned: OwnedAddress;
  /** What the last changes said of it; null where it is new. */
  known: OwnedAddress | null;
  /** The last call of `replace` that had the address. */
  round: number;
};

/** The last table. A new one costs one look-up for each address, and memory for those that change. */
export class OwnedTable {
  readonly #entries = new AddressTable<Entry>();
  #round = 0;

  get({ address }: Pick<OwnedAddress, 'address'>): OwnedAddress | undefined {
    return this.#entries.get(address)?.owned;
  }

  /** Replaces the content. An address that is listed twice counts once: its last entry. */
  replace(next: readonly OwnedAddress[]): OwnedChanges {
    this.#round += 1;
    const touched: Entry[] = [];
    let count = 0;
    for (const owned of next) {
      const entry = this.#entries.get(owned.address);
      if (entry === undefined) {
        const added: Entry = { owned, known: null, round: this.#round };
        this.#entries.set(owned.address, added);
        touched.push(added);
        count += 1;
        continue;
      }
      if (entry.round !== this.#round) count += 1;
      entry.round = this.#round;
      if (entry.owned === owned) continue;
      entry.owned = owned;
      touched.push(entry);
    }
    const removed = count < this.#entries.size ? this.#removeOthers() : [];
    return { put: touched.filter(takeChange).map(({ owned }) => owned), removed };
  }

  #removeOthers(): readonly OwnedAddress[] {
    const removed: OwnedAddress[] = [];
    for (const { owned, round } of this.#entries.values()) if (round !== this.#round) removed.push(owned);
    for (const { address } of removed) this.#entries.delete(address);
    return removed;
  }
}

/** Whether the entry differs from what was said of it. The next call is about what comes then. */
function takeChange(entry: Entry): boolean {
  const { owned, known } = entry;
  entry.known = owned;
  return known === null || !isSameOwned(known, owned);
}

const isSameOwned = (a: OwnedAddress, b: OwnedAddress): boolean =>
  a.isProbed === b.isProbed && sameNames(a.interfaces, b.interfaces);

const sameNames = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
  a === b ||
  (a !== null && b !== null && a.length === b.length && a.every((name, index) => name === b[index]));
