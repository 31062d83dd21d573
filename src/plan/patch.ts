/**
 * The difference between what was decided and what stands on the Service. No difference, no write; and one
 * write carries all of it.
 */
import type { Millis } from '../base/clock.ts';
import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import { type Condition, sameCondition } from '../cluster/condition.ts';
import type { Service } from '../cluster/service.ts';
import { type Address, formatAddress } from '../net/address.ts';
import type { PlanOptions } from './context.ts';
import type { Decision } from './decision.ts';
import { ASSIGNED, type Verdict } from './reasons.ts';
import { readShown, showsJust } from './shown.ts';

export type StatusPatch = {
  /** Null leaves the ingress as it is; an empty list clears it. */
  readonly ingress: readonly Address[] | null;
  /** The pool annotation: `undefined` leaves it, null removes it. */
  readonly pool: string | null | undefined;
  /** Conditions to set. */
  readonly conditions: readonly Condition[];
  /** Types of conditions to remove. */
  readonly dropped: readonly string[];
};

/** Null where everything stands as it was decided. `wall` is for the transition time of a new status. */
export function difference(service: Service, decision: Decision, wall: Millis): StatusPatch | null {
  const ingress = decision.hands === 'theirs' ? null : ingressChange(service, decision.addresses);
  const pool = decision.hands === 'theirs' ? undefined : poolChange(service, decision.pool);
  const condition = conditionChange(service, decision.verdict, wall);
  if (ingress === null && pool === undefined && condition === null) return null;
  return { ingress, pool, conditions: condition === null ? [] : [condition], dropped: [] };
}

/** For a Service that we no longer answer for: what we left on it, or null where there is nothing. */
export function farewell(service: Service): StatusPatch | null {
  const dropped = service.conditions.map(({ type }) => type);
  const pool = service.annotations[ALLOCATED_FROM] === undefined ? undefined : null;
  if (pool === undefined && dropped.length === 0) return null;
  return { ingress: null, pool, conditions: [], dropped };
}

/** Sets are compared, never spellings, order or what the API server added: none of that is worth a write. */
function ingressChange(service: Service, wanted: readonly Address[]): readonly Address[] | null {
  if (wanted.length > 0) return showsJust(readShown(service), wanted) ? null : wanted;
  return service.ingress.length === 0 ? null : [];
}

function poolChange(service: Service, wanted: string | null): string | null | undefined {
  return (service.annotations[ALLOCATED_FROM] ?? null) === wanted ? undefined : wanted;
}

function conditionChange(service: Service, verdict: Verdict, wall: Millis): Condition | null {
  const before = service.conditions.find(({ type }) => type === ASSIGNED);
  const after: Condition = {
    type: ASSIGNED,
    status: verdict.status,
    reason: verdict.reason,
    message: shorten(verdict.message),
    lastTransitionTime:
      before !== undefined && before.status === verdict.status ? before.lastTransitionTime : rfc3339(wall),
  };
  return before !== undefined && sameCondition(before, after) ? null : after;
}

/** Whole seconds, as `metav1.Time` is written. */
export const rfc3339 = (wall: Millis): string => new Date(wall).toISOString().replace(/\.\d+Z$/, 'Z');

/** `metav1.Condition` allows 32768 characters; nobody reads that many at three in the morning. */
const MESSAGE_CHARACTERS_MAX = 1024;

const shorten = (message: string): string =>
  message.length > MESSAGE_CHARACTERS_MAX ? `${message.slice(0, MESSAGE_CHARACTERS_MAX - 1)}…` : message;

/**
 * The strategic-merge body for `services/status`: conditions merge by type, so that other writers' stay, and
 * the ingress list is replaced whole. `resourceVersion` and `uid` are preconditions: 409 where the Service has
 * changed, 422 where it is another one of the same name.
 */
export function patchBody(
  service: Pick<Service, 'uid' | 'resourceVersion'>,
  patch: StatusPatch,
  { ipMode }: Pick<PlanOptions, 'ipMode'>,
): object {
  const conditions = [...patch.conditions, ...patch.dropped.map((type) => ({ $patch: 'delete', type }))];
  return {
    metadata: {
      uid: service.uid,
      resourceVersion: service.resourceVersion,
      ...(patch.pool === undefined ? {} : { annotations: { [ALLOCATED_FROM]: patch.pool } }),
    },
    status: {
      ...(patch.ingress === null ? {} : { loadBalancer: loadBalancer(patch.ingress, ipMode) }),
      ...(conditions.length === 0 ? {} : { conditions }),
    },
  };
}

function loadBalancer(ingress: readonly Address[], ipMode: PlanOptions['ipMode']): object {
  if (ingress.length === 0) return { ingress: null };
  return {
    ingress: ingress.map((address) => ({
      ip: formatAddress(address),
      ...(ipMode === null ? {} : { ipMode }),
    })),
  };
}
