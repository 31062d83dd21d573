/** What changed between two tables of owned addresses, so that a large one does not travel for each change. */
import type { Address } from '../../net/address.ts';
import { AddressTable } from './address-table.ts';
import type { OwnedAddress } from './layer2-wire.ts';

export type OwnedChanges = {
  /** New addresses, and those whose interfaces or probing changed. */
  readonly put: readonly OwnedAddress[];
  readonly removed: readonly Address[];
};

/** The last table. */
export class OwnedTable {
  #table = new AddressTable<OwnedAddress>();

  /** Replaces the content. An address that is listed twice counts once: its last entry. */
  replace(next: readonly OwnedAddress[]): OwnedChanges {
    const before = this.#table;
    const table = new AddressTable<OwnedAddress>();
    for (const owned of next) table.set(owned.address, owned);
    this.#table = table;
    const put: OwnedAddress[] = [];
    for (const owned of table.values()) if (!isSameOwned(before.get(owned.address), owned)) put.push(owned);
    const removed: Address[] = [];
    for (const { address } of before.values()) if (table.get(address) === undefined) removed.push(address);
    return { put, removed };
  }
}

function isSameOwned(a: OwnedAddress | undefined, b: OwnedAddress): boolean {
  return a !== undefined && a.isProbed === b.isProbed && sameNames(a.interfaces, b.interfaces);
}

const sameNames = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
  a === b ||
  (a !== null && b !== null && a.length === b.length && a.every((name, index) => name === b[index]));
