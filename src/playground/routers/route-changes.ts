/** This file builds the lines for changes of the routes that routers learn. */
import { oneLine } from '../../base/printable.ts';
import { compareText, plural } from '../../base/text.ts';
import type { LearnedRoutes, LearnedRoutesByService } from './learned-routes.ts';

/** The largest number of lines for one change: an edit of Calico's objects may change the routes to every Service. */
export const CHANGE_LINES_MAX = 20;

/** The lines for a change. A Service that has lost its address gives no line here: the board prints it. */
export function describeRouteChanges(
  before: LearnedRoutesByService,
  after: LearnedRoutesByService,
): readonly string[] {
  const changed = [...after]
    .map(([key, routes]) => [key, outcomeOf(routes)] as const)
    .filter(([key, outcome]) => {
      const previous = before.get(key);
      return previous === undefined || outcomeOf(previous) !== outcome;
    })
    .sort(([a], [b]) => compareText(a, b));
  const lines = changed.slice(0, CHANGE_LINES_MAX).map(([key, outcome]) => oneLine(`${key}  ${outcome}`));
  const hidden = changed.length - lines.length;
  return hidden === 0
    ? lines
    : [...lines, `and routers learn other routes to ${plural(hidden, 'Service')} more`];
}

function outcomeOf({ byAddress, isOk, note }: LearnedRoutes): string {
  const cells = [...new Set([...byAddress.values()].flat())];
  if (!isOk) return `${cells.join(' and ')}: ${note}`;
  return `is learned by ${cells.join(' and ')}${note === null ? '' : ` (${note})`}`;
}
