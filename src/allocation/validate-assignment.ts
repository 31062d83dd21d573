/**
 * Validates the current assignment of a Service against its pool and the families of its cluster IPs: what it may keep,
 * whatever else it requests. What cannot be known takes no address away: an invalid pool, or one in its grace period,
 * keeps its holders. Of two addresses only the invalid one is lost.
 */
import type { Address, Family } from '../net/address.ts';
import { type AssignedCondition, conditionTrue } from './condition-reasons.ts';
import { type AllocationTask, quoteAddresses } from './context.ts';
import type { HeldAssignment } from './current-assignment.ts';
import { formatAddresses, includesAddress } from './ingress-status.ts';
import { offersAddress } from './pool-addresses.ts';
import { requestedPoolOf } from './pool-lookup.ts';
import {
  type ActivePool,
  explainExclusion,
  isActivePool,
  isValidPool,
  poolsByAge,
} from './pool-selection.ts';
import { quote } from './quote.ts';
import { eventCauseOf } from './refusal-text.ts';
import { moveClaim } from './shared-claim.ts';

export type RetainedAssignment = {
  readonly kind: 'retained';
  readonly addresses: readonly Address[];
  readonly pool: string;
  /** Set where the pool cannot confirm the addresses now: the condition for the addresses that are kept. */
  readonly conditionFor: ((addresses: readonly Address[]) => AssignedCondition) | null;
  /** Why some addresses were released; null where the Service requested that, or none were. */
  readonly clearedCause: string | null;
};

/** All addresses are released; `cause` is null where their families have no cluster IP. */
export type ReleasedAssignment = { readonly kind: 'released'; readonly cause: string | null };

export type AssignmentValidation = RetainedAssignment | ReleasedAssignment;

/** First the families, so that an address that goes with its cluster IP does not decide about the other one. */
export function validateAssignment(task: AllocationTask, current: HeldAssignment): AssignmentValidation {
  const addresses = retainFamilies(task, current.addresses);
  if (addresses.length === 0) return releaseAll(task, current.clearedCause);
  const validation = validateAgainstPool(task, { ...current, addresses });
  return validation.kind === 'released' ? releaseAll(task, validation.cause) : validation;
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
  const inRequestedPool = moveToRequestedPool(task, current);
  if (inRequestedPool !== null) return inRequestedPool;
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

/**
 * Another pool is requested: where it contains the addresses as well, the Service keeps them. So it does while that pool is
 * invalid, since nobody knows what it contains. Null where the present pool decides.
 */
function moveToRequestedPool(task: AllocationTask, current: HeldAssignment): AssignmentValidation | null {
  const requested = requestedPoolOf(task);
  if (requested === undefined || requested.name === current.pool) return null;
  if (!isActivePool(requested)) return retain(current);
  return poolAccepts(task, requested, current.addresses) ? reassignPool(task, current, requested.name) : null;
}

function validateMissingPool(task: AllocationTask, current: HeldAssignment): AssignmentValidation {
  // The condition names the requested pool: a grace period begins anew with each process, and so does not decide here.
  const requested = requestedPoolOf(task);
  if (requested !== undefined && !isValidPool(requested)) return retain(current);
  if (task.isInGrace(current.pool)) {
    const explanation = `although pool ${quote(current.pool)} was deleted. Restore the pool before its grace period ends.`;
    return retain(current, (retained) =>
      conditionTrue('PoolGone', `Keeps ${formatAddresses(retained)} for now, ${explanation}`),
    );
  }
  return moveToMatchingPool(task, current) ?? released(`pool ${quote(current.pool)} was deleted`);
}

/** The pool no longer grants all of the addresses; `stillGranted` are those that it does. */
function handleStranded(
  task: AllocationTask,
  current: HeldAssignment,
  stillGranted: readonly Address[],
): AssignmentValidation {
  const moved = moveToMatchingPool(task, current);
  if (moved !== null) return moved;
  const removed = current.addresses.filter((address) => !includesAddress(stillGranted, address));
  const cause = `${quoteAddresses(removed)} is not allowed in config: pool ${quote(current.pool)} does not contain it any more`;
  if (stillGranted.length === 0) return released(cause);
  for (const address of removed) task.tx.release(task.service.key, address);
  const remaining = { ...current, addresses: stillGranted, clearedCause: cause };
  // The requested pool may contain what is left, though not all that there was.
  return moveToRequestedPool(task, remaining) ?? retain(remaining);
}

/** The same addresses in another pool, unless the Service requests a pool; null where there is none. */
function moveToMatchingPool(task: AllocationTask, current: HeldAssignment): AssignmentValidation | null {
  if (task.request.pool !== null) return null;
  const pool = acceptingPool(task, current.addresses, ({ name }) => name !== current.pool);
  return pool === null ? null : reassignPool(task, current, pool);
}

/**
 * The name of the oldest pool, of those that `mayTake` is true for, in which the Service may have all of the addresses; null where
 * there is none.
 */
export const acceptingPool = (
  task: AllocationTask,
  addresses: readonly Address[],
  mayTake: (pool: ActivePool) => boolean = () => true,
): string | null =>
  poolsByAge(task.poolSet).find((pool) => mayTake(pool) && poolAccepts(task, pool, addresses))?.name ?? null;

/** Whether a Service may have all of these addresses in the pool, whoever else is on them. */
const poolAccepts = (task: AllocationTask, { active }: ActivePool, addresses: readonly Address[]): boolean =>
  addresses.every((address) => offersAddress(active, address)) &&
  explainExclusion(active, task.service, task.labelsOf) === null;

/** Only an address that others on it do not leave to the Service, by their ports or backends, is released. */
function reassignPool(task: AllocationTask, current: HeldAssignment, pool: string): AssignmentValidation {
  const moved: Address[] = [];
  let cause = current.clearedCause;
  for (const address of current.addresses) {
    const claimed = moveClaim(task, address, pool);
    if (claimed.ok) {
      moved.push(address);
      continue;
    }
    cause ??= eventCauseOf(claimed.error);
    task.tx.release(task.service.key, address);
  }
  return moved.length === 0
    ? released(cause)
    : { ...retain(current), addresses: moved, pool, clearedCause: cause };
}

/** Keeps one address of each family of the cluster IPs, and releases the rest. */
function retainFamilies(task: AllocationTask, addresses: readonly Address[]): readonly Address[] {
  const retained: Address[] = [];
  const missingFamilies = new Set<Family>(task.request.families);
  for (const address of addresses) {
    if (missingFamilies.delete(address.family)) retained.push(address);
    else task.tx.release(task.service.key, address);
  }
  return retained;
}
