/**
 * The books behind the ledger: three strokes of the pen (`add`, `remove`, `amend`), each of which is undone by
 * another, and what may be read. They record what they are told; whether it may be is for `transaction.ts`.
 */
import { invariant } from '../base/invariant.ts';
import type { ServiceKey } from '../cluster/service.ts';
import type { Address } from '../net/address.ts';
import type { Holding, Terms } from './holding.ts';
import { type Spot, space4, space6 } from './space.ts';
import { type Standing, Territory } from './territory.ts';

export class Books {
  readonly ipv4 = new Territory(space4);
  readonly ipv6 = new Territory(space6);
  /** The first holding of each holder. */
  readonly holders = new Map<ServiceKey, Holding>();
  /** A transaction is open. */
  busy = false;

  /** Whether nobody else stands on the address. */
  add(holding: Holding): boolean {
    this.#own(holding);
    const { spot } = holding;
    return typeof spot === 'number' ? this.ipv4.put(spot, holding) : this.ipv6.put(spot, holding);
  }

  /** The same where nobody stands there; where somebody does, nothing happens. Whether it was added. */
  addAlone(holding: Holding): boolean {
    const { spot } = holding;
    const isPut =
      typeof spot === 'number' ? this.ipv4.putAlone(spot, holding) : this.ipv6.putAlone(spot, holding);
    if (isPut) this.#own(holding);
    return isPut;
  }

  #own(holding: Holding): void {
    const first = this.holders.get(holding.holder);
    if (first === undefined) {
      this.holders.set(holding.holder, holding);
    } else {
      holding.nextOwn = first.nextOwn;
      first.nextOwn = holding;
    }
  }

  /** Whether nobody stands on the address any more. */
  remove(holding: Holding): boolean {
    this.#disown(holding);
    const { spot } = holding;
    return typeof spot === 'number' ? this.ipv4.take(spot, holding) : this.ipv6.take(spot, holding);
  }

  amend(holding: Holding, terms: Terms): void {
    invariant(terms.claim.holder === holding.holder, 'a holding changed hands');
    holding.amend(terms);
    const { spot } = holding;
    if (typeof spot === 'number') this.ipv4.shares.refile(spot, this.ipv4.at(spot));
    else this.ipv6.shares.refile(spot, this.ipv6.at(spot));
  }

  #disown(holding: Holding): void {
    const first = this.holders.get(holding.holder);
    if (first === holding) {
      if (holding.nextOwn === null) this.holders.delete(holding.holder);
      else this.holders.set(holding.holder, holding.nextOwn);
      holding.nextOwn = null;
      return;
    }
    for (let one = first ?? null; one !== null; one = one.nextOwn) {
      if (one.nextOwn !== holding) continue;
      one.nextOwn = holding.nextOwn;
      holding.nextOwn = null;
      return;
    }
    invariant(false, 'took an address from somebody who does not hold it');
  }

  /** The first holding on the address. */
  at(spot: Spot): Holding | null {
    return typeof spot === 'number' ? this.ipv4.at(spot) : this.ipv6.at(spot);
  }

  /** What the holder has on this address. */
  held(holder: ServiceKey, spot: Spot): Holding | null {
    let one = this.holders.get(holder) ?? null;
    while (one !== null && one.spot !== spot) one = one.nextOwn;
    return one;
  }

  address(spot: Spot): Address {
    return typeof spot === 'number' ? this.ipv4.address(spot) : this.ipv6.address(spot);
  }

  hasPool(pool: string): boolean {
    return this.ipv4.plots.has(pool);
  }

  /** What an address is to a pool that the books know. */
  standing(pool: string, spot: Spot): Standing {
    return typeof spot === 'number' ? this.ipv4.standing(pool, spot) : this.ipv6.standing(pool, spot);
  }

  poolOf(spot: Spot): string | null {
    return typeof spot === 'number' ? this.ipv4.poolOf(spot) : this.ipv6.poolOf(spot);
  }

  grantors(spot: Spot): readonly string[] {
    return typeof spot === 'number' ? this.ipv4.grantors(spot) : this.ipv6.grantors(spot);
  }
}

export const spotOf = ({ family, bits }: Address): Spot => (family === 4 ? space4.spot(bits) : bits);

/** Those who stand on an address, from the first on. */
export function* standingFrom(first: Holding | null): Generator<Holding> {
  for (let one = first; one !== null; one = one.nextHere) yield one;
}

/** What one holder has, from the first on. */
export function* ownFrom(first: Holding | null | undefined): Generator<Holding> {
  for (let one = first ?? null; one !== null; one = one.nextOwn) yield one;
}
