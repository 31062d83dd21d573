/**
 * The event of the condition `berth.dev/Announced` when it changes: `kubectl describe service` shows events, and no
 * conditions. MetalLB's events about announcing (`nodeAssigned`, `announceFailed`) are sent by the speakers; it has none for
 * an address that no router learns.
 */
import type { Condition, ConditionValue } from '../../objects/condition.ts';
import type { ObjectEvent } from '../../runtime/ports.ts';

/**
 * Null where `desired` is no news for the owner of the Service. What cannot be determined concerns all Services at once, and
 * is no event of each. That a Service is announced is one only after it was not: there may be thousands of them at a start.
 */
export function announcedEvent(
  before: Pick<Condition, 'status' | 'reason'> | undefined,
  { status, reason, message }: ConditionValue,
): ObjectEvent['event'] | null {
  if (status === 'Unknown') return null;
  if (status === 'True') return before?.status === 'False' ? { type: 'Normal', reason, message } : null;
  return before?.status === 'False' && before.reason === reason ? null : { type: 'Warning', reason, message };
}
