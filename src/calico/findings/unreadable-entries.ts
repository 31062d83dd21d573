/** Check of lists with an entry that cannot be parsed, of which Calico then takes none: P45. */

import { fieldsOf, listOf, textOf } from '../../base/json.ts';
import { listSome } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { isUnreadableRange } from '../confd/range-lists.ts';
import { RANGE_LISTS, rangesInList } from '../objects/configuration.ts';
import { readAddress } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { configure, DEFAULT_CONFIGURATION, defaultSpec } from './snapshot.ts';

const P45: DiagnosticCheck = {
  code: 'P45',
  needs: ['BGPConfiguration'],
  question: 'whether every range can be parsed',
  find(snapshot) {
    const { configuration } = snapshot.converged.cluster;
    return RANGE_LISTS.flatMap((list): readonly CheckResult[] => {
      if (list === 'serviceLoadBalancerIPs' && !configuration.aggregation) return [];
      const unreadable = rangesInList(configuration, list).filter((one) =>
        list === 'serviceClusterIPs' ? one.prefix === null : isUnreadableRange(one),
      );
      if (unreadable.length === 0) return [];
      const texts = new Set(unreadable.map(({ text }) => text));
      const repaired = listOf(defaultSpec(snapshot)[list]).flatMap((one) => {
        const entry = fieldsOf(one);
        const text = textOf(entry['cidr']);
        return texts.has(text) ? withLength(text).map((cidr) => ({ ...entry, cidr })) : [one];
      });
      return [
        {
          severity: 'error',
          object: DEFAULT_CONFIGURATION,
          field: `spec.${list}`,
          problem: `Calico takes no entry of ${list}, and reports it only in its log. ${listSome([...texts].map((text) => JSON.stringify(text)))} in it is not a prefix. A node that runs keeps the list that it had.`,
          remedy: 'Write a prefix such as 192.0.2.0/24, and 192.0.2.1/32 for a single address.',
          edits: [configure(snapshot, { [list]: repaired.length > 0 ? repaired : null })],
          explains: ({ isListed }) => !isListed,
        },
      ];
    });
  },
};

/** An address as a prefix; empty for other text. */
function withLength(text: string): readonly string[] {
  const address = readAddress(text);
  return address === null ? [] : [`${formatAddress(address)}/${address.family === 4 ? 32 : 128}`];
}

export const UNREADABLE_ENTRY_CHECKS: readonly DiagnosticCheck[] = [P45];
