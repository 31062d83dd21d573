import { formatSelector } from '../../../src/cluster/selector.ts';
import type { Pool } from '../../../src/config/pool.ts';
import { formatRange } from '../../../src/net/range.ts';

/** A pool in one line: its ranges, then what is not usual about it. */
export function summary({ ranges, autoAssign, avoidBuggyIPs, allocation }: Pool): string {
  const words = ranges.map(formatRange);
  if (!autoAssign) words.push('on-request');
  if (avoidBuggyIPs) words.push('avoids-buggy');
  if (allocation === null) return words.join(' ');
  const { namespaces, namespaceSelectors, serviceSelectors, priority } = allocation;
  const whom = [
    ...namespaces,
    ...namespaceSelectors.map((selector) => `ns{${formatSelector(selector)}}`),
    ...serviceSelectors.map((selector) => `svc{${formatSelector(selector)}}`),
  ];
  words.push(
    'for',
    `${whom.length === 0 ? 'all' : whom.join(' ')},`,
    Number.isFinite(priority) ? `${priority}` : 'last',
  );
  return words.join(' ');
}
