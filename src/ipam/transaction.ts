/**
 * A transaction: changes of the ledger that are kept or rolled back together. Each change is applied at once, so that the
 * next one sees it, and recorded in a journal; `rollback` reverses the journal. Only one may be open, and nothing may
 * be awaited meanwhile.
 */
import { invariant } from '../base/invariant.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Address, Family } from '../net/address.ts';
import type { ServiceKey, ServicePort } from '../objects/service.ts';
import { AddressAllocation, type AllocationTerms } from './allocation.ts';
import { type Freed, freedBy, type JournalEntry } from './freed.ts';
import type { AddressKey } from './index/address-space.ts';
import { addressKeyOf, iterateSameAddress, iterateSameHolder, type LedgerState } from './ledger-state.ts';
import type { LedgerRefusal } from './refusal.ts';
import {
  type Claim,
  findSharingConflict,
  type Sharing,
  samePorts,
  sameSharing,
  usesPort,
} from './sharing.ts';

export interface Transaction {
  /**
   * Records an address from the status of a Service, in a pool or not, whether or not a pool would grant it. With `force`
   * it is recorded beside holders that it may not share with; the address then counts as taken until that allocation is
   * removed. An allocation of the same holder is replaced. Forced allocations of others do not conflict with it then.
   */
  adopt(
    claim: Claim,
    address: Address,
    pool: string | null,
    options: { readonly force: boolean },
  ): Result<void, LedgerRefusal>;
  /** Allocates a requested address: the pool must list and may grant it. */
  reserve(claim: Claim, address: Address, pool: string): Result<void, LedgerRefusal>;
  /** Allocates the lowest free or shareable address in the order of the pool's ranges, never one that the holder has. */
  allocate(claim: Claim, pool: string, family: Family): Result<Address, LedgerRefusal>;
  /** Changes sharing and ports of all allocations of a holder; refused where others on an address conflict with it. */
  updateClaim(
    holder: ServiceKey,
    sharing: Sharing,
    ports: readonly ServicePort[],
  ): Result<void, LedgerRefusal>;
  /** Releases one address, or all; an address that is not held is ignored. */
  release(holder: ServiceKey, address?: Address): void;
  /** Runs `operations` on this transaction, and reverses them if they return an error. */
  attempt<T, E>(operations: () => Result<T, E>): Result<T, E>;
  /** Returns what other Services may use now. */
  commit(): Freed;
  /** Restores the ledger. */
  rollback(): void;
}

export class LedgerTransaction implements Transaction {
  readonly #state: LedgerState;
  /** The latest entry of the journal. */
  #lastEntry: JournalEntry | null = null;
  #isOpen = true;

  constructor(state: LedgerState) {
    invariant(!state.hasOpenTransaction, 'a transaction began while another one is open');
    this.#state = state;
    state.hasOpenTransaction = true;
  }

  adopt(
    claim: Claim,
    address: Address,
    pool: string | null,
    { force }: { readonly force: boolean },
  ): Result<void, LedgerRefusal> {
    invariant(this.#isOpen, 'a transaction was used after its end');
    const addressKey = addressKeyOf(address);
    return this.#assign(addressKey, { claim, pool, forced: force });
  }

  reserve(claim: Claim, address: Address, pool: string): Result<void, LedgerRefusal> {
    invariant(this.#isOpen, 'a transaction was used after its end');
    if (!this.#state.hasPool(pool)) return err({ code: 'no-such-pool', pool });
    const addressKey = addressKeyOf(address);
    const membership = this.#state.membershipOf(pool, addressKey);
    if (membership === 'not-listed') return err({ code: 'not-in-pool', address, pool });
    if (membership === 'avoided') return err({ code: 'address-avoided', address, pool });
    if (membership === 'not-grantable' && this.#state.find(claim.holder, addressKey) === null) {
      const grantingPool = this.#state.poolOf(addressKey);
      return err({
        code: 'not-grantable',
        address,
        pool,
        grantingPool: grantingPool === pool ? null : grantingPool,
      });
    }
    return this.#assign(addressKey, { claim, pool, forced: false });
  }

  allocate(claim: Claim, pool: string, family: Family): Result<Address, LedgerRefusal> {
    invariant(this.#isOpen, 'a transaction was used after its end');
    const occupancy = family === 4 ? this.#state.ipv4 : this.#state.ipv6;
    const poolRanges = occupancy.poolRanges.get(pool);
    if (poolRanges === undefined) return err({ code: 'no-such-pool', pool });
    if (poolRanges.isEmpty) return err({ code: 'pool-lacks-family', pool, family });
    const addressKey = occupancy.findAvailable(pool, claim, this.#keysHeldBy(claim));
    if (addressKey === null) return err({ code: 'pool-exhausted', pool, family });
    this.#add(new AddressAllocation(addressKey, { claim, pool, forced: false }));
    return ok(this.#state.addressOf(addressKey));
  }

  updateClaim(
    holder: ServiceKey,
    sharing: Sharing,
    ports: readonly ServicePort[],
  ): Result<void, LedgerRefusal> {
    invariant(this.#isOpen, 'a transaction was used after its end');
    const claim = { holder, sharing, ports };
    const changed = [...iterateSameHolder(this.#state.firstByHolder.get(holder))].filter(
      ({ claim: old }) => !sameSharing(old.sharing, sharing) || !samePorts(old.ports, ports),
    );
    for (const { addressKey, forced } of changed) {
      const refusal = forced ? null : this.#findRefusal(claim, addressKey, 'rightful');
      if (refusal !== null) return err(refusal);
    }
    for (const allocation of changed) this.#update(allocation, { ...allocation.terms, claim });
    return DONE;
  }

  release(holder: ServiceKey, address?: Address): void {
    invariant(this.#isOpen, 'a transaction was used after its end');
    if (address !== undefined) {
      const allocation = this.#state.find(holder, addressKeyOf(address));
      if (allocation !== null) this.#remove(allocation);
      return;
    }
    for (;;) {
      const allocation = this.#state.firstByHolder.get(holder);
      if (allocation === undefined) return;
      this.#remove(allocation);
    }
  }

  commit(): Freed {
    this.#end();
    return freedBy(this.#state, this.#lastEntry);
  }

  attempt<T, E>(operations: () => Result<T, E>): Result<T, E> {
    invariant(this.#isOpen, 'a transaction was used after its end');
    const start = this.#lastEntry;
    const result = operations();
    if (!result.ok) this.#reverseTo(start);
    return result;
  }

  rollback(): void {
    this.#end();
    this.#reverseTo(null);
  }

  /** Reverses the journal back to this entry; null reverses all of it. */
  #reverseTo(start: JournalEntry | null): void {
    for (let entry = this.#lastEntry; entry !== start && entry !== null; entry = entry.previous) {
      const { operation, allocation, previousTerms } = entry;
      if (operation === 'added') this.#state.remove(allocation);
      else if (operation === 'removed') this.#state.add(allocation);
      else this.#state.update(allocation, previousTerms);
    }
    this.#lastEntry = start;
  }

  #end(): void {
    invariant(this.#isOpen, 'a transaction ended twice');
    this.#isOpen = false;
    this.#state.hasOpenTransaction = false;
  }

  /** Adds an allocation, or updates the holder's one, if no other holder conflicts. */
  #assign(addressKey: AddressKey, terms: AllocationTerms): Result<void, LedgerRefusal> {
    const newcomer = new AddressAllocation(addressKey, terms);
    if (this.#state.addIfVacant(newcomer)) {
      this.#lastEntry = {
        operation: 'added',
        allocation: newcomer,
        previousTerms: newcomer,
        isAlone: true,
        previous: this.#lastEntry,
      };
      return DONE;
    }
    const allocation = this.#state.find(terms.claim.holder, addressKey);
    // What a pool granted the holder conflicts with unforced allocations only, even where it was forced meanwhile.
    const isGranted = allocation !== null && (!allocation.forced || allocation.pool !== null);
    const scope = isGranted ? 'rightful' : 'all';
    const refusal = terms.forced ? null : this.#findRefusal(terms.claim, addressKey, scope);
    if (refusal !== null) return err(refusal);
    if (allocation === null) this.#add(newcomer);
    else this.#update(allocation, terms);
    return DONE;
  }

  #add(allocation: AddressAllocation): void {
    const isAlone = this.#state.add(allocation);
    this.#lastEntry = {
      operation: 'added',
      allocation,
      previousTerms: allocation,
      isAlone,
      previous: this.#lastEntry,
    };
  }

  #remove(allocation: AddressAllocation): void {
    const isAlone = this.#state.remove(allocation);
    this.#lastEntry = {
      operation: 'removed',
      allocation,
      previousTerms: allocation,
      isAlone,
      previous: this.#lastEntry,
    };
  }

  #update(allocation: AddressAllocation, terms: AllocationTerms): void {
    const previousTerms = allocation.terms;
    this.#state.update(allocation, terms);
    this.#lastEntry = {
      operation: 'updated',
      allocation,
      previousTerms,
      isAlone: false,
      previous: this.#lastEntry,
    };
  }

  /** Only a claim that shares could be given an address that its holder has. */
  #keysHeldBy({ holder, sharing }: Claim): ReadonlySet<AddressKey> {
    if (sharing.key === '') return NO_ADDRESS_KEYS;
    return new Set(
      [...iterateSameHolder(this.#state.firstByHolder.get(holder))].map(({ addressKey }) => addressKey),
    );
  }

  /** Why the claim conflicts with other holders of the address; with `rightful` forced ones are ignored. */
  #findRefusal(claim: Claim, addressKey: AddressKey, scope: 'all' | 'rightful'): LedgerRefusal | null {
    const first = this.#state.firstAt(addressKey);
    if (first === null) return null;
    const others = [...iterateSameAddress(first)].filter(
      ({ holder, forced }) => holder !== claim.holder && (scope === 'all' || !forced),
    );
    if (others.length === 0) return null;
    return refusalOf(claim, this.#state.addressOf(addressKey), others);
  }
}

const DONE = ok(undefined);
const NO_ADDRESS_KEYS: ReadonlySet<AddressKey> = new Set();

function refusalOf(
  claim: Claim,
  address: Address,
  others: readonly AddressAllocation[],
): LedgerRefusal | null {
  const conflicts = others.map((one) => (one.forced ? 'exclusive' : findSharingConflict(claim, one.claim)));
  const holdersWhere = (holds: (one: AddressAllocation, index: number) => boolean): readonly ServiceKey[] =>
    others
      .filter(holds)
      .map(({ holder }) => holder)
      .sort();
  if (conflicts.includes('exclusive'))
    return { code: 'address-taken', address, holders: holdersWhere(() => true) };
  for (const mismatch of ['key', 'backend'] as const) {
    const holders = holdersWhere((_, index) => conflicts[index] === mismatch);
    if (holders.length > 0) return { code: 'sharing-refused', address, holders, mismatch };
  }
  for (const port of claim.ports) {
    const holders = holdersWhere((one) => usesPort(one.claim, port));
    if (holders.length > 0) return { code: 'sharing-refused', address, holders, mismatch: 'port', port };
  }
  return null;
}
