/** The Kubernetes events of a decision, with MetalLB's reasons and messages where MetalLB sends such an event. */
import type { Service } from '../objects/service.ts';
import type { AssignedCondition } from './condition-reasons.ts';
import { type AllocationTask, quoteKey } from './context.ts';
import type { EventDraft } from './decision.ts';
import { deprecatedKeys } from './request.ts';
import type { UnmetRequest } from './unmet-request.ts';

/** The addresses, or some of them, are lost; `cause` says why. */
export const clearedEvent = ({ service }: AllocationTask, cause: string): EventDraft => ({
  type: 'Normal',
  reason: 'ClearAssignment',
  message: `current IP for ${quoteKey(service.key)} not allowed by config, will attempt for new IP assignment: ${cause}`,
});

/**
 * Why the request is not met: MetalLB's text, then the sentence of the condition, which `kubectl describe` does not show.
 * As with MetalLB, an unreadable request is a `LoadBalancerFailed` only while the Service has an address.
 */
export function unmetRequestEvent(
  { service }: AllocationTask,
  { kind, cause }: UnmetRequest,
  { message: sentence, status }: AssignedCondition,
): EventDraft {
  const type = 'Warning';
  if (kind === 'too-few-cluster-ips')
    return { type, reason: 'not enough clusterips', message: `${cause}. ${sentence}` };
  if (kind === 'unreadable' && status === 'True')
    return { type, reason: 'LoadBalancerFailed', message: `${cause}: ${sentence}` };
  const failed = `Failed to allocate IP for ${quoteKey(service.key)}: ${cause}`;
  return {
    type,
    reason: 'AllocationFailed',
    message: `${failed}${kind === 'unreadable' ? ':' : '.'} ${sentence}`,
  };
}

/** Sent once when a status conflict begins; from then on the condition says it. */
export const statusConflictEvents = ({ reason, message }: AssignedCondition): readonly EventDraft[] =>
  reason === 'StatusContested' ? [{ type: 'Warning', reason: 'AddressesReplaced', message }] : [];

export const deprecationEvents = (service: Service): readonly EventDraft[] =>
  deprecatedKeys(service).map((key) => ({
    type: 'Warning',
    reason: 'deprecatedAnnotation',
    message: `Service uses deprecated annotation ${JSON.stringify(key)}`,
  }));
