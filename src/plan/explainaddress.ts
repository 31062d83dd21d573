/** Who has an address, from which pool, since when; and whether a newcomer could have it. */
import type { Service, ServiceKey } from '../cluster/service.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { byAge } from './choice.ts';
import type { Grounds } from './context.ts';
import { gives, lists } from './gives.ts';
import { ASSIGNED } from './reasons.ts';

export type AddressHolder = {
  readonly key: ServiceKey;
  /** The pool that it has the address from; null where somebody else wrote it there. */
  readonly pool: string | null;
  /** RFC 3339: since when its condition says that it has what it has; null where it says something else. */
  readonly since: string | null;
  /** Null where it shares with nobody. */
  readonly sharingKey: string | null;
  /** `TCP/80`. */
  readonly ports: readonly string[];
};

export type AddressPool = {
  readonly pool: string;
  readonly grants: boolean;
  /** Why it does not, though it lists the address; null where it does. */
  readonly because: string | null;
};

export type AddressExplanation = {
  readonly address: Address;
  /** Pools that list it, the oldest first. */
  readonly pools: readonly AddressPool[];
  /** By key; more than one where it is shared, or shown without the right to. */
  readonly holders: readonly AddressHolder[];
  /** Whether a Service that shares with nobody could have it now, and why or why not. */
  readonly grantable: boolean;
  readonly because: string;
};

/** `serviceOf` gives a Service as the cluster has it. */
export function explainAddress(
  grounds: Grounds,
  address: Address,
  serviceOf: (key: ServiceKey) => Service | undefined,
): AddressExplanation {
  const pools = poolsOf(grounds, address);
  const holders = holdersOf(grounds, address, serviceOf);
  const granting = pools.find(({ grants }) => grants);
  const text = formatAddress(address);
  const [first] = pools;
  const free =
    granting !== undefined
      ? `Pool "${granting.pool}" grants it.`
      : (first?.because ?? `${text} lies in no pool.`);
  const shared = holders.length > 0 && holders.every(({ sharingKey }) => sharingKey !== null);
  const taken = shared
    ? 'It is in use; Services that carry the same metallb.io/allow-shared-ip and use other ports can share it.'
    : 'It is in use.';
  const grantable = holders.length === 0 && granting !== undefined;
  return { address, pools, holders, grantable, because: holders.length > 0 ? taken : free };
}

function poolsOf({ book }: Grounds, address: Address): readonly AddressPool[] {
  return byAge(book)
    .filter(({ active }) => lists(active, address))
    .map(({ name, active, grantable, overlaps }) => {
      if (!gives(active, address)) {
        const because = `It ends in .0 or .255, which pool "${name}" avoids (avoidBuggyIPs).`;
        return { pool: name, grants: false, because };
      }
      if (lists({ ranges: grantable }, address)) return { pool: name, grants: true, because: null };
      const older = overlaps.find((one) => one.older && lists({ ranges: [one.range] }, address))?.with;
      const owner = older === undefined ? 'An older pool' : `The older pool "${older}"`;
      return { pool: name, grants: false, because: `${owner} lists it as well and grants it instead.` };
    });
}

function holdersOf(
  { ledger }: Grounds,
  address: Address,
  serviceOf: (key: ServiceKey) => Service | undefined,
): readonly AddressHolder[] {
  return ledger.holders(address).map(({ holder, sharing, ports }) => {
    const said = serviceOf(holder)?.conditions.find(({ type }) => type === ASSIGNED);
    const held = ledger.holdings(holder).find((one) => formatAddress(one.address) === formatAddress(address));
    return {
      key: holder,
      pool: held?.pool ?? null,
      since: said?.status === 'True' ? said.lastTransitionTime : null,
      sharingKey: sharing.key === '' ? null : sharing.key,
      ports: ports.map(({ protocol, port }) => `${protocol}/${port}`),
    };
  });
}
