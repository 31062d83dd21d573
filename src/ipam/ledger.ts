/**
 * Who holds which address, what is free, and who shares with whom. One mutable object with one owner; every
 * operation is synchronous and costs O(log n) in the number of addresses in use, whatever the size of a pool.
 *
 * It promises: never two holders on one address without the right to share it (unless forced, see
 * `Transaction.adopt`); nothing is granted outside what a pool may grant; a transaction is done wholly or not at
 * all. Which pools suit a Service, and what becomes of those who are stranded, is for `plan/`.
 */
import { invariant } from '../base/invariant.ts';
import { compareText } from '../base/text.ts';
import type { ServiceKey } from '../cluster/service.ts';
import { type Address, compareAddresses } from '../net/address.ts';
import { auditBooks } from './audit.ts';
import { Books, ownFrom, spotOf, standingFrom } from './books.ts';
import { Holding } from './holding.ts';
import type { PoolView } from './plot.ts';
import type { Claim } from './sharing.ts';
import { OpenTransaction, type Transaction } from './transaction.ts';

export type { Freed, FreedAddress } from './freed.ts';
export type { PoolView } from './plot.ts';
export type { Claim, Port, Sharing } from './sharing.ts';
export type { Transaction } from './transaction.ts';

/** `pool` is the one it was granted from; null outside any pool. */
export type Held = { readonly address: Address; readonly pool: string | null };

/** Holds an address of a pool that is there and does not list it any more, or avoids it now. */
export type Stranded = { readonly holder: ServiceKey; readonly address: Address; readonly pool: string };

/** Addresses, each counted once however many share it; saturating at 2^53−1. */
export type Counts = {
  /** Held, and listed by the pool, whoever granted them. */
  readonly assigned4: number;
  readonly assigned6: number;
  /** What the pool could grant to Services that share with nobody. */
  readonly available4: number;
  readonly available6: number;
};

export class Ledger {
  readonly #books = new Books();
  #pools: readonly PoolView[] = [];

  static empty(): Ledger {
    return new Ledger();
  }

  /** A copy that goes its own way. */
  clone(): Ledger {
    invariant(!this.#books.busy, 'the ledger was copied in the middle of a transaction');
    const copy = new Ledger();
    copy.setPools(this.#pools);
    for (const first of this.#books.holders.values()) {
      for (const one of ownFrom(first)) copy.#books.add(new Holding(one.spot, one));
    }
    return copy;
  }

  // --- pools

  /** All pools at once, the older first. Holders stay; answers with all who are stranded now, by address. */
  setPools(pools: readonly PoolView[]): readonly Stranded[] {
    invariant(!this.#books.busy, 'pools were changed in the middle of a transaction');
    this.#pools = pools;
    this.#books.ipv4.setPools(pools);
    this.#books.ipv6.setPools(pools);
    const stranded: Stranded[] = [];
    for (const { spot, pool, holder } of this.#all()) {
      if (pool === null || !this.hasPool(pool)) continue;
      const standing = this.#books.standing(pool, spot);
      if (standing === 'not-listed' || standing === 'avoided')
        stranded.push({ holder, address: this.#books.address(spot), pool });
    }
    return stranded.sort((a, b) => compareAddresses(a.address, b.address) || compareText(a.holder, b.holder));
  }

  hasPool(pool: string): boolean {
    return this.#books.hasPool(pool);
  }

  /** A pool that lists the address, whether or not it may grant it: `preferred` if it does, else the oldest. */
  poolOf(address: Address, preferred?: string): string | null {
    const spot = spotOf(address);
    if (
      preferred !== undefined &&
      this.hasPool(preferred) &&
      this.#books.standing(preferred, spot) !== 'not-listed'
    ) {
      return preferred;
    }
    return this.#books.poolOf(spot);
  }

  /** The pool must be there. */
  counts(pool: string): Counts {
    const [four, six] = [this.#books.ipv4.counts(pool), this.#books.ipv6.counts(pool)];
    return {
      assigned4: four.assigned,
      assigned6: six.assigned,
      available4: four.available,
      available6: six.available,
    };
  }

  // --- holders

  isVacant(address: Address): boolean {
    return this.#books.at(spotOf(address)) === null;
  }

  /** Claims on the address, by holder. */
  holders(address: Address): readonly Claim[] {
    return [...standingFrom(this.#books.at(spotOf(address)))]
      .map(({ claim }) => claim)
      .sort((a, b) => compareText(a.holder, b.holder));
  }

  /** What the holder has, by address. */
  holdings(holder: ServiceKey): readonly Held[] {
    return [...ownFrom(this.#books.holders.get(holder))]
      .map(({ spot, pool }) => ({ address: this.#books.address(spot), pool }))
      .sort((a, b) => compareAddresses(a.address, b.address));
  }

  /** Those who hold an address that was granted from this pool, sorted; the pool may be no more. */
  holdersOf(pool: string): readonly ServiceKey[] {
    const found = new Set<ServiceKey>();
    for (const one of this.#all()) if (one.pool === pool) found.add(one.holder);
    return [...found].sort();
  }

  *#all(): Generator<Holding> {
    for (const first of this.#books.holders.values()) yield* ownFrom(first);
  }

  // --- changes

  /** Only one may be open at a time. */
  begin(): Transaction {
    return new OpenTransaction(this.#books);
  }

  /** Throws where the books do not agree with each other; O(n), for tests. */
  audit(): void {
    auditBooks(this.#books);
  }
}
