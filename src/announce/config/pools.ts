/**
 * Pools as announcing reads them: the pool that an address belongs to, with its name and labels.
 *
 * Where pools overlap, an address belongs to the pool that the controller assigns it from (`config/pool/pool-set.ts`).
 * Fields that only assigning uses (autoAssign, avoidBuggyIPs, serviceAllocation) are ignored, as in MetalLB.
 */

import { sameItems } from '../../base/list.ts';
import { sortInSteps } from '../../base/sort-in-steps.ts';
import { finishSteps, ITEMS_PER_STEP, type Steps } from '../../base/steps.ts';
import { shortestAggregationInSteps } from '../../config/pool/aggregation.ts';
import {
  buildPoolSetInSteps,
  formatPoolOverlap,
  type PoolSet,
  type PoolState,
  toPoolObject,
} from '../../config/pool/pool-set.ts';
import type { Address } from '../../net/address.ts';
import type { AddressRange } from '../../net/range.ts';
import { rangeSetInSteps, rangeSetOf } from '../../net/range-set.ts';
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
export const resolvePools = (raws: readonly unknown[], before: ResolvedPools | null): ResolvedPools =>
  finishSteps(resolvePoolsInSteps(raws, before));

export function* resolvePoolsInSteps(
  raws: readonly unknown[],
  before: ResolvedPools | null,
): Steps<ResolvedPools> {
  const sources = before === null ? undefined : SOURCES.get(before);
  if (before !== null && sources !== undefined && sameItems(sources, raws)) return before;
  const resolved = yield* resolve(raws, before);
  SOURCES.set(resolved, raws);
  return resolved;
}

function* resolve(raws: readonly unknown[], before: ResolvedPools | null): Steps<ResolvedPools> {
  const poolSet = yield* buildPoolSetInSteps(raws.map(toPoolObject), before?.poolSet ?? null);
  const labels = new Map(raws.map(identityOf).map((one) => [one.name, one.labels]));
  const pools = [...poolSet.byName.values()].flatMap((state): AnnouncedPool[] => {
    const { name, active, issues, grantable } = state;
    if (active === null) return [];
    const poolLabels = issues.length === 0 ? labels.get(name) : before?.byName.get(name)?.labels;
    return [{ name, labels: poolLabels ?? {}, ranges: active.ranges, ownedRanges: grantable }];
  });
  for (const { ranges } of pools) {
    // Whoever decides about a Service asks for these, for each pool.
    yield* rangeSetInSteps(ranges);
    yield* shortestAggregationInSteps(ranges);
  }
  return {
    poolSet,
    byName: new Map(pools.map((view) => [view.name, view])),
    byAddress: yield* PoolsByAddress.inSteps(pools),
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

  private constructor(ranges: Readonly<Record<4 | 6, readonly PoolRange[]>>) {
    this.#ranges = ranges;
  }

  static *inSteps(pools: readonly AnnouncedPool[]): Steps<PoolsByAddress> {
    const all: Record<4 | 6, PoolRange[]> = { 4: [], 6: [] };
    let count = 0;
    for (const pool of pools)
      for (const range of pool.ownedRanges) {
        all[range.family].push({ range, pool });
        if (++count % ITEMS_PER_STEP === 0) yield null;
      }
    const byFirst = (a: PoolRange, b: PoolRange): number => (a.range.first < b.range.first ? -1 : 1);
    return new PoolsByAddress({
      4: yield* sortInSteps(all[4], byFirst, ITEMS_PER_STEP),
      6: yield* sortInSteps(all[6], byFirst, ITEMS_PER_STEP),
    });
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
