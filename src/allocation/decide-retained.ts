/**
 * Decides about a Service with addresses that its pool lets it keep. Where it requests other ones, these are assigned first,
 * and only then what it has is released. Where they cannot be assigned, it keeps what it has, says why, and waits.
 * `--unmet-requests=release` releases at once, as MetalLB does.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import type { WaitTarget } from '../ipam/waiters.ts';
import type { Address, Family } from '../net/address.ts';
import { allocateMissingFamily, assignAddresses } from './assign.ts';
import { assignedDecision, findMissingFamily } from './assigned-decision.ts';
import { completeAssignment, inRequestedOrder } from './complete-assignment.ts';
import { conditionFalse } from './condition-reasons.ts';
import { type AllocationTask, keepsUnmetRequests, type OverlookedInputs } from './context.ts';
import { type AllocationDecision, type EventDraft, NO_ASSIGNMENT } from './decision.ts';
import { clearedEvent, unmetRequestEvent } from './decision-events.ts';
import { includesAddress } from './ingress-status.ts';
import { type Assignment, type AssignmentRefusal, refuse, requestedPoolOf } from './pool-lookup.ts';
import { isActivePool } from './pool-selection.ts';
import { quote } from './quote.ts';
import { eventCauseOf } from './refusal-text.ts';
import { requestsOther } from './request.ts';
import { claimKeepable, NOTHING_KEPT, UNSHARED_REASON, updateClaims } from './shared-claim.ts';
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
  if (unmet !== null && !keepsAgainstRequest(task)) return releaseFor(task, unmet, events);
  const claimed = updateClaims(task, retained);
  return claimed.ok
    ? completeAssignment(task, retained, unmet)
    : leaveSharedAddress(task, retained, claimed.error, unmet);
}

/** Assigns other addresses in place of what the Service has, of the `needed` families at least; an error changes nothing. */
const assignInstead = (
  task: AllocationTask,
  needed: readonly Family[] = [],
): Result<Assignment, AssignmentRefusal> =>
  task.tx.attempt(() => {
    task.tx.release(task.service.key);
    return assignAddresses(task, needed);
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
const keepsAgainstRequest = (task: AllocationTask): boolean =>
  keepsUnmetRequests(task) || task.request.parseError !== null || requestedPoolOf(task)?.active === null;

/**
 * Others on an address do not share it with this Service any more, by its present sharing key, backend or ports. What
 * nobody contests is kept, and so is an address whose other holders differ in the key only, until there is another one.
 */
function leaveSharedAddress(
  task: AllocationTask,
  retained: RetainedAssignment,
  conflict: LedgerRefusal,
  unmetBefore: UnmetRequest | null,
): AllocationDecision {
  const cause = eventCauseOf(conflict);
  const { uncontested, staying } = keepsUnmetRequests(task) ? claimKeepable(task, retained) : NOTHING_KEPT;
  let unmet = unmetBefore;
  if (unmet === null) {
    const replacesOneOfTwo = uncontested.length > 0 && task.request.addresses === null;
    // No address is given up for one of the other family.
    const moved = replacesOneOfTwo
      ? replaceOneOfTwo(task, retained, uncontested)
      : assignInstead(task, familiesOf(staying));
    if (moved.ok) return assignedDecision(task, moved.value, [clearedEvent(task, cause)]);
    unmet = refusedRequest(moved.error);
  }
  if (staying.length === 0) return releaseFor(task, unmet, [clearedEvent(task, cause)]);
  releaseOthers(task, retained, staying);
  const isPart = staying.length < retained.addresses.length;
  const kept = { ...retained, addresses: staying, clearedCause: isPart ? cause : retained.clearedCause };
  if (staying.length > uncontested.length)
    return completeAssignment(task, kept, unsharedRequest(kept, unmet, cause));
  return completeAssignment(task, kept, unmetBefore ?? (task.request.addresses === null ? null : unmet));
}

/** Another address in place of the one of two that is contested; the other one stays. */
const replaceOneOfTwo = (
  task: AllocationTask,
  { addresses, pool }: Assignment,
  uncontested: readonly Address[],
): Result<Assignment, AssignmentRefusal> =>
  task.tx.attempt(() => {
    releaseOthers(task, { addresses, pool }, uncontested);
    const missing = findMissingFamily(task, uncontested);
    const added =
      missing === null || !isKnownPool(task, pool) ? null : allocateMissingFamily(task, pool, missing);
    if (added?.ok) return ok({ addresses: inRequestedOrder(task, [...uncontested, added.value]), pool });
    const message = `No other address is free in pool ${quote(pool)}.`;
    return refuse(conditionFalse('PoolExhausted', message), message, added?.error.waitTargets);
  });

const familiesOf = (addresses: readonly Address[]): readonly Family[] =>
  addresses.map(({ family }) => family);

function releaseOthers(
  { tx, service }: AllocationTask,
  { addresses }: Assignment,
  kept: readonly Address[],
): void {
  for (const address of addresses) if (!includesAddress(kept, address)) tx.release(service.key, address);
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
    condition: conditionFalse(UNSHARED_REASON, `${because} ${condition.message}`),
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
