/**
 * Whether what a Service holds is still what it may and wants to hold. Nothing is ever taken away because
 * something cannot be known: a pool that cannot be read, or that has only just gone, keeps its holders. And
 * nothing moves that need not: where one of two addresses has to go, the other one stays.
 */
import type { Address, Family } from '../net/address.ts';
import { type AssignedCondition, conditionTrue } from './condition-reasons.ts';
import { type AllocationTask, claimOf, quoteAddresses } from './context.ts';
import type { HeldAssignment } from './current-assignment.ts';
import { formatAddresses, includesAddress, sameAddresses } from './ingress-status.ts';
import { offersAddress } from './pool-addresses.ts';
import { type ActivePool, explainExclusion, isActivePool, poolsByAge } from './pool-selection.ts';
import { quote } from './quote.ts';
import { eventCauseOf } from './refusal-text.ts';

export type RetainedAssignment = {
  readonly kind: 'retained';
  readonly addresses: readonly Address[];
  readonly pool: string;
  /** Set where the pool cannot vouch for the addresses at the moment: what is said of what it keeps. */
  readonly conditionFor: ((addresses: readonly Address[]) => AssignedCondition) | null;
  /** Why some of what it held had to be released; null where that was its own wish, or nothing was. */
  readonly clearedCause: string | null;
};

/** Released; `cause` is null where the Service itself asked for something else. */
export type ReleasedAssignment = { readonly kind: 'released'; readonly cause: string | null };

export type AssignmentValidation = RetainedAssignment | ReleasedAssignment;

export function validateAssignment(task: AllocationTask, current: HeldAssignment): AssignmentValidation {
  const retained = validateAgainstPool(task, current);
  if (retained.kind === 'released') return releaseAll(task, retained.cause);
  const addresses = retainFamilies(task, retained.addresses);
  const { addresses: requestedAddresses } = task.request;
  if (
    addresses.length === 0 ||
    (requestedAddresses !== null && !sameAddresses(requestedAddresses, addresses))
  ) {
    return releaseAll(task, retained.clearedCause);
  }
  const claimUpdate = task.tx.updateClaim(task.service.key, task.request.sharing, task.request.ports);
  if (!claimUpdate.ok) return releaseAll(task, eventCauseOf(claimUpdate.error));
  return { ...retained, addresses };
}

const retain = (
  { addresses, pool, clearedCause }: HeldAssignment,
  conditionFor: RetainedAssignment['conditionFor'] = null,
): RetainedAssignment => ({
  kind: 'retained',
  addresses,
  pool,
  conditionFor,
  clearedCause,
});

const released = (cause: string | null): ReleasedAssignment => ({ kind: 'released', cause });

function releaseAll(task: AllocationTask, cause: string | null): ReleasedAssignment {
  task.tx.release(task.service.key);
  return released(cause);
}

function validateAgainstPool(task: AllocationTask, current: HeldAssignment): AssignmentValidation {
  // Of a request that cannot be read nothing takes effect, or half of it would take away what the whole might not.
  const requestedPool = task.request.parseError === null ? task.request.pool : null;
  if (requestedPool !== null && requestedPool !== current.pool)
    return moveToRequestedPool(task, current, requestedPool);
  const state = task.poolSet.byName.get(current.pool);
  if (state === undefined) return validateMissingPool(task, current);
  if (!isActivePool(state)) return retain(current);
  if (explainExclusion(state.active, task.service, task.labelsOf) !== null) {
    return moveToMatchingPool(task, current) ?? released(poolNotCompatibleCause(current.pool));
  }
  const stillGranted = current.addresses.filter((address) => offersAddress(state.active, address));
  return stillGranted.length === current.addresses.length
    ? retain(current)
    : handleStranded(task, current, stillGranted);
}

const poolNotCompatibleCause = (pool: string): string => `pool ${pool} not compatible for ip assignment`;

/** Another pool is asked for; where it holds the addresses as well, they only change their home. */
function moveToRequestedPool(
  task: AllocationTask,
  current: HeldAssignment,
  requestedPool: string,
): AssignmentValidation {
  const state = task.poolSet.byName.get(requestedPool);
  if (state === undefined) return released(null);
  if (!isActivePool(state)) {
    const explanation = `pool ${quote(requestedPool)}, which it asks for, cannot be read as it is now. It moves when that pool is mended.`;
    return retain(current, (retained) =>
      conditionTrue('PoolInvalid', `Keeps ${formatAddresses(retained)}: ${explanation}`),
    );
  }
  return poolAccepts(task, state, current.addresses)
    ? reassignPool(task, current, requestedPool)
    : released(null);
}

function validateMissingPool(task: AllocationTask, current: HeldAssignment): AssignmentValidation {
  if (task.isInGrace(current.pool)) {
    const explanation = `for now, although pool ${quote(current.pool)} was deleted; put the pool back before the grace period ends.`;
    return retain(current, (retained) =>
      conditionTrue('PoolGone', `Keeps ${formatAddresses(retained)} ${explanation}`),
    );
  }
  return moveToMatchingPool(task, current) ?? released(`pool "${current.pool}" is gone`);
}

/** The pool does not list all of the addresses any more, or avoids one now: `inside` are the others. */
function handleStranded(
  task: AllocationTask,
  current: HeldAssignment,
  stillGranted: readonly Address[],
): AssignmentValidation {
  const moved = moveToMatchingPool(task, current);
  if (moved !== null) return moved;
  const removed = current.addresses.filter((address) => !includesAddress(stillGranted, address));
  const cause = `${quoteAddresses(removed)} is not allowed in config: pool "${current.pool}" does not contain it any more`;
  if (stillGranted.length === 0) return released(cause);
  for (const address of removed) task.tx.release(task.service.key, address);
  return { ...retain(current), addresses: stillGranted, clearedCause: cause };
}

/** The same addresses under another pool, where the Service does not insist on the one that it had. */
function moveToMatchingPool(task: AllocationTask, current: HeldAssignment): AssignmentValidation | null {
  if (task.request.pool !== null) return null;
  const matchingPool = poolsByAge(task.poolSet).find(
    (state) => state.name !== current.pool && poolAccepts(task, state, current.addresses),
  );
  return matchingPool === undefined ? null : reassignPool(task, current, matchingPool.name);
}

const poolAccepts = (task: AllocationTask, { active }: ActivePool, addresses: readonly Address[]): boolean =>
  addresses.every((address) => offersAddress(active, address)) &&
  explainExclusion(active, task.service, task.labelsOf) === null;

function reassignPool(task: AllocationTask, current: HeldAssignment, pool: string): AssignmentValidation {
  const claim = claimOf(task);
  for (const address of current.addresses) {
    const adopted = task.tx.adopt(claim, address, pool, { force: false });
    if (!adopted.ok) return released(eventCauseOf(adopted.error));
  }
  return { ...retain(current), pool };
}

/** One address of each family of the cluster IPs; what is over is released, what is left stays where it is. */
function retainFamilies(task: AllocationTask, addresses: readonly Address[]): readonly Address[] {
  const retained: Address[] = [];
  const missingFamilies = new Set<Family>(task.request.families);
  for (const address of addresses) {
    if (missingFamilies.delete(address.family)) retained.push(address);
    else task.tx.release(task.service.key, address);
  }
  return retained;
}
