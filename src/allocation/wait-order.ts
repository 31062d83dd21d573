/** The order of Services that wait for an address, for a process that has just started. */
import type { Service } from '../objects/service.ts';
import { compareServiceAge } from '../objects/service.ts';
import { ASSIGNED_CONDITION } from './condition-reasons.ts';

/** Those that have waited longest come first, by their condition; then those without a condition, the oldest first. */
export function compareWaitOrder(a: Service, b: Service): number {
  const [since, other] = [waitingSince(a), waitingSince(b)];
  if (since !== other) return since < other ? -1 : 1;
  return compareServiceAge(a, b);
}

/** Sorts behind every time. */
const NOT_WAITING = '~';

/** RFC 3339 in UTC and whole seconds, so that text compares as time does. */
const waitingSince = ({ conditions }: Service): string =>
  conditions.find(({ type, status }) => type === ASSIGNED_CONDITION && status === 'False')
    ?.lastTransitionTime ?? NOT_WAITING;
