/**
 * The event of a condition that changes: `kubectl describe service` shows events, and no conditions. Where MetalLB has an
 * event for the change, that one ends with the sentence of the condition. For the other reasons this event states it.
 */
import type { Service } from '../objects/service.ts';
import { ASSIGNED_CONDITION, type AssignedReason } from './condition-reasons.ts';
import type { AllocationDecision, ConditionEventReason, EventDraft } from './decision.ts';

/** Reasons that MetalLB has no event for, or none in every case. */
const CONDITION_EVENTS: Readonly<Record<ConditionEventReason, EventDraft['type']>> = {
  Assigned: 'Normal',
  AssignedOneFamily: 'Normal',
  Layer2Only: 'Warning',
  PoolGone: 'Warning',
  ForeignAddress: 'Normal',
  CalicoAllocates: 'Normal',
  NoClusterIP: 'Warning',
};

const hasOwnEvent = (reason: AssignedReason): reason is ConditionEventReason =>
  Object.hasOwn(CONDITION_EVENTS, reason);

/**
 * Null where the reason is as it was, or another event of the decision has the sentence. That a Service which had its
 * addresses before is adopted is no event: there may be thousands of them at a start.
 */
export function conditionEvent(
  service: Service,
  { condition, events, granted }: AllocationDecision,
): EventDraft | null {
  const { reason, message } = condition;
  const before = service.conditions.find(({ type }) => type === ASSIGNED_CONDITION);
  if (before?.reason === reason || !hasOwnEvent(reason)) return null;
  if (reason === 'Assigned' && (before === undefined || granted.length > 0)) return null;
  if (events.some((event) => event.message.endsWith(message))) return null;
  return { type: CONDITION_EVENTS[reason], reason, message };
}
