import type { Pool } from '../../../../src/config/pool/pool.ts';
import { formatRange } from '../../../../src/net/range.ts';
import { formatSelector } from '../../../../src/objects/selector.ts';

/** A pool in one line: its ranges, then the fields that differ from the defaults. */
export function summarizePool({ ranges, autoAssign, avoidBuggyIPs, serviceAllocation }: Pool): string {
  const words = ranges.map(formatRange);
  if (!autoAssign) words.push('on-request');
  if (avoidBuggyIPs) words.push('avoids-buggy');
  if (serviceAllocation === null) return words.join(' ');
  const { namespaces, namespaceSelectors, serviceSelectors, priority } = serviceAllocation;
  const consumers = [
    ...namespaces,
    ...namespaceSelectors.map((selector) => `ns{${formatSelector(selector)}}`),
    ...serviceSelectors.map((selector) => `svc{${formatSelector(selector)}}`),
  ];
  words.push(
    'for',
    `${consumers.length === 0 ? 'all' : consumers.join(' ')},`,
    Number.isFinite(priority) ? `${priority}` : 'last',
  );
  return words.join(' ');
}
