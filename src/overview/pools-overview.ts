/** The pools: how many addresses are free and in use, which will be exhausted soon, and what is wrong with them. */

import { fieldsOf, numberOf, textsOf } from '../base/json.ts';
import { rememberByObject } from '../base/remember.ts';
import { addressCount, plural } from '../base/text.ts';
import { formatIssue } from '../config/issue.ts';
import { formatPoolOverlap, type PoolSet, type PoolState } from '../config/pool/pool-set.ts';
import type { AddressCounts } from '../ipam/ledger.ts';
import { formatRange, subtractRanges } from '../net/range.ts';
import { specOf, statusOf } from '../objects/metadata.ts';
import { explainAllCommand } from './commands.ts';
import type { AddressUse, PoolOverview } from './document.ts';
import type { Problem } from './problem.ts';

/** What is counted over all Services; null where not all of them could be read. */
export type PoolUse = {
  readonly counts: (pool: string) => AddressCounts | null;
  readonly services: (pool: string) => number;
  readonly waiting: (pool: string) => number;
};

/** A pool with at most this part of its addresses free is exhausted soon. */
const FEW_FREE = 0.1;

export const describePools = (poolSet: PoolSet, use: PoolUse | null): readonly PoolOverview[] =>
  [...poolSet.byName.values()].map((state) => describePool(state, use));

function describePool(state: PoolState, use: PoolUse | null): PoolOverview {
  const { name, active, issues } = state;
  const raw = fieldsOf(state.raw);
  const counted = use?.counts(name) ?? null;
  const counts = counted ?? publishedCounts(raw);
  const ipv4 = counts === null ? null : { used: counts.assigned4, free: counts.available4 };
  const ipv6 = counts === null ? null : { used: counts.assigned6, free: counts.available6 };
  const exhausted = isExhausted(ipv4) || isExhausted(ipv6);
  return {
    name,
    state: issues.length === 0 ? 'valid' : 'invalid',
    addresses: textsOf(specOf(raw)['addresses']),
    ...{ ipv4, ipv6 },
    countedFrom: counts === null ? null : counted === null ? 'poolStatus' : 'services',
    exhausted,
    exhaustedSoon: !exhausted && (isNearlyExhausted(ipv4) || isNearlyExhausted(ipv6)),
    services: use?.services(name) ?? null,
    waiting: use?.waiting(name) ?? null,
    autoAssign: active?.autoAssign ?? false,
    avoidBuggyIPs: active?.avoidBuggyIPs ?? false,
    notGranted: notGrantedRanges(state),
    issues: issues.map(formatIssue),
  };
}

/** Once for each version of a pool: there may be many thousand ranges. */
const notGrantedRanges = rememberByObject(({ claimed, grantable }: PoolState): readonly string[] =>
  claimed === grantable ? [] : subtractRanges(claimed, grantable).map(formatRange),
);

/** A family that the pool does not have is not exhausted. */
const isExhausted = (use: AddressUse | null): boolean => use !== null && use.free === 0 && use.used > 0;

const isNearlyExhausted = (use: AddressUse | null): boolean =>
  use !== null && use.used > 0 && use.free <= (use.used + use.free) * FEW_FREE;

/** As the controller has written them; null where it has not. */
function publishedCounts(raw: ReturnType<typeof fieldsOf>): AddressCounts | null {
  const status = statusOf(raw);
  const [assigned4, assigned6, available4, available6] = [
    ...['assignedIPv4', 'assignedIPv6', 'availableIPv4', 'availableIPv6'].map((key) => numberOf(status[key])),
  ];
  if (assigned4 == null || assigned6 == null || available4 == null || available6 == null) return null;
  return { assigned4, assigned6, available4, available6 };
}

export function poolProblems(
  poolSet: PoolSet,
  pools: readonly PoolOverview[],
  { namespace }: { readonly namespace: string },
): readonly Problem[] {
  const objectOf = (name: string) => ({ kind: 'IPAddressPool', namespace, name });
  return pools.flatMap((pool): readonly Problem[] => {
    const object = objectOf(pool.name);
    const state = poolSet.byName.get(pool.name);
    const withheld = (state?.overlaps ?? []).filter(({ isOtherOlder }) => isOtherOlder);
    return [
      ...pool.issues.map(
        (issue): Problem => ({
          ...{ code: 'PoolInvalid', severity: 'error', object, count: 1, command: null },
          says: `IPAddressPool ${pool.name} is invalid: ${issue}.`,
          fix: 'Correct that field. Until then the pool assigns nothing new, and its Services keep their addresses.',
        }),
      ),
      ...withheld.slice(0, 1).map(
        (overlap): Problem => ({
          ...{ code: 'PoolOverlap', severity: 'warning', object, count: withheld.length, command: null },
          says: `IPAddressPool ${pool.name}: ${formatPoolOverlap(overlap)}.`,
          fix: 'Remove the addresses from one of the two pools.',
        }),
      ),
      ...exhaustionProblems(pool, object, namespace),
    ];
  });
}

function exhaustionProblems(
  pool: PoolOverview,
  object: Problem['object'],
  namespace: string,
): readonly Problem[] {
  if (!pool.exhausted && !pool.exhaustedSoon) return [];
  const families = [
    ...describeUse('IPv4', pool.ipv4, pool.exhausted),
    ...describeUse('IPv6', pool.ipv6, pool.exhausted),
  ];
  const waiting = pool.waiting ?? 0;
  return [
    {
      ...{
        code: pool.exhausted ? 'PoolExhausted' : 'PoolExhaustedSoon',
        severity: 'warning',
        object,
        count: 1,
      },
      says: `Pool ${pool.name} ${pool.exhausted ? 'is exhausted' : 'will soon be exhausted'}: ${families.join(', ')}.${waiting === 0 ? '' : ` ${plural(waiting, 'Service')} that ${waiting === 1 ? 'requests it waits' : 'request it wait'}.`}`,
      fix: 'Add a range to spec.addresses, or add another pool.',
      command: explainAllCommand(namespace),
    },
  ];
}

function describeUse(family: string, use: AddressUse | null, exhausted: boolean): readonly string[] {
  const isMeant = exhausted ? isExhausted(use) : isNearlyExhausted(use);
  return use === null || !isMeant
    ? []
    : [`${addressCount(use.free)} of ${addressCount(use.free + use.used)} ${family} addresses are free`];
}
