/**
 * Decides about a Service with addresses that its pool lets it keep. Where it requests other ones, these are assigned first,
 * and only then what it has is released. Where they cannot be assigned, it keeps what it has, says why, and waits.
 * `--unmet-requests=release` releases at once, as MetalLB does.
 */
import { err, type Result } from '../base/result.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import type { WaitTarget } from '../ipam/waiters.ts';
import { assignAddresses } from './assign.ts';
import { assignedDecision } from './assigned-decision.ts';
import { completeAssignment } from './complete-assignment.ts';
import { conditionFalse } from './condition-reasons.ts';
import { type AllocationTask, keepsUnmetRequests, type OverlookedInputs } from './context.ts';
import { type AllocationDecision, type EventDraft, NO_ASSIGNMENT } from './decision.ts';
import { clearedEvent, unmetRequestEvent } from './decision-events.ts';
import type { Assignment, AssignmentRefusal } from './pool-lookup.ts';
import { isActivePool } from './pool-selection.ts';
import { eventCauseOf } from './refusal-text.ts';
import { requestsOther } from './request.ts';
import { keepUnshared, updateClaims } from './shared-claim.ts';
import { findUnmetRequest, refusedRequest, type UnmetRequest } from './unmet-request.ts';
import type { RetainedAssignment } from './validate-assignment.ts';

export function decideRetained(task: AllocationTask, retained: RetainedAssignment): AllocationDecision {
  const events = retained.clearedCause === null ? [] : [clearedEvent(task, retained.clearedCause)];
  let unmet = findUnmetRequest(task);
  if (unmet === null && requestsOther(task.request, retained)) {
    const moved = assignInstead(task);
    if (moved.ok) return assignedDecision(task, moved.value, events);
    unmet = refusedRequest(moved.error);
  }
  if (unmet === null && task.overlooked !== null && isKnownPool(task, retained.pool)) {
    const better = reconsider(task, retained, task.overlooked);
    if (better.ok) return assignedDecision(task, better.value, events);
  }
  if (unmet !== null && !keepsAgainst(task, unmet)) return releaseFor(task, unmet, events);
  const claimed = updateClaims(task, retained);
  return claimed.ok
    ? completeAssignment(task, retained, unmet)
    : leaveSharedAddress(task, retained, claimed.error, unmet);
}

/** Assigns what is requested in place of what the Service has; an error changes nothing. */
const assignInstead = (task: AllocationTask): Result<Assignment, AssignmentRefusal> =>
  task.tx.attempt(() => {
    task.tx.release(task.service.key);
    return assignAddresses(task);
  });

/** What would be assigned to the Service if it had nothing, where that is in a pool that was overlooked. */
const reconsider = (
  task: AllocationTask,
  { addresses, pool }: Assignment,
  overlooked: OverlookedInputs,
): Result<Assignment, null> =>
  task.tx.attempt(() => {
    task.tx.release(task.service.key);
    const assigned = assignAddresses(task);
    if (!assigned.ok || !isOverlooked(task, assigned.value.pool, overlooked)) return err(null);
    const isBetter = assigned.value.pool !== pool || assigned.value.addresses.length > addresses.length;
    return isBetter ? assigned : err(null);
  });

function isOverlooked(task: AllocationTask, pool: string, { pools, namespaces }: OverlookedInputs): boolean {
  const selectors = task.poolSet.byName.get(pool)?.active?.serviceAllocation?.namespaceSelectors ?? [];
  return pools.has(pool) || (namespaces && selectors.length > 0);
}

/** A Service of a pool that is missing keeps what it has: a list may have left that pool out, and it may still be the choice. */
function isKnownPool(task: AllocationTask, pool: string): boolean {
  const state = task.poolSet.byName.get(pool);
  return state !== undefined && isActivePool(state);
}

/** MetalLB too keeps an address while the request is unreadable; and nobody knows what an invalid pool contains. */
function keepsAgainst(task: AllocationTask, { kind }: UnmetRequest): boolean {
  if (keepsUnmetRequests(task) || kind === 'unreadable') return true;
  const requested = task.request.pool === null ? undefined : task.poolSet.byName.get(task.request.pool);
  return requested !== undefined && !isActivePool(requested);
}

/** Others on an address do not share it with this Service any more, by its present sharing key, backend or ports. */
function leaveSharedAddress(
  task: AllocationTask,
  retained: RetainedAssignment,
  conflict: LedgerRefusal,
  unmetBefore: UnmetRequest | null,
): AllocationDecision {
  const cause = eventCauseOf(conflict);
  let unmet = unmetBefore;
  if (unmet === null) {
    const moved = assignInstead(task);
    if (moved.ok) return assignedDecision(task, moved.value, [clearedEvent(task, cause)]);
    unmet = refusedRequest(moved.error);
  }
  if (keepsUnmetRequests(task) && keepUnshared(task, retained))
    return completeAssignment(task, retained, unsharedRequest(retained, unmet, cause));
  return releaseFor(task, unmet, [clearedEvent(task, cause)]);
}

/** The Service stays on an address for want of another one. */
function unsharedRequest(
  { addresses }: Assignment,
  { condition, waitTargets }: UnmetRequest,
  cause: string,
): UnmetRequest {
  const addressWaits = addresses.map((address): WaitTarget => ({ kind: 'address', address }));
  const because =
    'Other Services on it have another metallb.io/allow-shared-ip, and no other address is available.';
  return refusedRequest({
    condition: conditionFalse('SharingRefused', `${because} ${condition.message}`),
    cause,
    waitTargets: [...addressWaits, ...waitTargets],
  });
}

function releaseFor(
  task: AllocationTask,
  unmet: UnmetRequest,
  events: readonly EventDraft[],
): AllocationDecision {
  task.tx.release(task.service.key);
  return refusedDecision(task, unmet, events);
}

/** The decision for a Service that has no address, and gets none. */
export const refusedDecision = (
  task: AllocationTask,
  unmet: UnmetRequest,
  events: readonly EventDraft[],
): AllocationDecision => ({
  ...NO_ASSIGNMENT,
  owner: 'berth',
  condition: unmet.condition,
  events: [...events, unmetRequestEvent(task, unmet, unmet.condition)],
  waitTargets: unmet.waitTargets,
});
