/** In which order Services that have nothing come to their turn, in a process that has not seen them waiting. */
import type { Service } from '../objects/service.ts';
import { compareByAge } from './adoption.ts';
import { ASSIGNED_CONDITION } from './condition-reasons.ts';

/** Those first who have been waiting longest, by their condition; then those nobody has answered yet, the older first. */
export function compareWaitOrder(a: Service, b: Service): number {
  const [since, other] = [waitingSince(a), waitingSince(b)];
  if (since !== other) return since < other ? -1 : 1;
  return compareByAge(a, b);
}

/** Behind every time there is. */
const NOT_WAITING = '~';

/** RFC 3339 in UTC and whole seconds, so that text compares as time does. */
const waitingSince = ({ conditions }: Service): string =>
  conditions.find(({ type, status }) => type === ASSIGNED_CONDITION && status === 'False')
    ?.lastTransitionTime ?? NOT_WAITING;
