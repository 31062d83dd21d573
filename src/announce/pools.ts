/**
 * Pools as announcing sees them: which one an address belongs to, and what that pool is called and labelled.
 *
 * The lines between overlapping pools are those that the controller draws when it grants (`config/pools.ts`), so
 * that an address is announced as one of the pool that gave it. What assigning looks at beside them (autoAssign,
 * avoidBuggyIPs, serviceAllocation) says nothing here, as in MetalLB.
 */
import type { Labels } from '../cluster/selector.ts';
import { identityOf } from '../config/identity.ts';
import { formatOverlap, type PoolBook, type PoolState, poolObject, reviewPools } from '../config/pools.ts';
import type { Address } from '../net/address.ts';
import { type AddressRange, rangeContains } from '../net/range.ts';
import { type Complaint, complaintsOf } from './complaint.ts';

export type PoolView = {
  readonly name: string;
  /** Those of the last good version. */
  readonly labels: Labels;
  /** All that it lists. */
  readonly ranges: readonly AddressRange[];
  /** Without what an older pool lists. */
  readonly own: readonly AddressRange[];
};

export type PoolReview = {
  readonly book: PoolBook;
  readonly byName: ReadonlyMap<string, PoolView>;
  readonly map: PoolMap;
  readonly complaints: readonly Complaint[];
};

export function reviewPoolViews(raws: readonly unknown[], before: PoolReview | null): PoolReview {
  const book = reviewPools(raws.map(poolObject), before?.book ?? null);
  const labels = new Map(raws.map(identityOf).map((one) => [one.name, one.labels]));
  const views = [...book.byName.values()].flatMap((state): PoolView[] => {
    const { name, active, issues, grantable } = state;
    if (active === null) return [];
    const known = issues.length === 0 ? labels.get(name) : before?.byName.get(name)?.labels;
    return [{ name, labels: known ?? {}, ranges: active.ranges, own: grantable }];
  });
  return {
    book,
    byName: new Map(views.map((view) => [view.name, view])),
    map: new PoolMap(views),
    complaints: [...book.byName.values()].flatMap(complaintsAbout),
  };
}

/** An overlap is told on the younger pool, which does not get all that it lists. */
function complaintsAbout(state: PoolState): readonly Complaint[] {
  const lost = state.overlaps.filter(({ older }) => older);
  return complaintsOf('IPAddressPool', state.name, [
    ...state.issues,
    ...lost.map((overlap) => ({ path: '', message: formatOverlap(overlap) })),
  ]);
}

export const poolHolds = (ranges: readonly AddressRange[], addresses: readonly Address[]): boolean =>
  addresses.every((address) => ranges.some((range) => rangeContains(range, address)));

type Stretch = { readonly range: AddressRange; readonly pool: PoolView };

/** Which pool has an address: no two own one. O(log n) in the number of ranges. */
export class PoolMap {
  readonly #stretches: Readonly<Record<4 | 6, readonly Stretch[]>>;

  constructor(pools: readonly PoolView[]) {
    const all = pools.flatMap((pool) => pool.own.map((range): Stretch => ({ range, pool })));
    const of = (family: 4 | 6): readonly Stretch[] =>
      all
        .filter(({ range }) => range.family === family)
        .sort((a, b) => (a.range.first < b.range.first ? -1 : 1));
    this.#stretches = { 4: of(4), 6: of(6) };
  }

  /** The pool that has every one of these; null where there is none. */
  ofAll(addresses: readonly Address[]): PoolView | null {
    const [first, ...others] = addresses;
    const pool = first === undefined ? null : this.#of(first);
    return pool !== null && others.every((address) => this.#of(address) === pool) ? pool : null;
  }

  #of(address: Address): PoolView | null {
    const stretches = this.#stretches[address.family];
    let [low, high] = [0, stretches.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const stretch = stretches[middle];
      if (stretch === undefined) return null;
      if (stretch.range.last < address.bits) low = middle + 1;
      else high = middle;
    }
    const found = stretches[low];
    return found !== undefined && found.range.first <= address.bits ? found.pool : null;
  }
}
