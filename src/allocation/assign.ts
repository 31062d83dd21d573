/**
 * Assigns addresses to a Service that has none: the requested addresses, else addresses of the requested pool, else of
 * the first pool that has some. They are reserved in the open transaction; before a refusal all are released.
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
import { type ActivePool, candidatePoolGroups, candidatePools, isValidPool } from './pool-selection.ts';
import { eventCauseOf, formatFamily } from './refusal-text.ts';
import type { ServiceRequest } from './request.ts';

/** Where none is requested, the addresses are of all families of `needed` at least. */
export function assignAddresses(
  task: AllocationTask,
  needed: readonly Family[] = [],
): Result<Assignment, AssignmentRefusal> {
  // First problems of the request itself, which do not depend on the pools.
  const requestProblem =
    task.request.addresses === null
      ? null
      : findRequestProblem(task.request.addresses, task.request.families);
  if (requestProblem !== null) return refuse(requestProblem, requestProblem.message.replace(/\.$/, ''), []);
  if (task.poolSet.byName.size === 0) {
    return refuse(
      conditionFalse(
        'NoPools',
        `There is no IPAddressPool in the namespace ${task.options.poolNamespace}. Create one there.`,
      ),
      'no pools are configured',
    );
  }
  const { addresses, pool } = task.request;
  if (addresses === null) {
    const choices = familyChoices(task.request, needed);
    return pool === null ? assignFromAnyPool(task, choices) : assignFromPool(task, pool, choices);
  }
  const granted = assignRequested(task, addresses);
  return granted.ok || pool === null ? granted : withInvalidPoolCondition(task, pool, granted);
}

/** Sets of families, of which a Service gets the first that a pool has. */
export type FamilyChoices = readonly (readonly Family[])[];

/** PreferDualStack: both, then the primary family, then the other. Each choice has all families of `needed`. */
export function familyChoices(
  { families, familyPolicy }: Pick<ServiceRequest, 'families' | 'familyPolicy'>,
  needed: readonly Family[],
): FamilyChoices {
  const isOneEnough = familyPolicy === 'prefer' && families.length === 2;
  const choices = isOneEnough ? [families, ...families.map((one) => [one])] : [families];
  return choices.filter((choice) => needed.every((family) => choice.includes(family)));
}

function assignFromPool(
  task: AllocationTask,
  name: string,
  choices: FamilyChoices,
): Result<Assignment, AssignmentRefusal> {
  const pool = lookUpPool(task, name);
  if (!pool.ok) return withInvalidPoolCondition(task, name, pool);
  for (const families of choices) {
    const allocated = allocateFamilies(task, name, families);
    if (allocated.ok) return ok({ addresses: allocated.value, pool: name });
  }
  const waitTargets = [...poolWaits(name, task.request.families), ...sharingWaits(task), ANY_POOL];
  const refusal = refuseExhausted(choices, [pool.value], waitTargets);
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

/** One more address, from the pool that the Service has an address of. The error says what to wait for. */
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
 * Addresses of both families from another pool, for a Service that requires both and whose own pool lacks one. What it
 * had is released then. Null where no pool has both, and the Service keeps what it has.
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

/** What a Service waits for that would move to another pool. */
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

// --- any pool

function assignFromAnyPool(
  task: AllocationTask,
  choices: FamilyChoices,
): Result<Assignment, AssignmentRefusal> {
  const groups = candidatePoolGroups(task.poolOrder, task.service, task.labelsOf);
  for (const group of groups) {
    for (const families of choices) {
      for (const { name } of group) {
        const allocated = allocateFamilies(task, name, families);
        if (allocated.ok) return ok({ addresses: allocated.value, pool: name });
      }
    }
  }
  const pools = groups.flat();
  const waitTargets = [
    ...pools.flatMap(({ name }) => poolWaits(name, task.request.families)),
    ...sharingWaits(task),
    ANY_POOL,
  ];
  // The last valid version of an invalid pool is known to this process only: the condition leaves it out.
  const valid = pools.filter(isValidPool);
  return valid.length === 0 ? refuseNoMatch(task, waitTargets) : refuseExhausted(choices, valid, waitTargets);
}

function refuseNoMatch(
  task: AllocationTask,
  waitTargets: readonly WaitTarget[],
): Result<never, AssignmentRefusal> {
  const hint =
    invalidPoolsHint(task.poolSet) ||
    ' Pools with autoAssign false need the annotation metallb.io/address-pool; a serviceAllocation must match the Service.';
  return refuse(
    conditionFalse('NoPoolMatches', `No pool assigns addresses to this Service automatically.${hint}`),
    'no pool is automatically assigned to this service',
    waitTargets,
  );
}

/** Does not say which family is exhausted: that would rewrite the condition whenever another Service comes or goes. */
function refuseExhausted(
  choices: FamilyChoices,
  pools: readonly ActivePool[],
  waitTargets: readonly WaitTarget[],
): { readonly ok: false; readonly error: AssignmentRefusal } {
  const where = listPools(pools.map(({ name }) => name));
  const singles = choices.filter(({ length }) => length === 1).flat();
  // One family of these is enough; else all are needed.
  const families = singles.length > 0 ? singles : [...new Set(choices.flat())];
  const isAny = singles.length > 0;
  const lacking = families.filter((family) => !pools.some((pool) => hasFamily(pool, family)));
  if (isAny ? lacking.length === families.length : lacking.length > 0) {
    const lacksText = lacking.map(formatFamily).join(' or ');
    return refuse(
      conditionFalse(
        'PoolLacksFamily',
        `There is no ${lacksText} range in ${where}. Add one, or request another pool.`,
      ),
      `no ${lacksText} range in ${where}`,
      waitTargets,
    );
  }
  const names = families.map(formatFamily);
  const what = isAny
    ? `No ${names.join(' or ')} address is free in ${where}`
    : `${names.join(' and ')} addresses are not both free in ${pools.length === 1 ? where : `any one of ${where}`}`;
  return refuse(
    conditionFalse(
      'PoolExhausted',
      `${what}. The Service gets one when an address is released or a pool grows.`,
    ),
    `no available IPs in ${where} for ${names.join(isAny ? ' or ' : ' and ')}`,
    waitTargets,
  );
}

const hasFamily = ({ active }: ActivePool, family: Family): boolean =>
  active.ranges.some((range) => range.family === family);
