/** What a change of a session's state is to people: most are steps on its way, of which nobody has to hear. */
import type { Cause } from '../bgp/session/event.ts';
import type { StateName } from '../bgp/session/session.ts';

/** `failed`: a try to have a session came to nothing. */
export type Milestone = 'up' | 'lost' | 'failed';

/** What leads to a rest without anything being wrong. */
const IN_ORDER: ReadonlySet<Cause> = new Set<Cause>(['started', 'rested', 'stopped']);

/** Null for what belongs to the life of a session. */
export function milestoneOf(from: StateName, to: StateName, cause: Cause): Milestone | null {
  if (to === 'Established') return 'up';
  if (from === 'Established') return 'lost';
  return (to === 'Idle' || to === 'Active') && !IN_ORDER.has(cause) ? 'failed' : null;
}
