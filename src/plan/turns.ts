/** In which order Services that have nothing come to their turn, in a process that has not seen them waiting. */
import type { Service } from '../cluster/service.ts';
import { compareAge } from './adoption.ts';
import { ASSIGNED } from './reasons.ts';

/** Those first who have been waiting longest, by their condition; then those nobody has answered yet, the older first. */
export function compareTurns(a: Service, b: Service): number {
  const [since, other] = [waitsSince(a), waitsSince(b)];
  if (since !== other) return since < other ? -1 : 1;
  return compareAge(a, b);
}

/** Behind every time there is. */
const NOT_YET = '~';

/** RFC 3339 in UTC and whole seconds, so that text compares as time does. */
const waitsSince = ({ conditions }: Service): string =>
  conditions.find(({ type, status }) => type === ASSIGNED && status === 'False')?.lastTransitionTime ??
  NOT_YET;
