/**
 * The difference between a decision and the status of the Service, as one patch. Without a difference there is no write.
 */
import type { Millis } from '../base/clock.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import { type Condition, conditionSince, sameCondition } from '../objects/condition.ts';
import type { Service } from '../objects/service.ts';
import { ASSIGNED_CONDITION, type AssignedCondition } from './condition-reasons.ts';
import type { AllocationOptions } from './context.ts';
import type { AllocationDecision } from './decision.ts';
import { hasExactly, readIngressStatus } from './ingress-status.ts';

export type StatusPatch = {
  /** Null leaves the ingress as it is; an empty list clears it. */
  readonly ingress: readonly Address[] | null;
  /** The pool annotation: `undefined` leaves it, null removes it. */
  readonly pool: string | null | undefined;
  /** Conditions to set. */
  readonly conditions: readonly Condition[];
  /** Types of conditions to remove. */
  readonly removedConditions: readonly string[];
};

/** Null where the status is as decided. `wall` is the transition time of a condition whose status changes. */
export function diffStatus(service: Service, decision: AllocationDecision, wall: Millis): StatusPatch | null {
  const ingress = decision.owner === 'external' ? null : diffIngress(service, decision.addresses);
  const pool = decision.owner === 'external' ? undefined : diffPool(service, decision.pool);
  const condition = diffCondition(service, decision.condition, wall);
  if (ingress === null && pool === undefined && condition === null) return null;
  return { ingress, pool, conditions: condition === null ? [] : [condition], removedConditions: [] };
}

/** For a Service that Berth no longer manages: removes annotation and conditions. Null where it has none. */
export function cleanupPatch(service: Service): StatusPatch | null {
  const removedConditions = service.conditions.map(({ type }) => type);
  const pool = service.annotations[ALLOCATED_FROM_ANNOTATION] === undefined ? undefined : null;
  if (pool === undefined && removedConditions.length === 0) return null;
  return { ingress: null, pool, conditions: [], removedConditions };
}

/** Compares sets of addresses: spelling, order and fields that the API server adds need no write. */
function diffIngress(service: Service, wanted: readonly Address[]): readonly Address[] | null {
  if (wanted.length > 0) return hasExactly(readIngressStatus(service), wanted) ? null : wanted;
  return service.ingress.length === 0 ? null : [];
}

function diffPool(service: Service, wanted: string | null): string | null | undefined {
  return (service.annotations[ALLOCATED_FROM_ANNOTATION] ?? null) === wanted ? undefined : wanted;
}

function diffCondition(service: Service, desired: AssignedCondition, wall: Millis): Condition | null {
  const before = service.conditions.find(({ type }) => type === ASSIGNED_CONDITION);
  const { status, reason, message } = desired;
  const after = conditionSince(
    before,
    { type: ASSIGNED_CONDITION, status, reason, message: truncateMessage(message) },
    wall,
  );
  return before !== undefined && sameCondition(before, after) ? null : after;
}

/** `metav1.Condition` allows 32768 characters; a message that people read needs far fewer. */
const MESSAGE_CHARACTERS_MAX = 1024;

const truncateMessage = (message: string): string =>
  message.length > MESSAGE_CHARACTERS_MAX ? `${message.slice(0, MESSAGE_CHARACTERS_MAX - 1)}…` : message;

/**
 * The body of a strategic merge patch of `services/status`. Conditions merge by type, so those of other writers stay; the
 * ingress list is replaced. `resourceVersion` and `uid` are preconditions: 409 if the Service was changed, 422 if it was
 * replaced by another one of its name.
 */
export function patchBody(
  service: Pick<Service, 'uid' | 'resourceVersion'>,
  patch: StatusPatch,
  { ipMode }: Pick<AllocationOptions, 'ipMode'>,
): object {
  const conditions = [
    ...patch.conditions,
    ...patch.removedConditions.map((type) => ({ $patch: 'delete', type })),
  ];
  return {
    metadata: {
      uid: service.uid,
      resourceVersion: service.resourceVersion,
      ...(patch.pool === undefined ? {} : { annotations: { [ALLOCATED_FROM_ANNOTATION]: patch.pool } }),
    },
    status: {
      ...(patch.ingress === null ? {} : { loadBalancer: loadBalancer(patch.ingress, ipMode) }),
      ...(conditions.length === 0 ? {} : { conditions }),
    },
  };
}

function loadBalancer(ingress: readonly Address[], ipMode: AllocationOptions['ipMode']): object {
  if (ingress.length === 0) return { ingress: null };
  return {
    ingress: ingress.map((address) => ({
      ip: formatAddress(address),
      ...(ipMode === null ? {} : { ipMode }),
    })),
  };
}
