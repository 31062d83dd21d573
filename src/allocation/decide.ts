/**
 * Decides the assignment of one Service that Berth manages: what it has now, whether that is valid, and what it gets.
 * Addresses are reserved in the given transaction.
 */
import type { Transaction } from '../ipam/ledger.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import type { Service } from '../objects/service.ts';
import { recordForeignStatus } from './adoption.ts';
import { assignAddresses } from './assign.ts';
import { assignedDecision } from './assigned-decision.ts';
import { completeAssignment } from './complete-assignment.ts';
import { type AssignedCondition, conditionFalse } from './condition-reasons.ts';
import { type AllocationTask, quoteKey, type ReconcileContext } from './context.ts';
import type { CurrentAssignment } from './current-assignment.ts';
import { type AllocationDecision, type EventDraft, NO_ASSIGNMENT } from './decision.ts';
import {
  clearedEvent,
  deprecationEvents,
  invalidRequestEvent,
  statusConflictEvents,
} from './decision-events.ts';
import { externalClaimCondition } from './external-claims.ts';
import { readServiceRequest } from './request.ts';
import { resolveAssignment } from './resolve-assignment.ts';
import { validateAssignment } from './validate-assignment.ts';

export function decideAssignment(
  context: ReconcileContext,
  service: Service,
  tx: Transaction,
): AllocationDecision {
  const claimed = externalClaimCondition(context.externalClaims, service);
  if (claimed !== null) return leaveToCalico(context, service, tx, claimed);
  const request = readServiceRequest(service);
  if (request === null) return handleNoClusterIP(context, service, tx);
  const task: AllocationTask = { ...context, service, request, tx };
  const decision = decideFromCurrent(task, resolveAssignment(task));
  const deprecations = deprecationEvents(service);
  return deprecations.length === 0
    ? decision
    : { ...decision, events: [...decision.events, ...deprecations] };
}

function decideFromCurrent(task: AllocationTask, current: CurrentAssignment): AllocationDecision {
  switch (current.kind) {
    case 'external': {
      const { condition } = current;
      return { ...NO_ASSIGNMENT, condition, owner: 'external', events: statusConflictEvents(condition) };
    }
    case 'none':
      return assignNew(task, null, false);
    case 'lost':
      return assignNew(task, current.cause, current.hasConflict);
    case 'held': {
      if (lacksClusterIPs(task)) return refuseDualStack(task);
      const validation = validateAssignment(task, current);
      return validation.kind === 'retained'
        ? { ...completeAssignment(task, validation), hasConflict: current.hasConflict }
        : assignNew(task, validation.cause, current.hasConflict);
    }
  }
}

/** The addresses in its status count as taken, whoever wrote them. */
function leaveToCalico(
  context: ReconcileContext,
  service: Service,
  tx: Transaction,
  condition: AssignedCondition,
): AllocationDecision {
  tx.release(service.key);
  recordForeignStatus(context, service, tx);
  return { ...NO_ASSIGNMENT, condition, owner: 'external' };
}

// --- Services that cannot have an address as they are

function handleNoClusterIP(context: ReconcileContext, service: Service, tx: Transaction): AllocationDecision {
  tx.release(service.key);
  // Only what we assigned is ours to clear.
  const owner = service.annotations[ALLOCATED_FROM_ANNOTATION] === undefined ? 'external' : 'berth';
  if (owner === 'external') recordForeignStatus(context, service, tx);
  const message = 'The Service has no cluster IP, which decides the family of its address.';
  return { ...NO_ASSIGNMENT, condition: conditionFalse('NoClusterIP', message), owner };
}

const lacksClusterIPs = ({ request }: AllocationTask): boolean =>
  request.familyPolicy === 'require' && request.families.length < 2;

function refuseDualStack(task: AllocationTask): AllocationDecision {
  task.tx.release(task.service.key);
  const message = `Service requires dual stack but not enough clusterips [${task.service.clusterIPs.join(' ')}]`;
  return {
    ...NO_ASSIGNMENT,
    owner: 'berth',
    condition: conditionFalse(
      'DualStackUnavailable',
      'The Service has ipFamilyPolicy RequireDualStack, but cluster IPs of one family only. Set PreferDualStack or SingleStack.',
    ),
    events: [{ type: 'Warning', reason: 'not enough clusterips', message }],
  };
}

/** `clearedCause` says why addresses that it had are lost; null where it had none. */
function assignNew(
  task: AllocationTask,
  clearedCause: string | null,
  hasConflict: boolean,
): AllocationDecision {
  if (lacksClusterIPs(task)) return refuseDualStack(task);
  const { parseError } = task.request;
  const events: EventDraft[] = clearedCause === null ? [] : [clearedEvent(task, clearedCause)];
  if (parseError !== null) {
    events.push(invalidRequestEvent(parseError));
    const condition = conditionFalse('InvalidRequest', `${parseError}.`);
    return { ...NO_ASSIGNMENT, condition, owner: 'berth', events, hasConflict };
  }
  const assigned = assignAddresses(task);
  if (assigned.ok) return { ...assignedDecision(task, assigned.value, events), hasConflict };
  const { condition, cause, waitTargets } = assigned.error;
  events.push({
    type: 'Warning',
    reason: 'AllocationFailed',
    message: `Failed to allocate IP for ${quoteKey(task.service.key)}: ${cause}`,
  });
  return { ...NO_ASSIGNMENT, condition, owner: 'berth', events, waitTargets, hasConflict };
}
