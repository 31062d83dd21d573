/** What is different between two books of pools, as far as anybody's address or chances are concerned. */
import type { Pool, ServiceAllocation } from '../config/pool/pool.ts';
import type { PoolSet, PoolState } from '../config/pool/pool-set.ts';
import type { LedgerPool } from '../ipam/ledger.ts';
import type { AddressRange } from '../net/range.ts';
import { isValidPool } from './pool-selection.ts';

export type PoolChange = {
  readonly pool: string;
  /** `ranges`: only what it contains or grants; `rules`: whom it is for, or whether it can be read as it is now. */
  readonly kind: 'added' | 'removed' | 'ranges' | 'eligibility';
};

export function diffPools(before: PoolSet, after: PoolSet): readonly PoolChange[] {
  const changes: PoolChange[] = [];
  for (const pool of before.byName.keys()) {
    if (!after.byName.has(pool)) changes.push({ pool, kind: 'removed' });
  }
  for (const [pool, state] of after.byName) {
    const old = before.byName.get(pool);
    const kind = old === undefined ? 'added' : changeKindOf(old, state);
    if (kind !== null) changes.push({ pool, kind });
  }
  return changes;
}

function changeKindOf(before: PoolState, after: PoolState): PoolChange['kind'] | null {
  if (!sameRules(before.active, after.active) || isValidPool(before) !== isValidPool(after))
    return 'eligibility';
  const same =
    sameRanges(before.active?.ranges ?? [], after.active?.ranges ?? []) &&
    sameRanges(before.grantable, after.grantable) &&
    before.active?.avoidBuggyIPs === after.active?.avoidBuggyIPs;
  return same ? null : 'ranges';
}

function sameRules(before: Pool | null, after: Pool | null): boolean {
  if (before === null || after === null) return before === after;
  return (
    before.autoAssign === after.autoAssign &&
    sameAllocation(before.serviceAllocation, after.serviceAllocation)
  );
}

/** Plain data throughout, but for a priority that may be infinite. */
function sameAllocation(a: ServiceAllocation | null, b: ServiceAllocation | null): boolean {
  if (a === null || b === null) return a === b;
  return a.priority === b.priority && JSON.stringify(a) === JSON.stringify(b);
}

const sameRanges = (a: readonly AddressRange[], b: readonly AddressRange[]): boolean =>
  a.length === b.length &&
  a.every(
    (range, i) => range.family === b[i]?.family && range.first === b[i].first && range.last === b[i].last,
  );

/** The pools as the ledger wants them: the older first, those that cannot be read left out. */
export function toLedgerPools(poolSet: PoolSet): readonly LedgerPool[] {
  return [...poolSet.byName.values()]
    .flatMap(({ name, active, grantable }) => (active === null ? [] : [{ name, active, grantable }]))
    .sort((a, b) => a.active.createdAt - b.active.createdAt || (a.name < b.name ? -1 : 1))
    .map(({ name, active, grantable }) => ({
      name,
      ranges: active.ranges,
      grantable,
      avoidBuggyIPs: active.avoidBuggyIPs,
    }));
}
