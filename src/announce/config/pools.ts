/**
 * Pools as announcing sees them: which one an address belongs to, and what that pool is called and labelled.
 *
 * The lines between overlapping pools are those that the controller draws when it grants (`config/pool/pool-set.ts`), so
 * that an address is announced as one of the pool that gave it. What assigning looks at beside them (autoAssign,
 * avoidBuggyIPs, serviceAllocation) says nothing here, as in MetalLB.
 */

import {
  buildPoolSet,
  formatPoolOverlap,
  type PoolSet,
  type PoolState,
  toPoolObject,
} from '../../config/pool/pool-set.ts';
import type { Address } from '../../net/address.ts';
import { type AddressRange, rangeContains } from '../../net/range.ts';
import { identityOf } from '../../objects/metadata.ts';
import type { Labels } from '../../objects/selector.ts';
import { type ObjectIssue, objectIssues } from './object-issue.ts';

export type AnnouncedPool = {
  readonly name: string;
  /** Those of the last good version. */
  readonly labels: Labels;
  /** All that it lists. */
  readonly ranges: readonly AddressRange[];
  /** Without what an older pool lists. */
  readonly ownedRanges: readonly AddressRange[];
};

export type ResolvedPools = {
  readonly poolSet: PoolSet;
  readonly byName: ReadonlyMap<string, AnnouncedPool>;
  readonly byAddress: PoolsByAddress;
  readonly issues: readonly ObjectIssue[];
};

export function resolvePools(raws: readonly unknown[], before: ResolvedPools | null): ResolvedPools {
  const poolSet = buildPoolSet(raws.map(toPoolObject), before?.poolSet ?? null);
  const labels = new Map(raws.map(identityOf).map((one) => [one.name, one.labels]));
  const pools = [...poolSet.byName.values()].flatMap((state): AnnouncedPool[] => {
    const { name, active, issues, grantable } = state;
    if (active === null) return [];
    const poolLabels = issues.length === 0 ? labels.get(name) : before?.byName.get(name)?.labels;
    return [{ name, labels: poolLabels ?? {}, ranges: active.ranges, ownedRanges: grantable }];
  });
  return {
    poolSet,
    byName: new Map(pools.map((view) => [view.name, view])),
    byAddress: new PoolsByAddress(pools),
    issues: [...poolSet.byName.values()].flatMap(poolIssues),
  };
}

/** An overlap is told on the younger pool, which does not get all that it lists. */
function poolIssues(state: PoolState): readonly ObjectIssue[] {
  const withheld = state.overlaps.filter(({ isOtherOlder }) => isOtherOlder);
  return objectIssues('IPAddressPool', state.name, [
    ...state.issues,
    ...withheld.map((overlap) => ({ path: '', message: formatPoolOverlap(overlap) })),
  ]);
}

export const rangesContainAll = (ranges: readonly AddressRange[], addresses: readonly Address[]): boolean =>
  addresses.every((address) => ranges.some((range) => rangeContains(range, address)));

type PoolRange = { readonly range: AddressRange; readonly pool: AnnouncedPool };

/** Which pool has an address: no two own one. O(log n) in the number of ranges. */
export class PoolsByAddress {
  readonly #ranges: Readonly<Record<4 | 6, readonly PoolRange[]>>;

  constructor(pools: readonly AnnouncedPool[]) {
    const all = pools.flatMap((pool) => pool.ownedRanges.map((range): PoolRange => ({ range, pool })));
    const rangesOfFamily = (family: 4 | 6): readonly PoolRange[] =>
      all
        .filter(({ range }) => range.family === family)
        .sort((a, b) => (a.range.first < b.range.first ? -1 : 1));
    this.#ranges = { 4: rangesOfFamily(4), 6: rangesOfFamily(6) };
  }

  /** The pool that has every one of these; null where there is none. */
  findCommonPool(addresses: readonly Address[]): AnnouncedPool | null {
    const [first, ...others] = addresses;
    const pool = first === undefined ? null : this.#findPool(first);
    return pool !== null && others.every((address) => this.#findPool(address) === pool) ? pool : null;
  }

  #findPool(address: Address): AnnouncedPool | null {
    const ranges = this.#ranges[address.family];
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = ranges[middle];
      if (entry === undefined) return null;
      if (entry.range.last < address.bits) low = middle + 1;
      else high = middle;
    }
    const found = ranges[low];
    return found !== undefined && found.range.first <= address.bits ? found.pool : null;
  }
}
