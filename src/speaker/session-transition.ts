/** What a change of a session's state is to people: most are steps on its way, of which nobody has to hear. */
import type { TransitionCause } from '../bgp/session/events.ts';
import type { StateName } from '../bgp/session/session.ts';

/** `failed`: a try to have a session came to nothing. */
export type SessionTransition = 'up' | 'lost' | 'failed';

/** What leads to a rest without anything being wrong. */
const EXPECTED_CAUSES: ReadonlySet<TransitionCause> = new Set<TransitionCause>([
  'started',
  'rested',
  'stopped',
]);

/** Null for what belongs to the life of a session. */
export function classifyTransition(
  from: StateName,
  to: StateName,
  cause: TransitionCause,
): SessionTransition | null {
  if (to === 'Established') return 'up';
  if (from === 'Established') return 'lost';
  return (to === 'Idle' || to === 'Active') && !EXPECTED_CAUSES.has(cause) ? 'failed' : null;
}
