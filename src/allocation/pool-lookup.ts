/** Looks up a requested pool: whether it exists, is active, and admits the Service. Builds the refusals of assignments. */
import { err, ok, type Result } from '../base/result.ts';
import { closestMatch, quoteList } from '../base/text.ts';
import type { PoolSet, PoolState } from '../config/pool/pool-set.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import type { WaitTarget } from '../ipam/waiters.ts';
import type { Address } from '../net/address.ts';
import { type AssignedCondition, conditionFalse } from './condition-reasons.ts';
import type { AllocationDenial, AllocationTask } from './context.ts';
import { type ActivePool, explainExclusion, isActivePool, isValidPool } from './pool-selection.ts';
import { quote } from './quote.ts';
import { conditionForRefusal, eventCauseOf } from './refusal-text.ts';

export type Assignment = { readonly addresses: readonly Address[]; readonly pool: string };

export type AssignmentRefusal = AllocationDenial & { readonly waitTargets: readonly WaitTarget[] };

export const ANY_POOL: WaitTarget = { kind: 'any-pool' };

export const refuse = (
  condition: AssignedCondition,
  cause: string,
  waitTargets: readonly WaitTarget[] = [ANY_POOL],
): { readonly ok: false; readonly error: AssignmentRefusal } => ({
  ok: false,
  error: { condition, cause, waitTargets },
});

/** The pool that the Service requests, valid or not. An invalid request has no effect: half of it could take an address away. */
export const requestedPoolOf = ({ poolSet, request }: AllocationTask): PoolState | undefined =>
  request.parseError !== null || request.pool === null ? undefined : poolSet.byName.get(request.pool);

/** The active pool of that name, if it admits this Service. */
export function lookUpPool(task: AllocationTask, name: string): Result<ActivePool, AssignmentRefusal> {
  const state = task.poolSet.byName.get(name);
  if (state === undefined) {
    const refusal: LedgerRefusal = { code: 'no-such-pool', pool: name };
    const condition = conditionForRefusal(refusal);
    const similar = closestMatch(name, task.poolSet.byName.keys());
    const message =
      similar === null ? condition.message : `${condition.message} Did you mean ${quote(similar)}?`;
    return refuse({ ...condition, message }, eventCauseOf(refusal));
  }
  if (!isActivePool(state)) return refuse(invalidPoolCondition(name), `pool ${quote(name)} is invalid`);
  const exclusion = explainExclusion(state.active, task.service, task.labelsOf);
  if (exclusion === null) return ok(state);
  return refuse(
    conditionFalse('PoolNotCompatible', `Pool ${quote(name)} is not for this Service: ${exclusion}.`),
    `pool ${name} not compatible for ip assignment`,
  );
}

const invalidPoolCondition = (name: string): AssignedCondition =>
  conditionFalse(
    'PoolInvalid',
    `Pool ${quote(name)} is invalid. The Service gets an address when the pool is fixed and has a free one.`,
  );

/**
 * The refusal by a pool of which only the last valid version is active. A process that started later does not know that
 * version, and must set the same condition.
 */
export function withInvalidPoolCondition(
  task: AllocationTask,
  name: string,
  { error }: { error: AssignmentRefusal },
): Result<never, AssignmentRefusal> {
  const state = task.poolSet.byName.get(name);
  return state === undefined || isValidPool(state)
    ? err(error)
    : err({ ...error, condition: invalidPoolCondition(name) });
}

/** Pools that a message names; it leaves out the rest. */
const POOLS_LISTED_MAX = 5;

export function listPools(pools: readonly string[]): string {
  const listed = quoteList(pools.slice(0, POOLS_LISTED_MAX));
  const noun = pools.length === 1 ? 'pool' : 'pools';
  return pools.length > POOLS_LISTED_MAX ? `${noun} ${listed} and others` : `${noun} ${listed}`;
}

/** A sentence to append that names the invalid pools; '' where all are valid. */
export function invalidPoolsHint(poolSet: PoolSet): string {
  const names = [...poolSet.byName.values()].filter((state) => !isValidPool(state)).map(({ name }) => name);
  if (names.length === 0) return '';
  const pools = listPools(names);
  const [be, object] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return ` ${pools.charAt(0).toUpperCase()}${pools.slice(1)} ${be} invalid; fix ${object}.`;
}
