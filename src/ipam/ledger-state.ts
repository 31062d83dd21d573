/**
 * State of the ledger: three operations (`add`, `remove`, `update`), each of which another one reverses, and queries. It
 * records what it is given; `transaction.ts` decides whether an operation is allowed.
 */
import { invariant } from '../base/invariant.ts';
import type { Address } from '../net/address.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { AddressAllocation, AllocationTerms } from './allocation.ts';
import { FamilyOccupancy, type PoolMembership } from './family-occupancy.ts';
import { type AddressKey, ipv4Space, ipv6Space } from './index/address-space.ts';

export class LedgerState {
  readonly ipv4 = new FamilyOccupancy(ipv4Space);
  readonly ipv6 = new FamilyOccupancy(ipv6Space);
  /** The first allocation of each holder. */
  readonly firstByHolder = new Map<ServiceKey, AddressAllocation>();
  /** A transaction is open. */
  hasOpenTransaction = false;

  /** Returns whether it is the only allocation of its address. */
  add(allocation: AddressAllocation): boolean {
    this.#linkToHolder(allocation);
    const { addressKey } = allocation;
    return typeof addressKey === 'number'
      ? this.ipv4.add(addressKey, allocation)
      : this.ipv6.add(addressKey, allocation);
  }

  /** Adds the allocation if its address is vacant, and returns whether it was. */
  addIfVacant(allocation: AddressAllocation): boolean {
    const { addressKey } = allocation;
    const isAdded =
      typeof addressKey === 'number'
        ? this.ipv4.addIfVacant(addressKey, allocation)
        : this.ipv6.addIfVacant(addressKey, allocation);
    if (isAdded) this.#linkToHolder(allocation);
    return isAdded;
  }

  #linkToHolder(allocation: AddressAllocation): void {
    const first = this.firstByHolder.get(allocation.holder);
    if (first === undefined) {
      this.firstByHolder.set(allocation.holder, allocation);
    } else {
      allocation.nextSameHolder = first.nextSameHolder;
      first.nextSameHolder = allocation;
    }
  }

  /** Returns whether the address is vacant now. */
  remove(allocation: AddressAllocation): boolean {
    this.#unlinkFromHolder(allocation);
    const { addressKey } = allocation;
    return typeof addressKey === 'number'
      ? this.ipv4.remove(addressKey, allocation)
      : this.ipv6.remove(addressKey, allocation);
  }

  update(allocation: AddressAllocation, terms: AllocationTerms): void {
    invariant(terms.claim.holder === allocation.holder, 'an update changed the holder of an allocation');
    allocation.update(terms);
    const { addressKey } = allocation;
    if (typeof addressKey === 'number')
      this.ipv4.sharingIndex.reindex(addressKey, this.ipv4.firstAt(addressKey));
    else this.ipv6.sharingIndex.reindex(addressKey, this.ipv6.firstAt(addressKey));
  }

  #unlinkFromHolder(allocation: AddressAllocation): void {
    const first = this.firstByHolder.get(allocation.holder);
    if (first === allocation) {
      if (allocation.nextSameHolder === null) this.firstByHolder.delete(allocation.holder);
      else this.firstByHolder.set(allocation.holder, allocation.nextSameHolder);
      allocation.nextSameHolder = null;
      return;
    }
    for (let current = first ?? null; current !== null; current = current.nextSameHolder) {
      if (current.nextSameHolder !== allocation) continue;
      current.nextSameHolder = allocation.nextSameHolder;
      allocation.nextSameHolder = null;
      return;
    }
    invariant(false, 'removed an allocation from a holder that it is not listed for');
  }

  /** The first allocation of the address. */
  firstAt(addressKey: AddressKey): AddressAllocation | null {
    return typeof addressKey === 'number' ? this.ipv4.firstAt(addressKey) : this.ipv6.firstAt(addressKey);
  }

  /** The holder's allocation of this address; null where there is none. */
  find(holder: ServiceKey, addressKey: AddressKey): AddressAllocation | null {
    let current = this.firstByHolder.get(holder) ?? null;
    while (current !== null && current.addressKey !== addressKey) current = current.nextSameHolder;
    return current;
  }

  addressOf(addressKey: AddressKey): Address {
    return typeof addressKey === 'number' ? this.ipv4.addressOf(addressKey) : this.ipv6.addressOf(addressKey);
  }

  hasPool(pool: string): boolean {
    return this.ipv4.poolRanges.has(pool);
  }

  /** How an address belongs to a pool, which must be known. */
  membershipOf(pool: string, addressKey: AddressKey): PoolMembership {
    return typeof addressKey === 'number'
      ? this.ipv4.membershipOf(pool, addressKey)
      : this.ipv6.membershipOf(pool, addressKey);
  }

  poolOf(addressKey: AddressKey): string | null {
    return typeof addressKey === 'number' ? this.ipv4.poolOf(addressKey) : this.ipv6.poolOf(addressKey);
  }

  grantingPools(addressKey: AddressKey): readonly string[] {
    return typeof addressKey === 'number'
      ? this.ipv4.grantingPools(addressKey)
      : this.ipv6.grantingPools(addressKey);
  }
}

export const addressKeyOf = ({ family, bits }: Address): AddressKey =>
  family === 4 ? ipv4Space.toKey(bits) : bits;

/** The allocations of one address, from the first on. */
export function* iterateSameAddress(first: AddressAllocation | null): Generator<AddressAllocation> {
  for (let current = first; current !== null; current = current.nextSameAddress) yield current;
}

/** The allocations of one holder, from the first on. */
export function* iterateSameHolder(
  first: AddressAllocation | null | undefined,
): Generator<AddressAllocation> {
  for (let current = first ?? null; current !== null; current = current.nextSameHolder) yield current;
}
