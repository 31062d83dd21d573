/** S19: addresses that nothing leads to, and that no other finding explains. */

import { groupBy } from '../../base/list.ts';
import { listSome } from '../../base/text.ts';
import type { SpeakerCheckResult } from './check.ts';
import { refOfService, type UndeliveredAddress } from './snapshot.ts';

/** One result for the addresses that have the same reason. */
export const explainUndelivered = (
  undelivered: readonly UndeliveredAddress[],
): readonly SpeakerCheckResult[] =>
  [...groupBy(undelivered, ({ explanation }) => explanation.says).values()].map(withOneReason);

function withOneReason(undelivered: readonly UndeliveredAddress[]): SpeakerCheckResult {
  const services = [...new Set(undelivered.map(({ service }) => service))];
  const addresses = new Set(undelivered.map(({ address }) => address));
  const { says = '', fix = null } = undelivered[0]?.explanation ?? {};
  return {
    severity: 'error',
    object: refOfService(services[0] ?? ''),
    field: 'status.loadBalancer',
    problem: `Nothing leads to ${listSome([...addresses])} of Service ${listSome(services)}: ${says}.`,
    remedy: fix === null ? 'berth explain service shows each node.' : `${capitalized(fix)}.`,
    concerns: services.map(refOfService),
    explains: ({ address }) => addresses.has(address),
  };
}

const capitalized = (text: string): string =>
  /^(kubectl|berth) /.test(text) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
