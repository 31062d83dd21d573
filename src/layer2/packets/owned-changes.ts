/** What changed between two tables of owned addresses, so that a large one does not travel for each change. */
import { differingPart } from '../../base/list.ts';
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

/**
 * The last table. Tables are in one order, and most entries stay the same objects: so a new one costs a comparison of the lists,
 * and look-ups for the part in which they differ.
 */
export class OwnedTable {
  readonly #entries = new AddressTable<Entry>();
  #list: readonly OwnedAddress[] = [];
  #round = 0;

  get({ address }: Pick<OwnedAddress, 'address'>): OwnedAddress | undefined {
    return this.#entries.get(address)?.owned;
  }

  /** Replaces the content. An address that is listed twice counts once: its last entry. */
  replace(next: readonly OwnedAddress[]): OwnedChanges {
    this.#round += 1;
    const before = this.#list;
    const hadTwice = this.#entries.size < before.length;
    const { from, untilA, untilB } = hadTwice
      ? { from: 0, untilA: before.length, untilB: next.length }
      : differingPart(before, next);
    const touched = this.#put(next.slice(from, untilB));
    const removed = this.#removeOthers(before.slice(from, untilA));
    // One of the two may be in the part that stayed.
    if (this.#entries.size < next.length) touched.push(...this.#put(next));
    this.#list = next;
    return { put: touched.filter(takeChange).map(({ owned }) => owned), removed };
  }

  /** Returns the entries that are new or other objects. */
  #put(list: readonly OwnedAddress[]): Entry[] {
    const touched: Entry[] = [];
    for (const owned of list) {
      const known = this.#entries.get(owned.address);
      const entry = known ?? { owned, known: null, round: this.#round };
      if (known === undefined) this.#entries.set(owned.address, entry);
      if (known === undefined || entry.owned !== owned) touched.push(entry);
      entry.owned = owned;
      entry.round = this.#round;
    }
    return touched;
  }

  /** Removes the addresses of a list that were not put in this round. */
  #removeOthers(list: readonly OwnedAddress[]): readonly OwnedAddress[] {
    const removed: OwnedAddress[] = [];
    for (const { address } of list) {
      const entry = this.#entries.get(address);
      if (entry === undefined || entry.round === this.#round) continue;
      this.#entries.delete(address);
      removed.push(entry.owned);
    }
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
