/**
 * Somebody wrote other addresses on a Service than those it holds. If all of them are free, of one pool, and what
 * the Service could have been given, that is a wish like any other (MetalLB takes such a status over, too); else
 * what it holds is written again.
 */
import { type Address, sameAddress } from '../net/address.ts';
import { isActive, letsIn } from './choice.ts';
import { claimOf, commonPool, type Work } from './context.ts';
import { gives } from './gives.ts';
import type { Held } from './held.ts';
import { includesAddress, type Shown, sameAddresses } from './shown.ts';

/** What it holds from now on; null where that stays. */
export function follow(work: Work, shown: Shown, held: Held): Held | null {
  const { addresses } = shown;
  const pool = suitablePool(work, shown, held);
  if (pool === null) return null;
  const added = addresses.filter((address) => !includesAddress(held.addresses, address));
  for (const [index, address] of added.entries()) {
    if (work.tx.adopt(claimOf(work), address, pool, { force: false }).ok) continue;
    for (const given of added.slice(0, index)) work.tx.release(work.service.key, given);
    return null;
  }
  for (const address of held.addresses) {
    if (!includesAddress(addresses, address)) work.tx.release(work.service.key, address);
    // All of one Service's addresses have one home.
    else if (pool !== held.pool) work.tx.adopt(claimOf(work), address, pool, { force: false });
  }
  return { kind: 'held', addresses, pool, cleared: null, conflict: false };
}

/** The pool that the Service could have been given just these addresses from; null where there is none. */
function suitablePool(work: Work, { addresses, odd }: Shown, held: Held): string | null {
  const { wish } = work;
  if (odd.length > 0 || !sameFamilies(addresses, held.addresses)) return null;
  if (wish.addresses !== null && !sameAddresses(wish.addresses, addresses)) return null;
  const preferred = wish.pool ?? held.pool;
  const name = commonPool(work, addresses, preferred);
  if (name === null || (wish.pool !== null && name !== wish.pool)) return null;
  const state = work.book.byName.get(name);
  if (state === undefined || !isActive(state)) return null;
  if (letsIn(state.active, work.service, work.labelsOf) !== null) return null;
  return addresses.every((address) => gives(state.active, address)) ? name : null;
}

/** One for one: an address that is missing is no wish to lose it. */
const sameFamilies = (a: readonly Address[], b: readonly Address[]): boolean =>
  a.length === b.length &&
  a.every((one) => b.some(({ family }) => family === one.family)) &&
  !a.some((one, i) =>
    a.some((other, j) => i !== j && (sameAddress(one, other) || one.family === other.family)),
  );
