/**
 * Finds an address that a newcomer with a sharing key may join, without a look at the pool: only at what is held
 * under the same key and backend. Addresses whose holders use exactly the same ports lie in one drawer, so a
 * thousand Services on port 80 under one key are refused by one comparison.
 */
import type { Holding } from './holding.ts';
import type { Plot } from './plot.ts';
import { type Claim, portName, type Sharing } from './sharing.ts';
import type { AddressSpace, Spot } from './space.ts';
import { Tree } from './tree.ts';

type Drawer<K> = {
  readonly label: string;
  readonly ports: ReadonlySet<string>;
  readonly spots: Tree<K, true>;
};
type Cabinet<K> = Map<string, Drawer<K>>;
type Filed<K> = { readonly cabinet: string; readonly drawer: Drawer<K> };

/** Where an address stands in a pool's order. */
export type Place<K> = { readonly range: number; readonly spot: K };

/** Kubernetes text holds no NUL, so no two sharings give one name. */
const cabinetName = ({ key, backend }: Sharing): string => `${key}\0${backend}`;

export class ShareBook<K extends Spot> {
  readonly #space: AddressSpace<K>;
  readonly #cabinets = new Map<string, Cabinet<K>>();
  readonly #filed = new Map<K, Filed<K>>();

  constructor(space: AddressSpace<K>) {
    this.#space = space;
  }

  /** To be called whenever somebody with a sharing key came to, left or changed on `spot`. */
  refile(spot: K, first: Holding | null): void {
    this.#unfile(spot);
    if (first === null) return;
    const ports = new Set<string>();
    for (let one: Holding | null = first; one !== null; one = one.nextHere) {
      if (one.forced || one.claim.sharing.key === '') return;
      for (const port of one.claim.ports) ports.add(portName(port));
    }
    const name = cabinetName(first.claim.sharing);
    const drawer = this.#drawer(name, ports);
    drawer.spots.insert(spot, true);
    this.#filed.set(spot, { cabinet: name, drawer });
  }

  #drawer(name: string, ports: ReadonlySet<string>): Drawer<K> {
    const cabinet: Cabinet<K> = this.#cabinets.get(name) ?? new Map();
    this.#cabinets.set(name, cabinet);
    const label = [...ports].sort().join();
    const drawer: Drawer<K> = cabinet.get(label) ?? { label, ports, spots: new Tree(this.#space) };
    cabinet.set(label, drawer);
    return drawer;
  }

  #unfile(spot: K): void {
    const filed = this.#filed.get(spot);
    if (filed === undefined) return;
    this.#filed.delete(spot);
    filed.drawer.spots.remove(spot);
    if (filed.drawer.spots.size > 0) return;
    const cabinet = this.#cabinets.get(filed.cabinet);
    cabinet?.delete(filed.drawer.label);
    if (cabinet?.size === 0) this.#cabinets.delete(filed.cabinet);
  }

  /**
   * The first in the pool's order, not held by the newcomer itself, that it may join; null where `best` comes
   * before it.
   */
  firstFor(claim: Claim, plot: Plot<K>, own: ReadonlySet<Spot>, best: Place<K> | null): Place<K> | null {
    const cabinet = this.#cabinets.get(cabinetName(claim.sharing));
    if (cabinet === undefined || claim.sharing.key === '') return null;
    const ports = claim.ports.map(portName);
    let found: Place<K> | null = null;
    for (const { ports: used, spots } of cabinet.values()) {
      if (ports.some((port) => used.has(port))) continue;
      const limit: Place<K> | null = found ?? best;
      const ranges: number = limit === null ? plot.ranges.length : limit.range + 1;
      const fits = (spot: K): boolean => !own.has(spot) && !(plot.avoids && this.#space.avoided(spot));
      const place: Place<K> | null =
        spots.size < ranges ? firstOfSpots(spots, plot, fits) : firstInRanges(spots, plot, fits, ranges);
      if (place !== null && (limit === null || isBefore(place, limit))) found = place;
    }
    return found;
  }

  /** Every address that lies in a drawer, with what the drawer says; for the audit. */
  *filed(): Generator<{ readonly spot: K; readonly cabinet: string; readonly label: string }> {
    for (const [name, cabinet] of this.#cabinets) {
      for (const drawer of cabinet.values()) {
        for (const [spot] of drawer.spots.entries()) yield { spot, cabinet: name, label: drawer.label };
      }
    }
  }
}

const isBefore = <K>(a: Place<K>, b: Place<K>): boolean =>
  a.range < b.range || (a.range === b.range && a.spot < b.spot);

/** Looks at every spot of a drawer: for a few spots and many ranges. */
function firstOfSpots<K extends Spot>(
  spots: Tree<K, true>,
  plot: Plot<K>,
  fits: (spot: K) => boolean,
): Place<K> | null {
  let best: Place<K> | null = null;
  for (const [spot] of spots.entries()) {
    const place = { range: plot.rangeOf(spot), spot };
    if (place.range >= 0 && fits(spot) && (best === null || isBefore(place, best))) best = place;
  }
  return best;
}

/** Looks into the first `ranges` ranges in turn: for many spots and few ranges. */
function firstInRanges<K extends Spot>(
  spots: Tree<K, true>,
  plot: Plot<K>,
  fits: (spot: K) => boolean,
  ranges: number,
): Place<K> | null {
  for (const [range, { first, last }] of plot.ranges.slice(0, ranges).entries()) {
    let spot = spots.atOrAfter(first);
    while (spot !== undefined && spot <= last && !fits(spot)) spot = spots.after(spot);
    if (spot !== undefined && spot <= last) return { range, spot };
  }
  return null;
}
