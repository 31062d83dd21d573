/** The changes that controllers and speakers report of themselves: who leads, and sessions. */
import type { SessionOverview } from './announcing-document.ts';
import type { ControllerOverview, RecentChange } from './document.ts';

/** The Lease that the controllers elect a leader with. */
export const LEASE_NAME = 'berth-controller';

/** Null where nobody leads, or it is not known since when. */
export const leaderChange = ({
  leader,
  since,
}: Pick<ControllerOverview, 'leader' | 'since'>): RecentChange | null =>
  leader === null || since === null
    ? null
    : { time: wholeSeconds(since), kind: 'Lease', name: LEASE_NAME, says: `was taken by ${leader}` };

/** How a session became what it is; null where it is not known since when, or its speaker does not run. */
export function sessionChange(
  node: string,
  { peer, since, state, error }: Pick<SessionOverview, 'peer' | 'since' | 'state' | 'error'>,
): RecentChange | null {
  if (since === '' || state === 'stale') return null;
  const because = state === 'down' && error !== null ? `: ${error}` : '';
  const says = `reports that its session with ${peer} is ${state}${because}`;
  return { time: since, kind: 'SpeakerStatus', name: node, says };
}

/** A Lease has microseconds. */
const wholeSeconds = (time: string): string => time.replace(/\.\d+Z$/, 'Z');
