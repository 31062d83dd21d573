/**
 * Freed: what a committed transaction makes available to other Services. It compares the occupants of each touched
 * address before and after. An address that was allocated and released within the transaction is not freed: else two
 * waiting Services would wake each other for ever.
 */

import type { Address } from '../net/address.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { AddressAllocation, AllocationTerms } from './allocation.ts';
import type { AddressKey } from './index/address-space.ts';
import { iterateSameAddress, type LedgerState } from './ledger-state.ts';
import { samePorts, sameSharing } from './sharing.ts';

export type FreedAddress = {
  readonly address: Address;
  /** The pools that may grant it now, the oldest first; none while it still has an occupant. */
  readonly pools: readonly string[];
  /** It has no occupant. If false, an occupant left it or claims less of it, or a forced one was added. */
  readonly isVacant: boolean;
};

export type Freed = {
  readonly addresses: readonly FreedAddress[];
  /** Sharing keys under which an address may have become open to more Services. */
  readonly sharingKeys: readonly string[];
};

export const NOTHING_FREED: Freed = { addresses: [], sharingKeys: [] };

/** An entry of a transaction's journal, linked to the one before it. */
export type JournalEntry = {
  readonly operation: 'added' | 'removed' | 'updated';
  readonly allocation: AddressAllocation;
  /** The terms before the operation. */
  readonly previousTerms: AllocationTerms;
  /** The address has no other allocation. */
  readonly isAlone: boolean;
  readonly previous: JournalEntry | null;
};

type Occupants = Map<ServiceKey, AllocationTerms>;

/** `last` is the latest entry of the journal. */
export function freedBy(state: LedgerState, last: JournalEntry | null): Freed {
  if (last === null) return NOTHING_FREED;
  const { operation, allocation, isAlone, previous } = last;
  // Nearly all transactions are one allocation or one release.
  if (previous === null && isAlone) {
    if (operation === 'added' && allocation.claim.sharing.key === '') return NOTHING_FREED;
    if (operation === 'removed')
      return { addresses: [vacatedAddress(state, allocation.addressKey)], sharingKeys: [] };
  }
  return compareOccupants(state, last);
}

const vacatedAddress = (state: LedgerState, addressKey: AddressKey): FreedAddress => ({
  address: state.addressOf(addressKey),
  pools: state.grantingPools(addressKey),
  isVacant: true,
});

function compareOccupants(state: LedgerState, last: JournalEntry): Freed {
  const addresses: FreedAddress[] = [];
  const keys = new Set<string>();
  for (const [addressKey, entries] of groupByAddress(last)) {
    const current: Occupants = new Map();
    for (const occupant of iterateSameAddress(state.firstAt(addressKey)))
      current.set(occupant.holder, occupant);
    const previous = rewind(current, entries);
    const isLooser = !includesAll(current, previous);
    // A forced newcomer beside others: Services that want to share are refused for another reason than before.
    const hasForcedNewcomer =
      previous.size > 0 &&
      [...current].some(([holder, occupant]) => occupant.forced && !previous.has(holder));
    if (isLooser || hasForcedNewcomer) {
      const freed = { address: state.addressOf(addressKey), pools: [], isVacant: false };
      addresses.push(current.size === 0 ? vacatedAddress(state, addressKey) : freed);
    }
    if (current.size > 0 && (isLooser || !includesAll(previous, shareableOccupants(current)))) {
      for (const { claim } of [...previous.values(), ...current.values()]) keys.add(claim.sharing.key);
    }
  }
  keys.delete('');
  return { addresses, sharingKeys: [...keys] };
}

/** The entries for each address, the latest first. */
function groupByAddress(last: JournalEntry): ReadonlyMap<AddressKey, readonly JournalEntry[]> {
  const groups = new Map<AddressKey, JournalEntry[]>();
  for (let entry: JournalEntry | null = last; entry !== null; entry = entry.previous) {
    const entries = groups.get(entry.allocation.addressKey);
    if (entries === undefined) groups.set(entry.allocation.addressKey, [entry]);
    else entries.push(entry);
  }
  return groups;
}

/** The occupants before the entries. */
function rewind(current: Occupants, entries: readonly JournalEntry[]): Occupants {
  const occupants = new Map(current);
  for (const { operation, allocation, previousTerms: previous } of entries) {
    if (operation === 'added') occupants.delete(allocation.holder);
    else occupants.set(allocation.holder, previous);
  }
  return occupants;
}

/** Whether `all` has each of `some`, with the same terms. */
function includesAll(all: Occupants, some: Occupants): boolean {
  for (const [holder, terms] of some) {
    const match = all.get(holder);
    if (match === undefined || !sameTerms(match, terms)) return false;
  }
  return true;
}

/** Occupants that a new holder may share the address with. */
const shareableOccupants = (occupants: Occupants): Occupants =>
  new Map([...occupants].filter(([, { claim, forced }]) => !forced && claim.sharing.key !== ''));

const sameTerms = (a: AllocationTerms, b: AllocationTerms): boolean =>
  a.forced === b.forced &&
  sameSharing(a.claim.sharing, b.claim.sharing) &&
  samePorts(a.claim.ports, b.claim.ports);
