/** What one command knows about a Service: the explanation, what its status shows, and the rule that decides. */

import { ASSIGNED_CONDITION } from '../../allocation/condition-reasons.ts';
import {
  type CurrentAddresses,
  type DecidingRule,
  findDecidingRule,
} from '../../allocation/explain/deciding-rule.ts';
import { explainService, type ServiceExplanation } from '../../allocation/explain/explain-service.ts';
import { oldPoolText } from '../../allocation/findings/old-pools.ts';
import { joinCauses } from '../../base/shared-causes.ts';
import { ANNOUNCED_CONDITION } from '../../controller/announced/condition-writer.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../objects/annotations.ts';
import type { Condition } from '../../objects/condition.ts';
import { type UnreadKey, unreadKeys } from '../../objects/misspelled-annotations.ts';
import type { Service } from '../../objects/service.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { ExplainContext } from './context.ts';

export type ServiceReport = {
  readonly explanation: ServiceExplanation;
  readonly current: CurrentAddresses;
  readonly deciding: DecidingRule;
  /** Whether all that decides about addresses could be read. Else no rule is judged. */
  readonly isJudged: boolean;
  /** The condition `berth.dev/Announced` that is stored in the status; null where it has none. */
  readonly announced: StoredCondition | null;
  /** What files show where a dry run over them decides otherwise; null where both are the same, or the files show nothing. */
  readonly stored: StoredAssignment | null;
  /** Annotations and labels that were meant as a request, and that nothing reads. */
  readonly unreadKeys: readonly UnreadKey[];
};

export type StoredAssignment = {
  readonly addresses: readonly string[];
  /** `berth.dev/Assigned`; null where there is none. */
  readonly condition: { readonly reason: string; readonly message: string; readonly since: string } | null;
};

export type StoredCondition = {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
};

/** `service` is that of the context, with the addresses that a dry run gave it. */
export function reportService(
  { allocation }: ExplainContext,
  service: Service,
  state: ClusterState,
): ServiceReport {
  const stored = state.services.get(service.key);
  const isJudged = state.missing.size === 0;
  const explained = withoutSimulatedTime(explainService(allocation, service), stored);
  const explanation = isJudged ? explained : { ...explained, pools: [], holders: [] };
  const current = currentAddressesOf(service);
  const announced = stored?.conditions.find(({ type }) => type === ANNOUNCED_CONDITION);
  const deciding = isJudged
    ? withPoolsElsewhere(findDecidingRule(explanation, service, current), explanation, state)
    : { because: notJudgedText(state), change: null };
  return {
    ...{ explanation, current, deciding, isJudged, unreadKeys: unreadKeys(service) },
    stored: stored === undefined ? null : storedAssignment(stored, { explanation, current }),
    announced:
      announced === undefined
        ? null
        : { status: announced.status, reason: announced.reason, message: announced.message },
  };
}

/** In place of the rule that decides. */
export const notJudgedText = ({ missing }: Pick<ClusterState, 'missing'>): string =>
  `not judged: ${joinCauses([...missing.values()]).join('; ')}`;

/** Where there is no pool, or not the requested one: it may be of the kind that nothing reads, or in another namespace. */
function withPoolsElsewhere(
  deciding: DecidingRule,
  { pools, unmanagedReason, request }: ServiceExplanation,
  { poolNamespace, ignoredPools, oldPools }: ClusterState,
): DecidingRule {
  if (unmanagedReason !== null || request === null) return deciding;
  const requested = request.pool;
  const isMissing = requested !== null && pools.every(({ pool }) => pool !== requested);
  if (pools.length > 0 && !isMissing) return deciding;
  const old = requested === null ? [...oldPools][0] : oldPools.has(requested) ? requested : undefined;
  if (old !== undefined)
    return {
      because: `${deciding.because} ${oldPoolText(old)}`,
      change: `convert AddressPool ${old} to an IPAddressPool with an advertisement: berth convert -f FILE`,
    };
  if (pools.length > 0) return deciding;
  const [ignored] = ignoredPools;
  if (ignored === undefined) return deciding;
  const [name, { namespace }] = ignored;
  return {
    because: `${deciding.because} IPAddressPool ${name} is in the namespace ${namespace}, where the controller does not look.`,
    change: `IPAddressPool ${name}, metadata.namespace: ${poolNamespace}; if the controller runs in ${namespace}, add --pool-namespace ${namespace}`,
  };
}

/** A condition of a dry run has no time since when it is true. */
function withoutSimulatedTime(
  explanation: ServiceExplanation,
  stored: Service | undefined,
): ServiceExplanation {
  const { condition } = explanation;
  const time = stored === undefined ? undefined : assignedOf(stored)?.lastTransitionTime;
  return condition === null || condition.since === time
    ? explanation
    : { ...explanation, condition: { ...condition, since: '' } };
}

const assignedOf = ({ conditions }: Service): Condition | undefined =>
  conditions.find(({ type }) => type === ASSIGNED_CONDITION);

function storedAssignment(
  stored: Service,
  { explanation: { condition: decided }, current }: Pick<ServiceReport, 'explanation' | 'current'>,
): StoredAssignment | null {
  const { addresses } = currentAddressesOf(stored);
  const condition = assignedOf(stored);
  const isShown = addresses.length > 0 || condition !== undefined;
  const isSame =
    addresses.join() === current.addresses.join() &&
    (condition?.reason ?? decided?.reason) === decided?.reason;
  if (!isShown || isSame) return null;
  if (condition === undefined) return { addresses, condition: null };
  const { reason, message, lastTransitionTime } = condition;
  return { addresses, condition: { reason, message, since: lastTransitionTime } };
}

const currentAddressesOf = ({ ingress, annotations }: Service): CurrentAddresses => ({
  addresses: ingress.map(({ ip, hostname }) => ip ?? hostname ?? ''),
  pool: annotations[ALLOCATED_FROM_ANNOTATION] ?? null,
});
