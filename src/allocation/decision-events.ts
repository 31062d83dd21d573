/** The Kubernetes events of a decision, with MetalLB's reasons and messages where MetalLB sends such an event. */
import type { Service } from '../objects/service.ts';
import type { AssignedCondition } from './condition-reasons.ts';
import { type AllocationTask, quoteKey } from './context.ts';
import type { EventDraft } from './decision.ts';
import { deprecatedKeys } from './request.ts';

/** The addresses, or some of them, are lost; `cause` says why. */
export const clearedEvent = ({ service }: AllocationTask, cause: string): EventDraft => ({
  type: 'Normal',
  reason: 'ClearAssignment',
  message: `current IP for ${quoteKey(service.key)} not allowed by config, will attempt for new IP assignment: ${cause}`,
});

export const invalidRequestEvent = (parseError: string): EventDraft => ({
  type: 'Warning',
  reason: 'LoadBalancerFailed',
  message: `invalid requested loadbalancer IPs: ${parseError}`,
});

/** Sent once when a status conflict begins; from then on the condition says it. */
export const statusConflictEvents = ({ reason, message }: AssignedCondition): readonly EventDraft[] =>
  reason === 'StatusContested' ? [{ type: 'Warning', reason: 'AddressesReplaced', message }] : [];

export const deprecationEvents = (service: Service): readonly EventDraft[] =>
  deprecatedKeys(service).map((key) => ({
    type: 'Warning',
    reason: 'deprecatedAnnotation',
    message: `Service uses deprecated annotation ${JSON.stringify(key)}`,
  }));
