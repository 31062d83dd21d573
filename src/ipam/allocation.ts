/** An allocation: the ledger's record of one holder on one address. All other structures of the ledger refer to it. */
import type { ServiceKey } from '../objects/service.ts';
import type { AddressKey } from './index/address-space.ts';
import type { Claim } from './sharing.ts';

/** The terms of an allocation: everything but its address. */
export type AllocationTerms = {
  readonly claim: Claim;
  /** The pool it was allocated from, which may be deleted by now; null outside any pool. */
  readonly pool: string | null;
  /** Recorded without the right to share the address: it closes the address to new holders, and binds none of the others. */
  readonly forced: boolean;
};

/**
 * Most addresses have one holder, and most holders one address. So both lists are linked through the records: a Map or an
 * array for each would need more memory than everything else.
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
