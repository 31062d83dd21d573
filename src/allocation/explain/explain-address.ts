/** Explains an address: the pools that list it, its holders, and whether another Service could get it. */

import { formatIssue } from '../../config/issue.ts';
import { formatPort } from '../../ipam/sharing.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import { ASSIGNED_CONDITION } from '../condition-reasons.ts';
import type { AllocationContext } from '../context.ts';
import { listsAddress, offersAddress } from '../pool-addresses.ts';
import { poolsByAge } from '../pool-selection.ts';
import { listFirst } from '../quote.ts';

export type AddressHolder = {
  readonly key: ServiceKey;
  /** The pool that the address was assigned from; null where another writer put it into the status. */
  readonly pool: string | null;
  /** RFC 3339: since when its condition is True; null where it is not. */
  readonly since: string | null;
  /** Null where it does not share the address. */
  readonly sharingKey: string | null;
  /** `TCP/80`. */
  readonly ports: readonly string[];
};

export type AddressPool = {
  readonly pool: string;
  readonly grants: boolean;
  /** Why it does not grant the address; null where it does. */
  readonly because: string | null;
};

export type AddressExplanation = {
  readonly address: Address;
  /** Pools that list it, the oldest first. */
  readonly pools: readonly AddressPool[];
  /** By key; more than one where the address is shared, or shown without the right to. */
  readonly holders: readonly AddressHolder[];
  /** Whether a Service that shares with no other could get it now, and why or why not. */
  readonly grantable: boolean;
  readonly because: string;
};

/** `serviceOf` returns a Service as it is stored in the cluster. */
export function explainAddress(
  context: AllocationContext,
  address: Address,
  serviceOf: (key: ServiceKey) => Service | undefined,
): AddressExplanation {
  const pools = poolsListing(context, address);
  const holders = findHolders(context, address, serviceOf);
  const grantingPool = pools.find(({ grants }) => grants);
  const text = formatAddress(address);
  const [first] = pools;
  const freeReason =
    grantingPool !== undefined
      ? `Pool "${grantingPool.pool}" grants it.`
      : (first?.because ?? `${text} is in no pool.`);
  const isShared = holders.length > 0 && holders.every(({ sharingKey }) => sharingKey !== null);
  const inUseReason = isShared
    ? `${holdersText(holders)} Services with the same metallb.io/allow-shared-ip and other ports can share it.`
    : holdersText(holders);
  const grantable = holders.length === 0 && grantingPool !== undefined;
  return { address, pools, holders, grantable, because: holders.length > 0 ? inUseReason : freeReason };
}

/** A sentence with those who have the address. */
export const holdersText = (holders: readonly AddressHolder[]): string =>
  holders.length === 1
    ? `Service ${holders[0]?.key ?? ''} has it.`
    : `Services ${listFirst(holders.map(({ key }) => key))} have it.`;

/** Pools that assign nothing, because they are invalid and were never valid here, come last. */
function poolsListing({ poolSet }: AllocationContext, address: Address): readonly AddressPool[] {
  const invalid = [...poolSet.byName.values()].flatMap(({ name, active, claimed, issues }): AddressPool[] => {
    const [issue] = issues;
    if (active !== null || issue === undefined || !listsAddress({ ranges: claimed }, address)) return [];
    const because = `Pool "${name}" lists it, and is invalid: ${formatIssue(issue)}. Fix the pool.`;
    return [{ pool: name, grants: false, because }];
  });
  const listing = poolsByAge(poolSet)
    .filter(({ active }) => listsAddress(active, address))
    .map(({ name, active, grantable, overlaps }) => {
      if (!offersAddress(active, address)) {
        const because = `It ends in .0 or .255, which pool "${name}" avoids (avoidBuggyIPs).`;
        return { pool: name, grants: false, because };
      }
      if (listsAddress({ ranges: grantable }, address)) return { pool: name, grants: true, because: null };
      const older = overlaps.find(
        (one) => one.isOtherOlder && listsAddress({ ranges: [one.range] }, address),
      )?.otherPool;
      const owner = older === undefined ? 'An older pool' : `The older pool "${older}"`;
      return { pool: name, grants: false, because: `${owner} also lists it, and grants it instead.` };
    });
  return [...listing, ...invalid];
}

function findHolders(
  { ledger }: AllocationContext,
  address: Address,
  serviceOf: (key: ServiceKey) => Service | undefined,
): readonly AddressHolder[] {
  return ledger.claimsOn(address).map(({ holder, sharing, ports }) => {
    const condition = serviceOf(holder)?.conditions.find(({ type }) => type === ASSIGNED_CONDITION);
    const assigned = ledger
      .assignedTo(holder)
      .find((one) => formatAddress(one.address) === formatAddress(address));
    return {
      key: holder,
      pool: assigned?.pool ?? null,
      since: condition?.status === 'True' ? condition.lastTransitionTime : null,
      sharingKey: sharing.key === '' ? null : sharing.key,
      ports: ports.map(formatPort),
    };
  });
}
