/** Transition to Active: connects again after the idle hold time, or waits for an inbound connection (RFC 4271 8.2.2). */
import type { TransitionDetails } from './events.ts';
import type { StepContext } from './step-context.ts';
import { idleHoldDeadline } from './timers.ts';

export function retryLater(context: StepContext, details: TransitionDetails): void {
  const { session, now, chance } = context;
  const failures = session.failures + 1;
  context.session = { ...session, failures };
  const { role } = session.settings;
  const retryAt = role === 'listen' ? null : idleHoldDeadline(session.settings, failures, now, chance);
  context.transition({ kind: 'Active', retryAt, delayedOpen: null }, details);
}
