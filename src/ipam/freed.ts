/**
 * What a transaction made possible for others, worked out when it is committed by comparing who stood on each
 * address it touched with who stands there now. What was granted and given back within it helps nobody and is
 * not told: else two Services that wait would wake each other for ever.
 */

import type { Address } from '../net/address.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { AddressAllocation, AllocationTerms } from './allocation.ts';
import type { AddressKey } from './index/address-space.ts';
import { iterateSameAddress, type LedgerState } from './ledger-state.ts';
import { samePorts, sameSharing } from './sharing.ts';

export type FreedAddress = {
  readonly address: Address;
  /** The pools that may grant it now, the older first; none while somebody still stands on it. */
  readonly pools: readonly string[];
  /** Nobody stands on it any more; else somebody left it, claims less of it than before, or was put beside others. */
  readonly isVacant: boolean;
};

export type Freed = {
  readonly addresses: readonly FreedAddress[];
  /** Sharing keys under which an address may have become open to more Services. */
  readonly sharingKeys: readonly string[];
};

export const NOTHING_FREED: Freed = { addresses: [], sharingKeys: [] };

/** One stroke of the pen, linked to the one before it. */
export type JournalEntry = {
  readonly operation: 'added' | 'removed' | 'updated';
  readonly allocation: AddressAllocation;
  /** What the holding said until then. */
  readonly previousTerms: AllocationTerms;
  /** Nobody else stood there. */
  readonly isAlone: boolean;
  readonly previous: JournalEntry | null;
};

type Occupants = Map<ServiceKey, AllocationTerms>;

/** `last` is the end of the journal. */
export function freedBy(state: LedgerState, last: JournalEntry | null): Freed {
  if (last === null) return NOTHING_FREED;
  const { operation, allocation, isAlone, previous } = last;
  // By far the most transactions are one grant or one release.
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
    // Whom somebody joined who may not share, others are refused for another reason than before.
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

/** Who stood there before the entries were made. */
function rewind(current: Occupants, entries: readonly JournalEntry[]): Occupants {
  const occupants = new Map(current);
  for (const { operation, allocation, previousTerms: previous } of entries) {
    if (operation === 'added') occupants.delete(allocation.holder);
    else occupants.set(allocation.holder, previous);
  }
  return occupants;
}

/** Whether each of `some` is, unchanged, among `all`. */
function includesAll(all: Occupants, some: Occupants): boolean {
  for (const [holder, terms] of some) {
    const match = all.get(holder);
    if (match === undefined || !sameTerms(match, terms)) return false;
  }
  return true;
}

/** Those beside whom a newcomer might stand. */
const shareableOccupants = (occupants: Occupants): Occupants =>
  new Map([...occupants].filter(([, { claim, forced }]) => !forced && claim.sharing.key !== ''));

const sameTerms = (a: AllocationTerms, b: AllocationTerms): boolean =>
  a.forced === b.forced &&
  sameSharing(a.claim.sharing, b.claim.sharing) &&
  samePorts(a.claim.ports, b.claim.ports);
