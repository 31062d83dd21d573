/** What changed between two tables of owned addresses, so that a large one does not travel for each change. */
import { type Address, formatAddress } from '../../net/address.ts';
import type { OwnedAddress } from './layer2-wire.ts';

export type OwnedChanges = {
  /** New addresses, and those whose interfaces or probing changed. */
  readonly put: readonly OwnedAddress[];
  readonly removed: readonly Address[];
};

/** The last table, by address. */
export type OwnedTable = Map<string, OwnedAddress>;

/** Replaces the content of `table`. An address that is listed twice counts once: its last entry. */
export function replaceOwned(table: OwnedTable, next: readonly OwnedAddress[]): OwnedChanges {
  const before = new Map(table);
  table.clear();
  for (const owned of next) table.set(formatAddress(owned.address), owned);
  const put = [...table].flatMap(([key, owned]) => (sameOwned(before.get(key), owned) ? [] : [owned]));
  const removed = [...before].flatMap(([key, { address }]) => (table.has(key) ? [] : [address]));
  return { put, removed };
}

function sameOwned(a: OwnedAddress | undefined, b: OwnedAddress): boolean {
  return a !== undefined && a.isProbed === b.isProbed && sameNames(a.interfaces, b.interfaces);
}

const sameNames = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
  a === b ||
  (a !== null && b !== null && a.length === b.length && a.every((name, index) => name === b[index]));
