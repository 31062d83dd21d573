/**
 * Unmet requests: what a Service requests and does not get. Without an address it waits, and its condition is False. With
 * one it keeps what it has, and its condition is True for the same reason.
 */
import { type AssignedCondition, conditionFalse, conditionTrue } from './condition-reasons.ts';
import type { AllocationTask } from './context.ts';
import { formatAddresses } from './ingress-status.ts';
import type { Assignment, AssignmentRefusal } from './pool-lookup.ts';
import { quote } from './quote.ts';

/** The condition of the refusal is that of a Service without an address. */
export type UnmetRequest = AssignmentRefusal & {
  readonly kind: 'unreadable' | 'too-few-cluster-ips' | 'refused';
};

/** What is wrong with the request whatever pools there are; null where nothing is. */
export function findUnmetRequest({
  service,
  request,
}: Pick<AllocationTask, 'service' | 'request'>): UnmetRequest | null {
  const { parseError, familyPolicy, families } = request;
  if (familyPolicy === 'require' && families.length < 2) {
    return {
      kind: 'too-few-cluster-ips',
      cause: `Service requires dual stack but not enough clusterips [${service.clusterIPs.join(' ')}]`,
      condition: conditionFalse(
        'DualStackUnavailable',
        'The Service has ipFamilyPolicy RequireDualStack, but cluster IPs of one family only. Set PreferDualStack or SingleStack.',
      ),
      waitTargets: [],
    };
  }
  if (parseError === null) return null;
  return {
    kind: 'unreadable',
    cause: 'invalid requested loadbalancer IPs',
    condition: conditionFalse('InvalidRequest', `${parseError}.`),
    waitTargets: [],
  };
}

export const refusedRequest = (refusal: AssignmentRefusal): UnmetRequest => ({ ...refusal, kind: 'refused' });

/** Reasons of a Service that has addresses, and waits for no others. */
const MET_REASONS: ReadonlySet<string> = new Set(['Assigned', 'AssignedOneFamily', 'Layer2Only', 'PoolGone']);

/** Whether a Service that has addresses keeps them against its request, by the reason of its condition. */
export const isKeptAgainstRequest = (reason: string): boolean => !MET_REASONS.has(reason);

/** The condition of a Service that keeps `addresses` against its request. */
export function keptCondition(
  { kind, condition }: UnmetRequest,
  { addresses, pool }: Assignment,
): AssignedCondition {
  const because = kind === 'unreadable' ? 'since the request is invalid' : 'since its request cannot be met';
  return conditionTrue(
    condition.reason,
    `Keeps ${formatAddresses(addresses)} from pool ${quote(pool)}, ${because}. ${condition.message}`,
  );
}
