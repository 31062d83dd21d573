/**
 * The whole of a decision about one Service that we answer for: what it has, whether that is still right, and
 * what it gets. It reserves as it goes, in the transaction it is given.
 */

import type { Transaction } from '../ipam/ledger.ts';
import type { WaitTarget } from '../ipam/waiters.ts';
import type { Address, Family } from '../net/address.ts';
import { formatAddress } from '../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import type { Service } from '../objects/service.ts';
import { recordForeignStatus } from './adoption.ts';
import {
  allocateMissingFamily,
  assignAddresses,
  missingFamilyWaits,
  moveToOtherPool,
  otherPoolWaits,
} from './assign.ts';
import {
  ASSIGNED_CONDITION,
  type AssignedCondition,
  conditionFalse,
  conditionTrue,
} from './condition-reasons.ts';
import { type AllocationTask, quoteAddresses, quoteKey, type ReconcileContext } from './context.ts';
import type { CurrentAssignment } from './current-assignment.ts';
import type { AllocationDecision, EventDraft } from './decision.ts';
import { externalClaimCondition } from './external-claims.ts';
import { formatAddresses } from './ingress-status.ts';
import { ANY_POOL, type Assignment } from './pool-lookup.ts';
import { isActivePool } from './pool-selection.ts';
import { formatFamily } from './refusal-text.ts';
import { deprecatedKeys, readServiceRequest } from './request.ts';
import { resolveAssignment } from './resolve-assignment.ts';
import { type RetainedAssignment, validateAssignment } from './validate-assignment.ts';

const NO_ASSIGNMENT = {
  addresses: [],
  pool: null,
  events: [],
  waitTargets: [],
  granted: [],
  hasConflict: false,
} as const;

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
  const deprecated = deprecatedKeys(service).map(
    (key): EventDraft => ({
      type: 'Warning',
      reason: 'deprecatedAnnotation',
      message: `Service uses deprecated annotation ${JSON.stringify(key)}`,
    }),
  );
  return deprecated.length === 0 ? decision : { ...decision, events: [...decision.events, ...deprecated] };
}

function decideFromCurrent(task: AllocationTask, current: CurrentAssignment): AllocationDecision {
  switch (current.kind) {
    case 'theirs':
      return {
        ...NO_ASSIGNMENT,
        condition: current.condition,
        owner: 'theirs',
        events: externalEvents(current.condition),
      };
    case 'none':
      return assignNew(task, null, false);
    case 'lost':
      return assignNew(task, current.cause, current.hasConflict);
    case 'held': {
      if (lacksClusterIPs(task)) return denyDualStack(task);
      const validation = validateAssignment(task, current);
      return validation.kind === 'keep'
        ? { ...completeAssignment(task, validation), hasConflict: current.hasConflict }
        : assignNew(task, validation.cause, current.hasConflict);
    }
  }
}

/** The one sentence in the events when a writer fights us; the condition carries it from then on. */
const externalEvents = (condition: AssignedCondition): readonly EventDraft[] =>
  condition.reason === 'StatusContested'
    ? [{ type: 'Warning', reason: 'AddressesReplaced', message: condition.message }]
    : [];

/** The addresses in its status count as taken, whoever wrote them. */
function leaveToCalico(
  context: ReconcileContext,
  service: Service,
  tx: Transaction,
  condition: AssignedCondition,
): AllocationDecision {
  tx.release(service.key);
  recordForeignStatus(context, service, tx);
  return { ...NO_ASSIGNMENT, condition, owner: 'theirs' };
}

// --- Services that cannot have an address as they are

function handleNoClusterIP(context: ReconcileContext, service: Service, tx: Transaction): AllocationDecision {
  tx.release(service.key);
  // Only what we assigned is ours to clear.
  const owner = service.annotations[ALLOCATED_FROM_ANNOTATION] === undefined ? 'theirs' : 'ours';
  if (owner === 'theirs') recordForeignStatus(context, service, tx);
  const message = 'The Service has no cluster IP, and the family of its address follows from that.';
  return { ...NO_ASSIGNMENT, condition: conditionFalse('NoClusterIP', message), owner };
}

const lacksClusterIPs = ({ request }: AllocationTask): boolean =>
  request.familyPolicy === 'require' && request.families.length < 2;

function denyDualStack(task: AllocationTask): AllocationDecision {
  task.tx.release(task.service.key);
  const message = `Service requires dual stack but not enough clusterips [${task.service.clusterIPs.join(' ')}]`;
  return {
    ...NO_ASSIGNMENT,
    owner: 'ours',
    condition: conditionFalse(
      'DualStackUnavailable',
      'The Service has ipFamilyPolicy RequireDualStack, but cluster IPs of one family only; use PreferDualStack or SingleStack.',
    ),
    events: [{ type: 'Warning', reason: 'not enough clusterips', message }],
  };
}

const invalidRequestEvent = (parseError: string): EventDraft => ({
  type: 'Warning',
  reason: 'LoadBalancerFailed',
  message: `invalid requested loadbalancer IPs: ${parseError}`,
});

const clearedEvent = (task: AllocationTask, cause: string): EventDraft => ({
  type: 'Normal',
  reason: 'ClearAssignment',
  message: `current IP for ${quoteKey(task.service.key)} not allowed by config, will attempt for new IP assignment: ${cause}`,
});

// --- nothing is held

function assignNew(
  task: AllocationTask,
  clearedCause: string | null,
  hasConflict: boolean,
): AllocationDecision {
  if (lacksClusterIPs(task)) return denyDualStack(task);
  const { parseError } = task.request;
  const events: EventDraft[] = clearedCause === null ? [] : [clearedEvent(task, clearedCause)];
  if (parseError !== null) {
    events.push(invalidRequestEvent(parseError));
    return {
      ...NO_ASSIGNMENT,
      condition: conditionFalse('InvalidRequest', `${parseError}.`),
      owner: 'ours',
      events,
      hasConflict,
    };
  }
  const granted = assignAddresses(task);
  if (!granted.ok) {
    const { condition, cause, waitTargets } = granted.error;
    events.push({
      type: 'Warning',
      reason: 'AllocationFailed',
      message: `Failed to allocate IP for ${quoteKey(task.service.key)}: ${cause}`,
    });
    return { ...NO_ASSIGNMENT, condition, owner: 'ours', events, waitTargets, hasConflict };
  }
  return { ...assignedDecision(task, granted.value, events), hasConflict };
}

function assignedDecision(
  task: AllocationTask,
  { addresses, pool }: Assignment,
  events: readonly EventDraft[],
): AllocationDecision {
  const missing = findMissingFamily(task, addresses);
  const message = `Assigned IP [${quoteAddresses(addresses)}]`;
  return {
    ...NO_ASSIGNMENT,
    owner: 'ours',
    addresses,
    pool,
    events: [...events, { type: 'Normal', reason: 'IPAllocated', message }],
    granted: addresses,
    condition: assignedConditionFor(task, addresses, pool, missing),
    waitTargets: missing === null ? [] : missingFamilyWaits(task, pool, missing),
  };
}

/** A family of the cluster IPs that the Service has no address of. */
const findMissingFamily = ({ request }: AllocationTask, addresses: readonly Address[]): Family | null =>
  request.families.find((family) => !addresses.some((one) => one.family === family)) ?? null;

// --- something is held, and rightly

function completeAssignment(task: AllocationTask, retained: RetainedAssignment): AllocationDecision {
  const { pool, conditionFor } = retained;
  const { parseError } = task.request;
  const addresses = inRequestedOrder(task, retained.addresses);
  const missing = findMissingFamily(task, addresses);
  const events = retained.clearedCause === null ? [] : [clearedEvent(task, retained.clearedCause)];
  const decisionWith = (
    condition: AssignedCondition,
    moreEvents: readonly EventDraft[] = [],
    waitTargets: readonly WaitTarget[] = [],
  ): AllocationDecision => ({
    ...NO_ASSIGNMENT,
    owner: 'ours',
    addresses,
    pool,
    condition,
    events: [...events, ...moreEvents],
    waitTargets,
  });
  if (parseError !== null) {
    const keepsText = `Keeps ${formatAddresses(addresses)}; what it asks for cannot be read. ${parseError}.`;
    return decisionWith(conditionTrue('InvalidRequest', keepsText), [invalidRequestEvent(parseError)]);
  }
  if (conditionFor !== null) return decisionWith(conditionFor(addresses), [], [ANY_POOL]);
  // Who asks for one address of two families, and has it, has what it asked for.
  if (missing === null || task.request.addresses !== null)
    return decisionWith(assignedConditionFor(task, addresses, pool, null));
  const state = task.poolSet.byName.get(pool);
  if (state === undefined || !isActivePool(state)) {
    return decisionWith(
      assignedConditionFor(task, addresses, pool, missing),
      [],
      missingFamilyWaits(task, pool, missing),
    );
  }
  const added = allocateMissingFamily(task, pool, missing);
  if (!added.ok) {
    const { cause, wants: waitTargets } = added.error;
    if (task.request.familyPolicy === 'require') {
      const otherAssignment = moveToOtherPool(task, retained);
      if (otherAssignment !== null)
        return assignedDecision(task, otherAssignment, [...events, clearedEvent(task, cause)]);
    }
    const message = `cannot assign additional IP for ${quoteKey(task.service.key)}: ${cause}`;
    const event = { type: 'Normal', reason: 'AdditionalAssignFailed', message } as const;
    return decisionWith(
      assignedConditionFor(task, addresses, pool, missing),
      [event],
      [...waitTargets, ...otherPoolWaits(task, pool)],
    );
  }
  const bothAddresses = inRequestedOrder(task, [...addresses, added.value]);
  const message = `Assigned additional IP "${formatAddress(added.value)}"`;
  return {
    ...decisionWith(assignedConditionFor(task, bothAddresses, pool, null), [
      { type: 'Normal', reason: 'IPAllocated', message },
    ]),
    addresses: bothAddresses,
    granted: [added.value],
  };
}

function assignedConditionFor(
  task: AllocationTask,
  addresses: readonly Address[],
  pool: string,
  missing: Family | null,
): AssignedCondition {
  const assignedText = `${formatAddresses(addresses)} from pool "${pool}".`;
  if (missing !== null) {
    const moveNote =
      task.request.familyPolicy === 'require' && task.request.pool === null
        ? ', or the Service moves as soon as another pool has both'
        : '';
    return conditionTrue(
      'AssignedOneFamily',
      `${assignedText} That pool has no ${formatFamily(missing)} address to add; it is added when there is one${moveNote}.`,
    );
  }
  if (isLayer2Only(task, pool)) {
    return conditionTrue(
      'Layer2Only',
      `${assignedText} Only an L2Advertisement covers this pool, and nothing here answers ARP or NDP: have the address announced by BGP.`,
    );
  }
  return conditionTrue('Assigned', assignedText);
}

/** While the advertisements are not known, what was said of them before holds. */
const isLayer2Only = ({ layer2OnlyPools, service }: AllocationTask, pool: string): boolean =>
  layer2OnlyPools === null
    ? service.conditions.some(({ type, reason }) => type === ASSIGNED_CONDITION && reason === 'Layer2Only')
    : layer2OnlyPools.has(pool);

/** The order that was asked for, or that of the cluster IPs: never the one in which we happened to find them. */
function inRequestedOrder({ request }: AllocationTask, addresses: readonly Address[]): readonly Address[] {
  if (addresses.length < 2) return addresses;
  const families = request.addresses?.map(({ family }) => family) ?? request.families;
  return [...addresses].sort((a, b) => families.indexOf(a.family) - families.indexOf(b.family));
}
