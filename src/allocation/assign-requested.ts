/** Assigns the addresses that a Service requests: all of them from one pool, or none. */
import { err, ok, type Result } from '../base/result.ts';
import type { PoolSet } from '../config/pool/pool-set.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import type { WaitTarget } from '../ipam/waiters.ts';
import type { Address, Family } from '../net/address.ts';
import { formatRange, rangeContains } from '../net/range.ts';
import { unusableByService } from '../net/special-ranges.ts';
import { type AssignedCondition, conditionFalse } from './condition-reasons.ts';
import { type AllocationTask, claimOf, commonPool, quoteAddresses } from './context.ts';
import { formatAddresses } from './ingress-status.ts';
import { listsAddress } from './pool-addresses.ts';
import {
  ANY_POOL,
  type Assignment,
  type AssignmentRefusal,
  invalidPoolsHint,
  lookUpPool,
  refuse,
} from './pool-lookup.ts';
import { type ActivePool, isValidPool, poolsByAge } from './pool-selection.ts';
import { conditionForRefusal, eventCauseOf, formatFamily } from './refusal-text.ts';

/** A refusal waits for the addresses and for any edit of a pool, whichever pool it is of: another one may grant them later. */
export function assignRequested(
  task: AllocationTask,
  addresses: readonly Address[],
): Result<Assignment, AssignmentRefusal> {
  const assigned = assignFromOnePool(task, addresses);
  return assigned.ok ? assigned : err({ ...assigned.error, waitTargets: waitTargetsOf(addresses) });
}

function assignFromOnePool(
  task: AllocationTask,
  addresses: readonly Address[],
): Result<Assignment, AssignmentRefusal> {
  const requestedPool = task.request.pool;
  if (requestedPool !== null) {
    const pool = lookUpPool(task, requestedPool);
    if (!pool.ok) return pool;
  }
  const name = commonPool(task, addresses, requestedPool);
  if (name === null || (requestedPool !== null && name !== requestedPool))
    return refuseNotInOnePool(task, addresses);
  const reserved = reserveAll(task, addresses, name);
  if (reserved.ok || requestedPool !== null || !isInvalidPool(task, name)) return reserved;
  // Where last valid versions overlap, a younger one grants what no object claims that is in force now.
  // Such a version is known to this process only: the condition must not depend on it, so a valid pool gives the refusal.
  let refused: Result<never, AssignmentRefusal> | null = null;
  for (const other of poolsListing(task.poolSet, addresses)) {
    if (other.name === name) continue;
    const granted = reserveAll(task, addresses, other.name);
    if (granted.ok) return granted;
    if (isValidPool(other)) refused ??= granted;
  }
  return refused ?? refuseNotInOnePool(task, addresses);
}

/** Each of the addresses, and any edit of a pool. */
const waitTargetsOf = (addresses: readonly Address[]): readonly WaitTarget[] => [
  ...addresses.map((address): WaitTarget => ({ kind: 'address', address })),
  ANY_POOL,
];

function reserveAll(
  task: AllocationTask,
  addresses: readonly Address[],
  name: string,
): Result<Assignment, AssignmentRefusal> {
  const pool = lookUpPool(task, name);
  if (!pool.ok) return pool;
  const claim = claimOf(task);
  const refusals = addresses.flatMap((address) => {
    const reserved = task.tx.reserve(claim, address, name);
    return reserved.ok ? [] : [reserved.error];
  });
  const first = refusals.find(isPoolRefusal) ?? refusals[0];
  if (first === undefined) return ok({ addresses, pool: name });
  for (const address of addresses) task.tx.release(claim.holder, address);
  const refusal =
    first.code === 'not-grantable'
      ? { ...first, grantingPool: grantingPoolOf(pool.value, first.address) }
      : first;
  const condition =
    addresses.length === 1 || isPoolRefusal(refusal)
      ? conditionForRefusal(refusal)
      : addressesTakenCondition(addresses);
  return refuse(condition, eventCauseOf(refusal));
}

/** A refusal by the pool, which does not depend on other Services. */
const isPoolRefusal = ({ code }: LedgerRefusal): boolean =>
  code !== 'address-taken' && code !== 'sharing-refused';

/** Does not say which one is taken: that would rewrite the condition whenever another Service comes or goes. */
const addressesTakenCondition = (addresses: readonly Address[]): AssignedCondition =>
  conditionFalse(
    'AddressTaken',
    `${formatAddresses(addresses)} are not both free; \`berth explain service\` names the Services that use them. The Service gets them when both are free.`,
  );

/** The older pool that grants the address instead; null where the pools list too many overlaps. */
const grantingPoolOf = ({ overlaps }: ActivePool, address: Address): string | null =>
  overlaps.find((one) => one.isOtherOlder && rangeContains(one.range, address))?.otherPool ?? null;

/** The pools that list all of the addresses, the oldest first. */
const poolsListing = (poolSet: PoolSet, addresses: readonly Address[]): readonly ActivePool[] =>
  poolsByAge(poolSet).filter(({ active }) => addresses.every((address) => listsAddress(active, address)));

function refuseNotInOnePool(
  task: AllocationTask,
  addresses: readonly Address[],
): Result<never, AssignmentRefusal> {
  const pool = task.request.pool;
  const address = addresses.find((one) =>
    pool === null
      ? !poolsListing(task.poolSet, [one]).some(isValidPool)
      : task.ledger.poolOf(one, pool) !== pool,
  );
  if (address === undefined) {
    const message = `${formatAddresses(addresses)} are in different pools; request addresses of one pool.`;
    return refuse(
      conditionFalse('AddressNotInPool', message),
      `${quoteAddresses(addresses)} are not in one pool`,
    );
  }
  const refusal: LedgerRefusal = { code: 'not-in-pool', address, pool };
  const condition = conditionForRefusal(refusal);
  return refuse(
    { ...condition, message: `${condition.message}${invalidPoolsHint(task.poolSet)}` },
    eventCauseOf(refusal),
  );
}

function isInvalidPool(task: AllocationTask, name: string): boolean {
  const state = task.poolSet.byName.get(name);
  return state !== undefined && !isValidPool(state);
}

/** A Service can have one address of each family of its cluster IPs, and must request all of them or none. */
export function findRequestProblem(
  addresses: readonly Address[],
  families: readonly Family[],
): AssignedCondition | null {
  if (addresses.length > 2) {
    return conditionFalse(
      'InvalidRequest',
      'More than two addresses are requested; a Service can have one of each family.',
    );
  }
  const unusable = addresses.flatMap((address) => {
    const special = unusableByService(address);
    return special === null ? [] : [{ address, special }];
  });
  if (unusable[0] !== undefined) {
    const { address, special } = unusable[0];
    return conditionFalse(
      'InvalidRequest',
      `${formatAddresses([address])} is requested, which is ${special.one} (${formatRange(special.range)}): no Service can have it.`,
    );
  }
  const requestedFamilies = addresses.map((address) => address.family);
  if (requestedFamilies.length === 2 && requestedFamilies[0] === requestedFamilies[1]) {
    return conditionFalse(
      'InvalidRequest',
      `Two ${formatFamily(requestedFamilies[0] ?? 4)} addresses are requested; a Service can have one of each family.`,
    );
  }
  if (
    requestedFamilies.length === families.length &&
    requestedFamilies.every((family) => families.includes(family))
  )
    return null;
  const familyNames = families.map(formatFamily).join(' and ');
  return conditionFalse(
    'FamilyMismatch',
    `${formatAddresses(addresses)} is requested, but the cluster IPs are ${familyNames}; request ${families.length === 1 ? `an ${familyNames} address` : 'one address of each of these families'}.`,
  );
}
