/** Pool diff: the pools whose addresses or eligible Services differ between two pool sets. */
import type { Pool, ServiceAllocation } from '../config/pool/pool.ts';
import type { PoolSet, PoolState } from '../config/pool/pool-set.ts';
import type { LedgerPool } from '../ipam/ledger.ts';
import { sameRanges } from '../net/range.ts';
import { isValidPool, poolsByAge } from './pool-selection.ts';

export type PoolChange = {
  readonly pool: string;
  /** `ranges`: only the addresses that it lists or grants; `eligibility`: also the Services it is for, or its validity. */
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

/** Allocations are plain data, except for a priority that may be infinite, which JSON does not have. */
function sameAllocation(a: ServiceAllocation | null, b: ServiceAllocation | null): boolean {
  if (a === null || b === null) return a === b;
  return a.priority === b.priority && JSON.stringify(a) === JSON.stringify(b);
}

/** The active pools as input of the ledger, the oldest first. */
export const toLedgerPools = (poolSet: PoolSet): readonly LedgerPool[] =>
  poolsByAge(poolSet).map(({ name, active, grantable }) => ({
    name,
    ranges: active.ranges,
    grantable,
    avoidBuggyIPs: active.avoidBuggyIPs,
  }));
