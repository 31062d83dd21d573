/**
 * The ledger records which Service holds which address, which addresses are free, and which Services share one. It is one
 * mutable object with one owner. Operations are synchronous, and cost O(log n) in the number of addresses in use,
 * whatever the size of a pool.
 *
 * Guarantees: no two holders are on one address without the right to share it, unless forced (`Transaction.adopt`). No
 * address is granted that a pool may not grant. A transaction is applied as a whole or not at all. Which pools a Service
 * may use, and what happens to stranded addresses, is decided in `allocation/`.
 */
import { invariant } from '../base/invariant.ts';
import { finishSteps, type Steps } from '../base/steps.ts';
import { compareText } from '../base/text.ts';
import { type Address, compareAddresses } from '../net/address.ts';
import type { ServiceKey } from '../objects/service.ts';
import { AddressAllocation } from './allocation.ts';
import { auditLedger } from './ledger-audit.ts';
import { addressKeyOf, iterateSameAddress, iterateSameHolder, LedgerState } from './ledger-state.ts';
import type { LedgerPool, PoolFreeRanges } from './pool-free-ranges.ts';
import type { Claim } from './sharing.ts';
import { LedgerTransaction, type Transaction } from './transaction.ts';

export type { Freed, FreedAddress } from './freed.ts';
export type { LedgerPool } from './pool-free-ranges.ts';
export type { Claim, Sharing } from './sharing.ts';
export type { Transaction } from './transaction.ts';

/** `pool` is the one it was allocated from; null outside any pool. */
export type LedgerAddress = { readonly address: Address; readonly pool: string | null };

/** A held address that its pool no longer lists, or avoids now. The pool exists. */
export type StrandedAddress = {
  readonly holder: ServiceKey;
  readonly address: Address;
  readonly pool: string;
};

/** Numbers of addresses; a shared address counts once. Saturated at 2^53−1. */
export type AddressCounts = {
  /** In use, and listed by the pool, whichever pool granted them. */
  readonly assigned4: number;
  readonly assigned6: number;
  /** Addresses that the pool could grant to Services that do not share. */
  readonly available4: number;
  readonly available6: number;
};

/** Pools as the ledger is to see them, the oldest first. */
export type PreparedPools = {
  readonly pools: readonly LedgerPool[];
  readonly ipv4: readonly PoolFreeRanges<number>[];
  readonly ipv6: readonly PoolFreeRanges<bigint>[];
};

export class Ledger {
  readonly #state = new LedgerState();
  #pools: readonly LedgerPool[] = [];

  static empty(): Ledger {
    return new Ledger();
  }

  /** An independent copy. */
  clone(): Ledger {
    invariant(!this.#state.hasOpenTransaction, 'the ledger was copied within a transaction');
    const copy = new Ledger();
    copy.setPools(this.#pools);
    for (const first of this.#state.firstByHolder.values()) {
      for (const allocation of iterateSameHolder(first))
        copy.#state.add(new AddressAllocation(allocation.addressKey, allocation));
    }
    return copy;
  }

  // --- pools

  /** Replaces all pools, the oldest first. Allocations stay. Returns those that are stranded now, by address. */
  setPools(pools: readonly LedgerPool[]): readonly StrandedAddress[] {
    return this.installPools(finishSteps(this.preparePools(pools)));
  }

  /** The part of `setPools` that takes long for many ranges. Between its steps the ledger may be used. */
  *preparePools(pools: readonly LedgerPool[]): Steps<PreparedPools> {
    const ipv4 = yield* this.#state.ipv4.preparePools(pools);
    return { pools, ipv4, ipv6: yield* this.#state.ipv6.preparePools(pools) };
  }

  /** The other part. No pools were installed since these were prepared. */
  installPools({ pools, ipv4, ipv6 }: PreparedPools): readonly StrandedAddress[] {
    invariant(!this.#state.hasOpenTransaction, 'pools were changed within a transaction');
    this.#pools = pools;
    this.#state.ipv4.setPools(ipv4);
    this.#state.ipv6.setPools(ipv6);
    const stranded: StrandedAddress[] = [];
    for (const { addressKey, pool, holder } of this.#allocations()) {
      if (pool === null || !this.hasPool(pool)) continue;
      const membership = this.#state.membershipOf(pool, addressKey);
      if (membership === 'not-listed' || membership === 'avoided')
        stranded.push({ holder, address: this.#state.addressOf(addressKey), pool });
    }
    return stranded.sort((a, b) => compareAddresses(a.address, b.address) || compareText(a.holder, b.holder));
  }

  /** An empty ledger with the same pools. It takes over what was prepared of them: this one must not be used any more. */
  emptied(): Ledger {
    const emptied = new Ledger();
    emptied.installPools({
      pools: this.#pools,
      ipv4: this.#state.ipv4.releaseViews(),
      ipv6: this.#state.ipv6.releaseViews(),
    });
    return emptied;
  }

  hasPool(pool: string): boolean {
    return this.#state.hasPool(pool);
  }

  /** A pool that lists the address, whether or not it grants it: `preferred` if that does, else the oldest. */
  poolOf(address: Address, preferred?: string): string | null {
    const addressKey = addressKeyOf(address);
    if (
      preferred !== undefined &&
      this.hasPool(preferred) &&
      this.#state.membershipOf(preferred, addressKey) !== 'not-listed'
    ) {
      return preferred;
    }
    return this.#state.poolOf(addressKey);
  }

  /** The pool must be known. */
  counts(pool: string): AddressCounts {
    const [ipv4, ipv6] = [this.#state.ipv4.counts(pool), this.#state.ipv6.counts(pool)];
    return {
      assigned4: ipv4.assigned,
      assigned6: ipv6.assigned,
      available4: ipv4.available,
      available6: ipv6.available,
    };
  }

  // --- holders

  isVacant(address: Address): boolean {
    return this.#state.firstAt(addressKeyOf(address)) === null;
  }

  /** The claims on the address, sorted by holder. */
  claimsOn(address: Address): readonly Claim[] {
    return [...iterateSameAddress(this.#state.firstAt(addressKeyOf(address)))]
      .map(({ claim }) => claim)
      .sort((a, b) => compareText(a.holder, b.holder));
  }

  /** Whether the holder is on this address without the right to share it (`Transaction.adopt` with `force`). */
  isForced(holder: ServiceKey, address: Address): boolean {
    return this.#state.find(holder, addressKeyOf(address))?.forced === true;
  }

  /** The addresses of the holder, sorted. */
  assignedTo(holder: ServiceKey): readonly LedgerAddress[] {
    return [...iterateSameHolder(this.#state.firstByHolder.get(holder))]
      .map(({ addressKey, pool }) => ({ address: this.#state.addressOf(addressKey), pool }))
      .sort((a, b) => compareAddresses(a.address, b.address));
  }

  /** The holders of addresses that were allocated from these pools, sorted; the pools may be deleted. */
  holdersOf(...pools: readonly string[]): readonly ServiceKey[] {
    const found = new Set<ServiceKey>();
    const wanted = new Set<string | null>(pools);
    if (wanted.size === 0) return [];
    for (const allocation of this.#allocations())
      if (wanted.has(allocation.pool)) found.add(allocation.holder);
    return [...found].sort();
  }

  *#allocations(): Generator<AddressAllocation> {
    for (const first of this.#state.firstByHolder.values()) yield* iterateSameHolder(first);
  }

  // --- changes

  /** Only one may be open at a time. */
  begin(): Transaction {
    return new LedgerTransaction(this.#state);
  }

  /** Throws where the structures of the ledger disagree; O(n), for tests. */
  audit(): void {
    auditLedger(this.#state);
  }
}
