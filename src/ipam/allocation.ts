/** One Service on one address: the record that everything else in the ledger points at. */
import type { ServiceKey } from '../objects/service.ts';
import type { AddressKey } from './index/address-space.ts';
import type { Claim } from './sharing.ts';

/** What a holding says, apart from who holds what. */
export type AllocationTerms = {
  readonly claim: Claim;
  /** The pool it was granted from, which may be no more; null outside any pool. */
  readonly pool: string | null;
  /** Stands without the right to: it closes the address to newcomers, and has no say among its holders. */
  readonly forced: boolean;
};

/**
 * Most addresses have one holder and most holders one address, so both are lists woven into the record itself:
 * a Map or an array for each would cost more than all the rest.
 */
export class AddressAllocation implements AllocationTerms {
  readonly addressKey: AddressKey;
  claim: Claim;
  pool: string | null;
  forced: boolean;
  /** The next on the same address. */
  nextSameAddress: AddressAllocation | null = null;
  /** The next of the same holder. */
  nextSameHolder: AddressAllocation | null = null;

  constructor(addressKey: AddressKey, { claim, pool, forced }: AllocationTerms) {
    this.addressKey = addressKey;
    this.claim = claim;
    this.pool = pool;
    this.forced = forced;
  }

  get terms(): AllocationTerms {
    return { claim: this.claim, pool: this.pool, forced: this.forced };
  }

  update({ claim, pool, forced }: AllocationTerms): void {
    this.claim = claim;
    this.pool = pool;
    this.forced = forced;
  }

  get holder(): ServiceKey {
    return this.claim.holder;
  }
}
