/**
 * The books behind the ledger: three strokes of the pen (`add`, `remove`, `amend`), each of which is undone by
 * another, and what may be read. They record what they are told; whether it may be is for `transaction.ts`.
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
  /** The first holding of each holder. */
  readonly firstByHolder = new Map<ServiceKey, AddressAllocation>();
  /** A transaction is open. */
  hasOpenTransaction = false;

  /** Whether nobody else stands on the address. */
  add(allocation: AddressAllocation): boolean {
    this.#linkToHolder(allocation);
    const { addressKey } = allocation;
    return typeof addressKey === 'number'
      ? this.ipv4.add(addressKey, allocation)
      : this.ipv6.add(addressKey, allocation);
  }

  /** The same where nobody stands there; where somebody does, nothing happens. Whether it was added. */
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

  /** Whether nobody stands on the address any more. */
  remove(allocation: AddressAllocation): boolean {
    this.#unlinkFromHolder(allocation);
    const { addressKey } = allocation;
    return typeof addressKey === 'number'
      ? this.ipv4.remove(addressKey, allocation)
      : this.ipv6.remove(addressKey, allocation);
  }

  update(allocation: AddressAllocation, terms: AllocationTerms): void {
    invariant(terms.claim.holder === allocation.holder, 'a holding changed hands');
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
    invariant(false, 'took an address from somebody who does not hold it');
  }

  /** The first holding on the address. */
  firstAt(addressKey: AddressKey): AddressAllocation | null {
    return typeof addressKey === 'number' ? this.ipv4.firstAt(addressKey) : this.ipv6.firstAt(addressKey);
  }

  /** What the holder has on this address. */
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

  /** What an address is to a pool that the books know. */
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

/** Those who stand on an address, from the first on. */
export function* iterateSameAddress(first: AddressAllocation | null): Generator<AddressAllocation> {
  for (let current = first; current !== null; current = current.nextSameAddress) yield current;
}

/** What one holder has, from the first on. */
export function* iterateSameHolder(
  first: AddressAllocation | null | undefined,
): Generator<AddressAllocation> {
  for (let current = first ?? null; current !== null; current = current.nextSameHolder) yield current;
}
