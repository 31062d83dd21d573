/**
 * What a Service has at the moment: the addresses that the ledger says it holds, or those that its status shows
 * and that we now take over. Adopting comes before granting, so nothing here ever takes a new address.
 */
import { ALLOCATED_FROM, FOREIGN_ADDRESSES } from '../cluster/annotations.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { claimOf, commonPool, quotedAddresses, type Work } from './context.ts';
import { follow } from './follow.ts';
import type { Held, Holding } from './held.ts';
import { mirror } from './mirror.ts';
import { enumerate } from './quote.ts';
import { others } from './reasons.ts';
import { readShown, type Shown, sameAddresses } from './shown.ts';

/** What the status shows is the truth until somebody else turns out to hold it. */
export function settle(work: Work): Holding {
  const shown = readShown(work.service);
  if (work.contested) return contested(work, shown);
  const held = heldByUs(work);
  if (held !== null && sameAddresses(shown.addresses, held.addresses)) return held;
  if (held === null) return takeOver(work, shown);
  return follow(work, shown, held) ?? held;
}

/**
 * What the ledger has on this Service. Addresses without a pool only mirror what somebody else wrote: they are
 * dropped here, to be read again from what the status shows now.
 */
function heldByUs(work: Work): Held | null {
  const holdings = work.ledger.holdings(work.service.key);
  const pool = holdings[0]?.pool ?? null;
  if (pool === null || holdings.some((one) => one.pool === null)) {
    work.tx.release(work.service.key);
    return null;
  }
  const addresses = holdings.map(({ address }) => address);
  return { kind: 'held', addresses, pool, cleared: null, conflict: false };
}

function contested(work: Work, shown: Shown): Holding {
  const known = work.ledger.holdings(work.service.key).map(({ address }) => address);
  if (heldByUs(work) === null) mirror(work.ledger, work.service, shown.addresses, work.tx);
  // Where the addresses are as they were, it is not their writer who takes off the rest.
  const writer = sameAddresses(known, shown.addresses) ? null : work.service.statusWriter;
  const who = writer === null ? 'Somebody else' : JSON.stringify(writer);
  return {
    kind: 'theirs',
    verdict: others(
      'StatusContested',
      `${who} keeps replacing what Berth writes on this Service, so Berth has stopped writing. Stop that writer and then change this Service (any label or annotation will do), or create it anew with a loadBalancerClass that only one of the two answers for.`,
    ),
  };
}

// --- nothing is held: what stands there

function takeOver(work: Work, shown: Shown): Holding {
  const from = work.service.annotations[ALLOCATED_FROM] ?? null;
  if (shown.addresses.length === 0) {
    return from === null && shown.odd.length > 0 ? foreign(work, shown) : { kind: 'none' };
  }
  // Its pool cannot say at the moment what lies in it: nobody loses an address over that.
  if (from !== null && isSpeechless(work, from)) return adopt(work, shown.addresses, from);
  const pool = commonPool(work, shown.addresses, from);
  if (pool !== null) return adopt(work, shown.addresses, pool);
  if (from === null) return foreign(work, shown);
  const inside = shown.addresses.filter((address) => work.ledger.poolOf(address, from) === from);
  const outside = shown.addresses.filter((address) => !inside.includes(address));
  const cause = `${quotedAddresses(outside)} is not allowed in config`;
  if (inside.length === 0) return { kind: 'lost', cause, conflict: false };
  return adopt(work, inside, from, cause);
}

/** The pool was there until just now, or is there and cannot be read. */
function isSpeechless(work: Work, pool: string): boolean {
  const state = work.book.byName.get(pool);
  return state === undefined ? work.inGrace(pool) : state.active === null;
}

/** Takes over those that do not belong to anybody else. */
function adopt(
  work: Work,
  addresses: readonly Address[],
  pool: string,
  cleared: string | null = null,
): Holding {
  const claim = claimOf(work);
  const kept: Address[] = [];
  let cause: string | null = null;
  for (const address of addresses) {
    const adopted = work.tx.adopt(claim, address, pool, { force: false });
    if (adopted.ok) {
      kept.push(address);
    } else if (cause === null) {
      const holders = work.ledger.holders(address).map(({ holder }) => holder);
      cause = `"${formatAddress(address)}" belongs to ${enumerate(holders)}`;
    }
  }
  const conflict = cause !== null;
  if (kept.length > 0) return { kind: 'held', addresses: kept, pool, cleared: cause ?? cleared, conflict };
  return { kind: 'lost', cause: cause ?? '', conflict };
}

function foreign(work: Work, shown: Shown): Holding {
  const mode = work.service.annotations[FOREIGN_ADDRESSES] ?? work.options.foreignAddresses;
  if (mode === 'replace') return { kind: 'none' };
  mirror(work.ledger, work.service, shown.addresses, work.tx);
  const what = enumerate([...shown.addresses.map(formatAddress), ...shown.odd]);
  const writer = work.service.statusWriter;
  const where = shown.addresses.length > 1 ? 'no one pool holds that' : 'no pool holds that';
  return {
    kind: 'theirs',
    verdict: others(
      'ForeignAddress',
      `${what} was written by ${writer === null ? 'somebody else' : JSON.stringify(writer)} and ${where}, so it is kept. To have Berth assign an address instead, annotate the Service with ${FOREIGN_ADDRESSES}=replace.`,
    ),
  };
}
