/**
 * Pools as announcing reads them: the pool that an address belongs to, with its name and labels.
 *
 * Where pools overlap, an address belongs to the pool that the controller assigns it from (`config/pool/pool-set.ts`).
 * Fields that only assigning uses (autoAssign, avoidBuggyIPs, serviceAllocation) are ignored, as in MetalLB.
 */

import {
  buildPoolSet,
  formatPoolOverlap,
  type PoolSet,
  type PoolState,
  toPoolObject,
} from '../../config/pool/pool-set.ts';
import type { Address } from '../../net/address.ts';
import type { AddressRange } from '../../net/range.ts';
import { rangeSetOf } from '../../net/range-set.ts';
import { identityOf } from '../../objects/metadata.ts';
import type { Labels } from '../../objects/selector.ts';
import { type ObjectIssue, objectIssues } from './object-issue.ts';

export type AnnouncedPool = {
  readonly name: string;
  /** Labels of the last good version. */
  readonly labels: Labels;
  /** All ranges that it lists. */
  readonly ranges: readonly AddressRange[];
  /** Its ranges without those of older pools. */
  readonly ownedRanges: readonly AddressRange[];
};

export type ResolvedPools = {
  readonly poolSet: PoolSet;
  readonly byName: ReadonlyMap<string, AnnouncedPool>;
  readonly byAddress: PoolsByAddress;
  readonly issues: readonly ObjectIssue[];
};

/** The objects that pools were resolved from. */
const SOURCES = new WeakMap<ResolvedPools, readonly unknown[]>();

/** Most changes of the configuration concern no pool: then the result is `before`. */
export function resolvePools(raws: readonly unknown[], before: ResolvedPools | null): ResolvedPools {
  const sources = before === null ? undefined : SOURCES.get(before);
  const isSame = sources?.length === raws.length && raws.every((raw, index) => raw === sources[index]);
  if (before !== null && isSame) return before;
  const resolved = resolve(raws, before);
  SOURCES.set(resolved, raws);
  return resolved;
}

function resolve(raws: readonly unknown[], before: ResolvedPools | null): ResolvedPools {
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

/** An overlap is an issue of the younger pool, which does not own all that it lists. */
function poolIssues(state: PoolState): readonly ObjectIssue[] {
  const withheld = state.overlaps.filter(({ isOtherOlder }) => isOtherOlder);
  return objectIssues('IPAddressPool', state.name, [
    ...state.issues,
    ...withheld.map((overlap) => ({ path: '', message: formatPoolOverlap(overlap) })),
  ]);
}

export const rangesContainAll = (ranges: readonly AddressRange[], addresses: readonly Address[]): boolean =>
  addresses.every((address) => rangeSetOf(ranges).has(address));

type PoolRange = { readonly range: AddressRange; readonly pool: AnnouncedPool };

/** Finds the pool that owns an address; no two do. O(log n) in the number of ranges. */
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

  /** The pool that owns all of these addresses; null where no pool does. */
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
