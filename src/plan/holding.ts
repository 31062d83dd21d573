/**
 * What a Service has at the moment: the addresses that the ledger says it holds, or those that its status shows
 * and that we now take over. Adopting comes before granting, so nothing here ever takes a new address.
 */

import { ALLOCATED_FROM, FOREIGN_ADDRESSES } from '../cluster/annotations.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { commonPool, type Work } from './context.ts';
import { claimOf } from './granting.ts';
import { others, type Verdict } from './reasons.ts';
import { readShown, type Shown, sameAddresses } from './shown.ts';

export type Holding =
  | { readonly kind: 'none' }
  /** Held by us, from `pool`: which may be gone, or not be what the Service wants any more. */
  | { readonly kind: 'held'; readonly addresses: readonly Address[]; readonly pool: string }
  /** Written by somebody else; counted as taken, left alone. */
  | { readonly kind: 'theirs'; readonly verdict: Verdict }
  /** What it shows may not be its own; nothing is held. */
  | { readonly kind: 'lost'; readonly cause: string; readonly conflict: boolean };

/** What the status shows is the truth until somebody else turns out to hold it. */
export function settle(work: Work): Holding {
  const shown = readShown(work.service);
  const held = heldByUs(work);
  if (held === null) return takeOver(work, shown);
  if (sameAddresses(shown.addresses, held.addresses)) return held;
  if (work.contested) return contested(work, held.addresses);
  return shown.addresses.length === 0 ? held : (follow(work, shown, held) ?? held);
}

/**
 * What the ledger has on this Service. Addresses without a pool only mirror what somebody else wrote: they are
 * dropped here, to be read again from what the status shows now.
 */
function heldByUs(work: Work): (Holding & { readonly kind: 'held' }) | null {
  const holdings = work.ledger.holdings(work.service.key);
  if (holdings.length === 0) return null;
  const pool = holdings[0]?.pool ?? null;
  if (pool === null) {
    work.tx.release(work.service.key);
    return null;
  }
  return { kind: 'held', addresses: holdings.map(({ address }) => address), pool };
}

/** Somebody wrote other addresses: if they are free and of one pool, that is a wish like any other (as in MetalLB). */
function follow(work: Work, shown: Shown, held: Holding & { readonly kind: 'held' }): Holding | null {
  const pool = commonPool(work.ledger, shown.addresses, held.pool);
  if (pool === null || shown.odd.length > 0) return null;
  const isHeld = (address: Address): boolean => held.addresses.some((one) => sameAddresses([one], [address]));
  const added: Address[] = [];
  for (const address of shown.addresses.filter((one) => !isHeld(one))) {
    const adopted = work.tx.adopt(claimOf(work), address, pool, { force: false });
    if (adopted.ok) {
      added.push(address);
      continue;
    }
    for (const given of added) work.tx.release(work.service.key, given);
    return null;
  }
  for (const address of held.addresses) {
    if (!shown.addresses.some((one) => sameAddresses([one], [address])))
      work.tx.release(work.service.key, address);
  }
  return { kind: 'held', addresses: shown.addresses, pool };
}

function contested(work: Work, held: readonly Address[]): Holding {
  const writer = work.service.statusWriter ?? 'somebody else';
  return {
    kind: 'theirs',
    verdict: others(
      'StatusContested',
      `${JSON.stringify(writer)} keeps replacing what Berth writes (${held.map(formatAddress).join(', ')}); Berth stopped writing. Stop that writer, or give the Service a loadBalancerClass that only one of the two answers for.`,
    ),
  };
}

// --- nothing is held: what stands there

function takeOver(work: Work, shown: Shown): Holding {
  if (shown.addresses.length === 0 && shown.odd.length === 0) return { kind: 'none' };
  const from = work.service.annotations[ALLOCATED_FROM] ?? null;
  const pool = commonPool(work.ledger, shown.addresses, from);
  if (pool !== null) return adopt(work, shown.addresses, pool);
  if (from === null) return foreign(work, shown);
  if (shown.addresses.length === 0) return { kind: 'none' };
  const state = work.book.byName.get(from);
  const mayReturn = state === undefined ? work.inGrace(from) : state.active === null;
  if (!mayReturn) return { kind: 'lost', cause: notAllowed(shown.addresses), conflict: false };
  // Its pool cannot say at the moment what lies in it: nobody loses an address over that.
  return adopt(work, shown.addresses, from);
}

function adopt(work: Work, addresses: readonly Address[], pool: string): Holding {
  const claim = claimOf(work);
  for (const address of addresses) {
    const adopted = work.tx.adopt(claim, address, pool, { force: false });
    if (adopted.ok) continue;
    const holders = work.ledger.holders(address).map(({ holder }) => holder);
    work.tx.release(claim.holder);
    const conflict = adopted.error.code === 'address-taken' || adopted.error.code === 'sharing-refused';
    return {
      kind: 'lost',
      conflict,
      cause: conflict
        ? `"${formatAddress(address)}" belongs to ${holders.filter((one) => one !== claim.holder).join(', ')}`
        : notAllowed([address]),
    };
  }
  return { kind: 'held', addresses, pool };
}

function foreign(work: Work, shown: Shown): Holding {
  const mode = work.service.annotations[FOREIGN_ADDRESSES] ?? work.options.foreignAddresses;
  if (mode === 'replace') return { kind: 'none' };
  const claim = claimOf(work);
  for (const address of shown.addresses) work.tx.adopt(claim, address, null, { force: true });
  const what = [...shown.addresses.map(formatAddress), ...shown.odd].join(', ');
  const writer = work.service.statusWriter;
  return {
    kind: 'theirs',
    verdict: others(
      'ForeignAddress',
      `${what} was written by ${writer === null ? 'somebody else' : JSON.stringify(writer)} and lies in no pool, so it is kept. To have Berth assign one instead, annotate the Service with ${FOREIGN_ADDRESSES}=replace.`,
    ),
  };
}

const notAllowed = (addresses: readonly Address[]): string =>
  `${addresses.map((address) => JSON.stringify(formatAddress(address))).join(' ')} is not allowed in config`;
