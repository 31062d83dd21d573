/**
 * One address family of the ledger. Who stands where is kept once, for all pools: pools are views on it, so an
 * edit of a pool moves nothing and costs only the making of the new view.
 */
import { invariant } from '../base/invariant.ts';
import type { Address } from '../net/address.ts';
import { firstAbsent } from './gap.ts';
import type { Holding } from './holding.ts';
import { Plot, type PoolView, usable } from './plot.ts';
import { ShareBook } from './sharebook.ts';
import type { Claim } from './sharing.ts';
import { type AddressSpace, addressAt, type Spot } from './space.ts';
import { type Owned, SpanIndex } from './spans.ts';
import { Tree } from './tree.ts';

/** What an address is to a pool; the last is one that it grants if it is free. */
export type Standing = 'not-listed' | 'avoided' | 'not-granted' | 'granted';

type Piece<K extends Spot> = { readonly plot: Plot<K>; readonly range: number };

export class Territory<K extends Spot> {
  readonly space: AddressSpace<K>;
  /** The first holding on each held address. */
  readonly held: Tree<K, Holding>;
  /** The held addresses that `avoidBuggyIPs` does not avoid, as numbers without holes; null while no pool avoids. */
  usable: Tree<K, true> | null = null;
  readonly shares: ShareBook<K>;
  readonly plots = new Map<string, Plot<K>>();
  #listed: SpanIndex<K, Plot<K>> = new SpanIndex([]);
  #granted: SpanIndex<K, Piece<K>> = new SpanIndex([]);

  constructor(space: AddressSpace<K>) {
    this.space = space;
    this.held = new Tree(space);
    this.shares = new ShareBook(space);
  }

  // --- pools

  /** The older first. */
  setPools(views: readonly PoolView[]): void {
    this.plots.clear();
    for (const [age, view] of views.entries()) this.plots.set(view.name, new Plot(this.space, view, age));
    const listed: Owned<K, Plot<K>>[] = [];
    const granted: Owned<K, Piece<K>>[] = [];
    for (const plot of this.plots.values()) {
      for (const span of plot.listed.spans) listed.push({ ...span, owner: plot });
      for (const [range, span] of plot.ranges.entries()) granted.push({ ...span, owner: { plot, range } });
    }
    this.#listed = new SpanIndex(listed);
    this.#granted = new SpanIndex(granted);
    this.#keepUsable([...this.plots.values()].some(({ avoids }) => avoids));
  }

  #keepUsable(needed: boolean): void {
    if (!needed) this.usable = null;
    if (!needed || this.usable !== null) return;
    this.usable = new Tree(this.space);
    for (const [spot] of this.held.entries()) {
      if (!this.space.avoided(spot)) this.usable.insert(this.space.compact(spot), true);
    }
  }

  plot(pool: string): Plot<K> {
    const plot = this.plots.get(pool);
    invariant(plot !== undefined, 'asked for a pool that the ledger does not know');
    return plot;
  }

  standing(pool: string, spot: K): Standing {
    const plot = this.plot(pool);
    if (!plot.listed.has(spot)) return 'not-listed';
    if (plot.avoids && this.space.avoided(spot)) return 'avoided';
    return plot.grantable.has(spot) ? 'granted' : 'not-granted';
  }

  /** The oldest pool that lists the address. */
  poolOf(spot: K): string | null {
    let oldest: Plot<K> | null = null;
    this.#listed.at(spot, (plot) => {
      if (oldest === null || plot.age < oldest.age) oldest = plot;
    });
    return (oldest as Plot<K> | null)?.view.name ?? null;
  }

  /** The pools that would grant the address if it were free, the older first. */
  grantors(spot: K): readonly string[] {
    const found: Plot<K>[] = [];
    this.#granted.at(spot, ({ plot }) => {
      if (!found.includes(plot) && plot.grants(this.space, spot)) found.push(plot);
    });
    return found.sort((a, b) => a.age - b.age).map(({ view }) => view.name);
  }

  // --- who stands where

  /** The first holding on the address. */
  at(spot: K): Holding | null {
    return this.held.get(spot) ?? null;
  }

  /** Whether nobody else stands there. */
  put(spot: K, holding: Holding): boolean {
    if (this.putAlone(spot, holding)) return true;
    const first = this.at(spot) as Holding;
    holding.nextHere = first.nextHere;
    first.nextHere = holding;
    this.shares.refile(spot, first);
    return false;
  }

  /** Puts it where nobody stands; where somebody does, nothing happens. Whether it was put. */
  putAlone(spot: K, holding: Holding): boolean {
    if (this.held.insert(spot, holding) !== undefined) return false;
    if (this.usable !== null && !this.space.avoided(spot)) this.usable.insert(this.space.compact(spot), true);
    if (holding.claim.sharing.key !== '') this.shares.refile(spot, holding);
    return true;
  }

  /** Whether nobody stands there any more. */
  take(spot: K, holding: Holding): boolean {
    // By far the most stand alone.
    const first = holding.nextHere === null ? this.held.take(spot, holding) : this.held.get(spot);
    if (first === undefined) {
      this.#vacated(spot);
      if (holding.claim.sharing.key !== '') this.shares.refile(spot, null);
      return true;
    }
    if (first === holding) this.held.replace(spot, holding.nextHere as Holding);
    else this.#unlink(first, holding);
    holding.nextHere = null;
    this.shares.refile(spot, this.at(spot));
    return false;
  }

  #vacated(spot: K): void {
    if (this.usable !== null && !this.space.avoided(spot)) this.usable.remove(this.space.compact(spot));
    this.#granted.at(spot, ({ plot, range }) => plot.vacated(range, spot));
  }

  #unlink(first: Holding | null, holding: Holding): void {
    for (let one = first; one !== null; one = one.nextHere) {
      if (one.nextHere !== holding) continue;
      one.nextHere = holding.nextHere;
      return;
    }
    invariant(false, 'took a holding from an address where it does not stand');
  }

  // --- what is free

  /** Lowest free or shareable, in the order the pool lists its ranges; null where there is none. */
  find(pool: string, claim: Claim, own: ReadonlySet<Spot>): K | null {
    const plot = this.plot(pool);
    const free = this.#firstFree(plot);
    if (claim.sharing.key === '') return free;
    const best = free === null ? null : { range: plot.open.first(), spot: free };
    return this.shares.firstFor(claim, plot, own, best)?.spot ?? free;
  }

  #firstFree(plot: Plot<K>): K | null {
    for (let range = plot.open.first(); range >= 0; range = plot.open.first()) {
      const { last } = plot.ranges[range] as (typeof plot.ranges)[number];
      const from = plot.floors[range] as K;
      const spot = plot.avoids ? this.#usableFrom(from) : firstAbsent(this.held, this.space, from);
      plot.floors[range] = spot;
      if (spot <= last) return spot;
      plot.open.dropFirst();
    }
    return null;
  }

  #usableFrom(first: K): K {
    invariant(this.usable !== null, 'a pool avoids addresses and nobody counts them');
    return this.space.expand(firstAbsent(this.usable, this.space, this.space.compact(first)));
  }

  /** How many addresses of the pool are held, each once, and how many it may still grant. */
  counts(pool: string): { readonly assigned: number; readonly available: number } {
    const plot = this.plot(pool);
    let assigned = 0;
    for (const { first, last } of plot.listed.spans)
      assigned += this.#heldFrom(first, this.space.plus(last, 1));
    let taken = 0;
    for (const span of plot.grantable.spans) {
      if (plot.avoids && this.usable !== null) {
        const { first, end } = usable(this.space, span);
        taken += this.usable.countBelow(end) - this.usable.countBelow(first);
      } else {
        taken += this.#heldFrom(span.first, this.space.plus(span.last, 1));
      }
    }
    return { assigned, available: saturate(plot.grantableSize - BigInt(taken)) };
  }

  #heldFrom(first: K, end: K): number {
    return this.held.countBelow(end) - this.held.countBelow(first);
  }

  address(spot: K): Address {
    return addressAt(this.space, spot);
  }
}

/** A JSON number beyond 2^53−1 is refused by the API server, or comes back changed. */
const saturate = (count: bigint): number =>
  count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(count);
