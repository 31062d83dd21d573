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
import { type AssignedCondition, conditionFalse } from './condition-reasons.ts';
import type { AllocationTask, ReconcileContext } from './context.ts';
import type { CurrentAssignment } from './current-assignment.ts';
import { decideRetained, refusedDecision } from './decide-retained.ts';
import { type AllocationDecision, NO_ASSIGNMENT } from './decision.ts';
import { clearedEvent, deprecationEvents, statusConflictEvents } from './decision-events.ts';
import { externalClaimCondition } from './external-claims.ts';
import { readServiceRequest } from './request.ts';
import { resolveAssignment } from './resolve-assignment.ts';
import { findUnmetRequest, refusedRequest } from './unmet-request.ts';
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
  const task: AllocationTask = { service, request, tx, ...context };
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
      const validation = validateAssignment(task, current);
      return validation.kind === 'retained'
        ? { ...decideRetained(task, validation), hasConflict: current.hasConflict }
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

/** `clearedCause` says why addresses that it had are lost; null where it had none. */
function assignNew(
  task: AllocationTask,
  clearedCause: string | null,
  hasConflict: boolean,
): AllocationDecision {
  const events = clearedCause === null ? [] : [clearedEvent(task, clearedCause)];
  const unmet = findUnmetRequest(task);
  if (unmet !== null) return { ...refusedDecision(task, unmet, events), hasConflict };
  const assigned = assignAddresses(task);
  return assigned.ok
    ? { ...assignedDecision(task, assigned.value, events), hasConflict }
    : { ...refusedDecision(task, refusedRequest(assigned.error), events), hasConflict };
}
