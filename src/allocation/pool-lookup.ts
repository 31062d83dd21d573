/** A pool by its name: whether it is there, can be read, and lets a Service in. And how a refusal is put together. */
import { err, ok, type Result } from '../base/result.ts';
import { quoteList } from '../base/text.ts';
import type { PoolSet } from '../config/pool/pool-set.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import type { WaitTarget } from '../ipam/waiters.ts';
import type { Address } from '../net/address.ts';
import { type AssignedCondition, conditionFalse } from './condition-reasons.ts';
import type { AllocationDenial, AllocationTask } from './context.ts';
import { type ActivePool, explainExclusion, isActivePool, isValidPool } from './pool-selection.ts';
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

/** The active pool of that name if it lets this Service in. */
export function lookUpPool(task: AllocationTask, name: string): Result<ActivePool, AssignmentRefusal> {
  const state = task.poolSet.byName.get(name);
  if (state === undefined) {
    const refusal: LedgerRefusal = { code: 'no-such-pool', pool: name };
    return refuse(conditionForRefusal(refusal), eventCauseOf(refusal));
  }
  if (!isActivePool(state)) return refuse(invalidPoolCondition(name), `pool "${name}" is invalid`);
  const exclusion = explainExclusion(state.active, task.service, task.labelsOf);
  if (exclusion === null) return ok(state);
  return refuse(
    conditionFalse('PoolNotCompatible', `Pool "${name}" is not for this Service: ${exclusion}.`),
    `pool ${name} not compatible for ip assignment`,
  );
}

const invalidPoolCondition = (name: string): AssignedCondition =>
  conditionFalse(
    'PoolInvalid',
    `Pool "${name}" cannot be read as it is now. The Service is served when the pool is mended and has an address for it.`,
  );

/**
 * What is said of a refusal by a pool that is active in its last good version only. A process that was started
 * since does not know that version, and both have to say the same.
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

/** Pools named in a message before the rest is left out. */
const POOLS_LISTED_MAX = 5;

export function listPools(pools: readonly string[]): string {
  const listed = quoteList(pools.slice(0, POOLS_LISTED_MAX));
  const noun = pools.length === 1 ? 'pool' : 'pools';
  return pools.length > POOLS_LISTED_MAX ? `${noun} ${listed} and others` : `${noun} ${listed}`;
}

/** Which pools cannot be read as they are now, as a sentence to add; '' where all can. */
export function invalidPoolsHint(poolSet: PoolSet): string {
  const names = [...poolSet.byName.values()].filter((state) => !isValidPool(state)).map(({ name }) => name);
  if (names.length === 0) return '';
  const pools = listPools(names);
  return ` ${pools.charAt(0).toUpperCase()}${pools.slice(1)} cannot be read as ${names.length === 1 ? 'it is' : 'they are'} now; mend ${names.length === 1 ? 'it' : 'them'}.`;
}
