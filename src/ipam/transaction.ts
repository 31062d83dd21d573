/**
 * Changes to the ledger that stay or go together. Each is done at once, so the next one sees it, and noted; `undo`
 * takes the notes back to front. Nothing may be awaited while one is open, and only one may be.
 */
import { invariant } from '../base/invariant.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { ServiceKey } from '../cluster/service.ts';
import type { Address, Family } from '../net/address.ts';
import { type Books, ownFrom, spotOf, standingFrom } from './books.ts';
import { type Entry, type Freed, freedBy } from './freed.ts';
import { Holding, type Terms } from './holding.ts';
import type { Refusal } from './refusal.ts';
import {
  type Claim,
  obstacle,
  type Port,
  type Sharing,
  samePorts,
  sameSharing,
  usesPort,
} from './sharing.ts';
import type { Spot } from './space.ts';

export interface Transaction {
  /**
   * Takes over what stands on a Service, in a pool or not, whether or not a pool would grant it. With `force` it
   * is recorded although somebody else stands there without the right to share: the address then counts as taken
   * for every newcomer until that claim goes. What the holder already has there is replaced; one who has it by
   * right is not disturbed by those who do not.
   */
  adopt(
    claim: Claim,
    address: Address,
    pool: string | null,
    options: { readonly force: boolean },
  ): Result<void, Refusal>;
  /** An address that was asked for: the pool must list it and be free to grant it. */
  reserve(claim: Claim, address: Address, pool: string): Result<void, Refusal>;
  /** Lowest free or shareable, in the order the pool lists its ranges; never one that the holder already has. */
  allocate(claim: Claim, pool: string, family: Family): Result<Address, Refusal>;
  /** Changes how a holder shares, wherever it stands; others who share with it must be able to go on. */
  change(holder: ServiceKey, sharing: Sharing, ports: readonly Port[]): Result<void, Refusal>;
  /** Gives back one address, or all; what is not held is no matter. */
  release(holder: ServiceKey, address?: Address): void;
  /** What this made possible for others. */
  commit(): Freed;
  /** The ledger is as it was. */
  undo(): void;
}

export class OpenTransaction implements Transaction {
  readonly #books: Books;
  /** The end of the journal. */
  #last: Entry | null = null;
  #open = true;

  constructor(books: Books) {
    invariant(!books.busy, 'a transaction was begun while another one is open');
    this.#books = books;
    books.busy = true;
  }

  adopt(
    claim: Claim,
    address: Address,
    pool: string | null,
    { force }: { readonly force: boolean },
  ): Result<void, Refusal> {
    invariant(this.#open, 'a transaction was used after its end');
    const spot = spotOf(address);
    return this.#settle(spot, { claim, pool, forced: force });
  }

  reserve(claim: Claim, address: Address, pool: string): Result<void, Refusal> {
    invariant(this.#open, 'a transaction was used after its end');
    if (!this.#books.hasPool(pool)) return err({ code: 'no-such-pool', pool });
    const spot = spotOf(address);
    const standing = this.#books.standing(pool, spot);
    if (standing === 'not-listed') return err({ code: 'not-in-pool', address, pool });
    if (standing === 'avoided') return err({ code: 'address-avoided', address, pool });
    if (standing === 'not-granted' && this.#books.held(claim.holder, spot) === null) {
      const owner = this.#books.poolOf(spot);
      return err({ code: 'not-grantable', address, pool, owner: owner === pool ? null : owner });
    }
    return this.#settle(spot, { claim, pool, forced: false });
  }

  allocate(claim: Claim, pool: string, family: Family): Result<Address, Refusal> {
    invariant(this.#open, 'a transaction was used after its end');
    const territory = family === 4 ? this.#books.ipv4 : this.#books.ipv6;
    const plot = territory.plots.get(pool);
    if (plot === undefined) return err({ code: 'no-such-pool', pool });
    if (plot.empty) return err({ code: 'pool-lacks-family', pool, family });
    const spot = territory.find(pool, claim, this.#ownSpots(claim));
    if (spot === null) return err({ code: 'pool-exhausted', pool, family });
    this.#add(new Holding(spot, { claim, pool, forced: false }));
    return ok(this.#books.address(spot));
  }

  change(holder: ServiceKey, sharing: Sharing, ports: readonly Port[]): Result<void, Refusal> {
    invariant(this.#open, 'a transaction was used after its end');
    const claim = { holder, sharing, ports };
    const own = [...ownFrom(this.#books.holders.get(holder))].filter(
      ({ claim: old }) => !sameSharing(old.sharing, sharing) || !samePorts(old.ports, ports),
    );
    for (const { spot, forced } of own) {
      const refusal = forced ? null : this.#inTheWay(claim, spot, 'rightful');
      if (refusal !== null) return err(refusal);
    }
    for (const holding of own) this.#amend(holding, { ...holding.terms, claim });
    return DONE;
  }

  release(holder: ServiceKey, address?: Address): void {
    invariant(this.#open, 'a transaction was used after its end');
    if (address !== undefined) {
      const holding = this.#books.held(holder, spotOf(address));
      if (holding !== null) this.#remove(holding);
      return;
    }
    for (;;) {
      const holding = this.#books.holders.get(holder);
      if (holding === undefined) return;
      this.#remove(holding);
    }
  }

  commit(): Freed {
    this.#end();
    return freedBy(this.#books, this.#last);
  }

  undo(): void {
    this.#end();
    for (let entry = this.#last; entry !== null; entry = entry.previous) {
      const { did, holding, before } = entry;
      if (did === 'added') this.#books.remove(holding);
      else if (did === 'removed') this.#books.add(holding);
      else this.#books.amend(holding, before);
    }
  }

  #end(): void {
    invariant(this.#open, 'a transaction ended twice');
    this.#open = false;
    this.#books.busy = false;
  }

  /** Puts a holder on an address, or gives new terms to the one who is there, if nobody is in the way. */
  #settle(spot: Spot, terms: Terms): Result<void, Refusal> {
    const newcomer = new Holding(spot, terms);
    if (this.#books.addAlone(newcomer)) {
      this.#last = { did: 'added', holding: newcomer, before: newcomer, alone: true, previous: this.#last };
      return DONE;
    }
    const holding = this.#books.held(terms.claim.holder, spot);
    // Who stands here by right gives way only to others who do.
    const whom = holding === null || holding.forced ? 'all' : 'rightful';
    const refusal = terms.forced ? null : this.#inTheWay(terms.claim, spot, whom);
    if (refusal !== null) return err(refusal);
    if (holding === null) this.#add(newcomer);
    else this.#amend(holding, terms);
    return DONE;
  }

  #add(holding: Holding): void {
    const alone = this.#books.add(holding);
    this.#last = { did: 'added', holding, before: holding, alone, previous: this.#last };
  }

  #remove(holding: Holding): void {
    const alone = this.#books.remove(holding);
    this.#last = { did: 'removed', holding, before: holding, alone, previous: this.#last };
  }

  #amend(holding: Holding, terms: Terms): void {
    const before = holding.terms;
    this.#books.amend(holding, terms);
    this.#last = { did: 'amended', holding, before, alone: false, previous: this.#last };
  }

  /** Only one who shares can be led to an address that it already has. */
  #ownSpots({ holder, sharing }: Claim): ReadonlySet<Spot> {
    if (sharing.key === '') return NO_SPOTS;
    return new Set([...ownFrom(this.#books.holders.get(holder))].map(({ spot }) => spot));
  }

  /** Why the claim cannot stand with the others on an address, of all or of those who stand there by right. */
  #inTheWay(claim: Claim, spot: Spot, whom: 'all' | 'rightful'): Refusal | null {
    const first = this.#books.at(spot);
    if (first === null) return null;
    const others = [...standingFrom(first)].filter(
      ({ holder, forced }) => holder !== claim.holder && (whom === 'all' || !forced),
    );
    if (others.length === 0) return null;
    return refusalOf(claim, this.#books.address(spot), others);
  }
}

const DONE = ok(undefined);
const NO_SPOTS: ReadonlySet<Spot> = new Set();

function refusalOf(claim: Claim, address: Address, others: readonly Holding[]): Refusal | null {
  const found = others.map((one) => (one.forced ? 'alone' : obstacle(claim, one.claim)));
  const those = (holds: (one: Holding, index: number) => boolean): readonly ServiceKey[] =>
    others
      .filter(holds)
      .map(({ holder }) => holder)
      .sort();
  if (found.includes('alone')) return { code: 'address-taken', address, holders: those(() => true) };
  for (const because of ['key', 'backend'] as const) {
    const holders = those((_, index) => found[index] === because);
    if (holders.length > 0) return { code: 'sharing-refused', address, holders, because };
  }
  for (const port of claim.ports) {
    const holders = those((one) => usesPort(one.claim, port));
    if (holders.length > 0) return { code: 'sharing-refused', address, holders, because: 'port', port };
  }
  return null;
}
