/**
 * Finds addresses for a Service that has none: those it asks for, or from the pool it asks for, or from the
 * first pool that can serve it. Everything is reserved in the open transaction; what was reserved on the way to
 * a refusal is given back before the refusal is returned.
 */
import { ok, type Result } from '../base/result.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import type { WaitTarget } from '../ipam/waiters.ts';
import type { Address, Family } from '../net/address.ts';
import { assignRequested, findRequestProblem } from './assign-requested.ts';
import { conditionFalse } from './condition-reasons.ts';
import { type AllocationTask, claimOf } from './context.ts';
import {
  ANY_POOL,
  type Assignment,
  type AssignmentRefusal,
  invalidPoolsHint,
  listPools,
  lookUpPool,
  refuse,
  withInvalidPoolCondition,
} from './pool-lookup.ts';
import { type ActivePool, candidatePools, isValidPool } from './pool-selection.ts';
import { eventCauseOf, formatFamily } from './refusal-text.ts';
import type { ServiceRequest } from './request.ts';

export function assignAddresses(task: AllocationTask): Result<Assignment, AssignmentRefusal> {
  // First what lies with the Service alone, whatever pools there are.
  const requestProblem =
    task.request.addresses === null
      ? null
      : findRequestProblem(task.request.addresses, task.request.families);
  if (requestProblem !== null) return refuse(requestProblem, requestProblem.message.replace(/\.$/, ''), []);
  if (task.poolSet.byName.size === 0) {
    return refuse(
      conditionFalse('NoPools', 'There is no IPAddressPool to take an address from; create one.'),
      'no pools are configured',
    );
  }
  const { addresses, pool } = task.request;
  if (addresses === null) return pool === null ? assignFromAnyPool(task) : assignFromPool(task, pool);
  const granted = assignRequested(task, addresses);
  return granted.ok || pool === null ? granted : withInvalidPoolCondition(task, pool, granted);
}

/** Both families, or, where the second one is a preference only, whichever there is; the primary one first. */
export const familyChoices = ({ families, familyPolicy }: ServiceRequest): readonly (readonly Family[])[] =>
  familyPolicy === 'prefer' && families.length === 2
    ? [families, ...families.map((one) => [one])]
    : [families];

function assignFromPool(task: AllocationTask, name: string): Result<Assignment, AssignmentRefusal> {
  const pool = lookUpPool(task, name);
  if (!pool.ok) return withInvalidPoolCondition(task, name, pool);
  for (const families of familyChoices(task.request)) {
    const allocated = allocateFamilies(task, name, families);
    if (allocated.ok) return ok({ addresses: allocated.value, pool: name });
  }
  const waitTargets = [...poolWaits(name, task.request.families), ...sharingWaits(task), ANY_POOL];
  const refusal = refuseExhausted(task, [pool.value], waitTargets);
  return withInvalidPoolCondition(task, name, refusal);
}

/** All of these families from one pool, or none. */
function allocateFamilies(
  task: AllocationTask,
  pool: string,
  families: readonly Family[],
): Result<readonly Address[], LedgerRefusal> {
  const claim = claimOf(task);
  const allocated: Address[] = [];
  for (const family of families) {
    const address = task.tx.allocate(claim, pool, family);
    if (!address.ok) {
      for (const granted of allocated) task.tx.release(claim.holder, granted);
      return address;
    }
    allocated.push(address.value);
  }
  return ok(allocated);
}

/** One more family from the pool that the Service already has an address of; or what would make that possible. */
export function allocateMissingFamily(
  task: AllocationTask,
  pool: string,
  family: Family,
): Result<Address, { readonly cause: string; readonly waitTargets: readonly WaitTarget[] }> {
  const allocated = task.tx.allocate(claimOf(task), pool, family);
  return allocated.ok
    ? allocated
    : {
        ok: false,
        error: { cause: eventCauseOf(allocated.error), waitTargets: missingFamilyWaits(task, pool, family) },
      };
}

/**
 * Both families from another pool, for a Service that requires them and whose own pool has only one to give; what it
 * had is released only then. Null where no pool can, and then it keeps what it has.
 */
export function moveToOtherPool(task: AllocationTask, { addresses, pool }: Assignment): Assignment | null {
  for (const { name } of otherPools(task, pool)) {
    const allocated = allocateFamilies(task, name, task.request.families);
    if (!allocated.ok) continue;
    for (const address of addresses) task.tx.release(task.service.key, address);
    return { addresses: allocated.value, pool: name };
  }
  return null;
}

/** What would make that possible. */
export const otherPoolWaits = (task: AllocationTask, pool: string): readonly WaitTarget[] =>
  task.request.familyPolicy !== 'require' || task.request.pool !== null
    ? []
    : [...otherPools(task, pool).flatMap(({ name }) => poolWaits(name, task.request.families)), ANY_POOL];

const otherPools = (
  { request, poolOrder, service, labelsOf }: AllocationTask,
  pool: string,
): readonly ActivePool[] =>
  request.pool === null
    ? candidatePools(poolOrder, service, labelsOf).filter(({ name }) => name !== pool)
    : [];

export const missingFamilyWaits = (
  task: AllocationTask,
  pool: string,
  family: Family,
): readonly WaitTarget[] => [{ kind: 'pool', pool, family }, ...sharingWaits(task)];

const poolWaits = (pool: string, families: readonly Family[]): readonly WaitTarget[] =>
  families.map((family) => ({ kind: 'pool', pool, family }));

const sharingWaits = ({ request }: AllocationTask): readonly WaitTarget[] =>
  request.sharing.key === '' ? [] : [{ kind: 'sharing', key: request.sharing.key }];

// --- whichever pool can

function assignFromAnyPool(task: AllocationTask): Result<Assignment, AssignmentRefusal> {
  const pools = candidatePools(task.poolOrder, task.service, task.labelsOf);
  for (const families of familyChoices(task.request)) {
    for (const pool of pools) {
      const allocated = allocateFamilies(task, pool.name, families);
      if (allocated.ok) return ok({ addresses: allocated.value, pool: pool.name });
    }
  }
  const waitTargets = [
    ...pools.flatMap(({ name }) => poolWaits(name, task.request.families)),
    ...sharingWaits(task),
    ANY_POOL,
  ];
  // Those that are active in their last good version only are not known to everybody: what is said leaves them out.
  const valid = pools.filter(isValidPool);
  return valid.length === 0 ? refuseNoMatch(task, waitTargets) : refuseExhausted(task, valid, waitTargets);
}

function refuseNoMatch(
  task: AllocationTask,
  waitTargets: readonly WaitTarget[],
): Result<never, AssignmentRefusal> {
  const hint =
    invalidPoolsHint(task.poolSet) ||
    ' Pools with autoAssign false are given only on request (annotation metallb.io/address-pool), pools with a serviceAllocation only to those it lets in.';
  return refuse(
    conditionFalse('NoPoolMatches', `No pool serves this Service unasked.${hint}`),
    'no pool is automatically assigned to this service',
    waitTargets,
  );
}

/** What is said must not change with what the others have at the moment: so it is not said which family is full. */
function refuseExhausted(
  task: AllocationTask,
  pools: readonly ActivePool[],
  waitTargets: readonly WaitTarget[],
): { readonly ok: false; readonly error: AssignmentRefusal } {
  const { families, familyPolicy } = task.request;
  const where = listPools(pools.map(({ name }) => name));
  const lacking = families.filter((family) => !pools.some((pool) => hasFamily(pool, family)));
  const isLacking = familyPolicy === 'prefer' ? lacking.length === families.length : lacking.length > 0;
  if (isLacking) {
    const range = `No ${lacking.map(formatFamily).join(' or ')} range`;
    return refuse(
      conditionFalse('PoolLacksFamily', `${range} is in ${where}; add one, or ask for another pool.`),
      `no ${lacking.map(formatFamily).join(' or ')} range in ${where}`,
      waitTargets,
    );
  }
  const names = families.map(formatFamily);
  const isAny = familyPolicy === 'prefer' || families.length === 1;
  const what = isAny
    ? `No ${names.join(' or ')} address is free in ${where}`
    : `${names.join(' and ')} addresses are not both free in ${pools.length === 1 ? where : `any one of ${where}`}`;
  return refuse(
    conditionFalse(
      'PoolExhausted',
      `${what}. The Service is served when one is released there or a pool grows.`,
    ),
    `no available IPs in ${where} for ${names.join(isAny ? ' or ' : ' and ')}`,
    waitTargets,
  );
}

const hasFamily = ({ active }: ActivePool, family: Family): boolean =>
  active.ranges.some((range) => range.family === family);
