/** Classifies changes of a session's state: established, lost, failed, or a normal step that is not reported. */
import type { TransitionCause } from '../bgp/session/events.ts';
import type { StateName } from '../bgp/session/session.ts';

/** `failed`: an attempt to establish the session failed. */
export type SessionTransition = 'up' | 'lost' | 'failed';

/** Causes of entering Idle or Active that are not failures. */
const EXPECTED_CAUSES: ReadonlySet<TransitionCause> = new Set<TransitionCause>([
  'started',
  'rested',
  'stopped',
]);

/** Null for a normal step. */
export function classifyTransition(
  from: StateName,
  to: StateName,
  cause: TransitionCause,
): SessionTransition | null {
  if (to === 'Established') return 'up';
  if (from === 'Established') return 'lost';
  return (to === 'Idle' || to === 'Active') && !EXPECTED_CAUSES.has(cause) ? 'failed' : null;
}
