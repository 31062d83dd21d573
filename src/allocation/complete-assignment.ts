/**
 * The decision for a Service whose current assignment is valid. It keeps its addresses, and a family that it lacks is
 * added from the same pool; a Service that requires both families may move to a pool that has both.
 */
import type { WaitTarget } from '../ipam/waiters.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { allocateMissingFamily, missingFamilyWaits, moveToOtherPool, otherPoolWaits } from './assign.ts';
import { assignedCondition, assignedDecision, findMissingFamily } from './assigned-decision.ts';
import type { AssignedCondition } from './condition-reasons.ts';
import { type AllocationTask, quoteKey } from './context.ts';
import { type AllocationDecision, type EventDraft, NO_ASSIGNMENT } from './decision.ts';
import { clearedEvent, unmetRequestEvent } from './decision-events.ts';
import { ANY_POOL } from './pool-lookup.ts';
import { isActivePool } from './pool-selection.ts';
import { UNSHARED_REASON } from './shared-claim.ts';
import { keptCondition, type UnmetRequest } from './unmet-request.ts';
import type { RetainedAssignment } from './validate-assignment.ts';

/** `unmet` is what the Service requests and cannot get: then it keeps what it has, and waits. */
export function completeAssignment(
  task: AllocationTask,
  retained: RetainedAssignment,
  unmet: UnmetRequest | null,
): AllocationDecision {
  const { pool, conditionFor } = retained;
  const addresses = inRequestedOrder(task, retained.addresses);
  const missing = findMissingFamily(task, addresses);
  const events = retained.clearedCause === null ? [] : [clearedEvent(task, retained.clearedCause)];
  const decisionWith = (
    condition: AssignedCondition,
    moreEvents: readonly EventDraft[] = [],
    waitTargets: readonly WaitTarget[] = [],
  ): AllocationDecision => ({
    owner: 'berth',
    condition,
    ...NO_ASSIGNMENT,
    addresses,
    pool,
    events: [...events, ...moreEvents],
    waitTargets,
  });
  if (unmet !== null) {
    const kept = keptCondition(unmet, { addresses, pool });
    const condition = conditionFor === null ? kept : urgentCondition(kept, conditionFor(addresses));
    // Whatever is wrong with the request, the pool that it names may be edited to list the addresses.
    return decisionWith(condition, [unmetRequestEvent(task, unmet, kept)], [...unmet.waitTargets, ANY_POOL]);
  }
  if (conditionFor !== null) return decisionWith(conditionFor(addresses), [], [ANY_POOL]);
  // A Service that requests one address of two families, and has it, has what it requested.
  if (missing === null || task.request.addresses !== null)
    return decisionWith(assignedCondition(task, { addresses, pool }, null));
  const oneFamily = assignedCondition(task, { addresses, pool }, missing);
  const state = task.poolSet.byName.get(pool);
  if (state === undefined || !isActivePool(state))
    return decisionWith(oneFamily, [], missingFamilyWaits(task, pool, missing));
  const added = allocateMissingFamily(task, pool, missing);
  if (added.ok) {
    const bothAddresses = inRequestedOrder(task, [...addresses, added.value]);
    const message = `Assigned additional IP "${formatAddress(added.value)}"`;
    const condition = assignedCondition(task, { addresses: bothAddresses, pool }, null);
    return {
      ...decisionWith(condition, [{ type: 'Normal', reason: 'IPAllocated', message }]),
      addresses: bothAddresses,
      granted: [added.value],
    };
  }
  const { cause, waitTargets } = added.error;
  if (task.request.familyPolicy === 'require') {
    const moved = moveToOtherPool(task, retained);
    if (moved !== null) return assignedDecision(task, moved, [...events, clearedEvent(task, cause)]);
  }
  const message = `cannot assign additional IP for ${quoteKey(task.service.key)}: ${cause}. ${oneFamily.message}`;
  // With RequireDualStack the Service keeps one address against its request.
  const type = task.request.familyPolicy === 'require' ? 'Warning' : 'Normal';
  const failed: EventDraft = { type, reason: 'AdditionalAssignFailed', message };
  return decisionWith(oneFamily, [failed], [...waitTargets, ...otherPoolWaits(task, pool)]);
}

/**
 * That the pool is about to take its addresses is more urgent than what the request lacks. But a Service that stays on an
 * address against its sharing key keeps that reason: else it could displace the others after a restart.
 */
const urgentCondition = (kept: AssignedCondition, urgent: AssignedCondition): AssignedCondition =>
  kept.reason === UNSHARED_REASON ? { ...kept, message: `${urgent.message} ${kept.message}` } : urgent;

/** The requested order, or that of the cluster IPs; never the order in which the addresses were found. */
export function inRequestedOrder(
  { request }: AllocationTask,
  addresses: readonly Address[],
): readonly Address[] {
  if (addresses.length < 2) return addresses;
  const families = request.addresses?.map(({ family }) => family) ?? request.families;
  return [...addresses].sort((a, b) => families.indexOf(a.family) - families.indexOf(b.family));
}
