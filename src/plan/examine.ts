/**
 * Whether what a Service holds is still what it may and wants to hold. Nothing is ever taken away because
 * something cannot be known: a pool that cannot be read, or that has only just gone, keeps its holders. And
 * nothing moves that need not: where one of two addresses has to go, the other one stays.
 */
import type { Address, Family } from '../net/address.ts';
import { type ActivePool, byAge, isActive, letsIn } from './choice.ts';
import { claimOf, quotedAddresses, type Work } from './context.ts';
import { gives } from './gives.ts';
import type { Held } from './held.ts';
import { quote } from './quote.ts';
import { holds, type Verdict } from './reasons.ts';
import { causeOf } from './refusals.ts';
import { includesAddress, listAddresses, sameAddresses } from './shown.ts';

export type Kept = {
  readonly kind: 'keep';
  readonly addresses: readonly Address[];
  readonly pool: string;
  /** Set where the pool cannot vouch for the addresses at the moment: what is said of what it keeps. */
  readonly because: ((addresses: readonly Address[]) => Verdict) | null;
  /** Why some of what it held had to be released; null where that was its own wish, or nothing was. */
  readonly cleared: string | null;
};

/** Released; `cause` is null where the Service itself asked for something else. */
export type GivenUp = { readonly kind: 'give-up'; readonly cause: string | null };

export type Examined = Kept | GivenUp;

export function examine(work: Work, held: Held): Examined {
  const kept = examinePool(work, held);
  if (kept.kind === 'give-up') return giveUp(work, kept.cause);
  const addresses = keepFamilies(work, kept.addresses);
  const { addresses: asked } = work.wish;
  if (addresses.length === 0 || (asked !== null && !sameAddresses(asked, addresses))) {
    return giveUp(work, kept.cleared);
  }
  const changed = work.tx.change(work.service.key, work.wish.sharing, work.wish.ports);
  if (!changed.ok) return giveUp(work, causeOf(changed.error));
  return { ...kept, addresses };
}

const keep = ({ addresses, pool, cleared }: Held, because: Kept['because'] = null): Kept => ({
  kind: 'keep',
  addresses,
  pool,
  because,
  cleared,
});

const gaveUp = (cause: string | null): GivenUp => ({ kind: 'give-up', cause });

function giveUp(work: Work, cause: string | null): GivenUp {
  work.tx.release(work.service.key);
  return gaveUp(cause);
}

function examinePool(work: Work, held: Held): Examined {
  // Of a request that cannot be read nothing takes effect, or half of it would take away what the whole might not.
  const wanted = work.wish.complaint === null ? work.wish.pool : null;
  if (wanted !== null && wanted !== held.pool) return turnTo(work, held, wanted);
  const state = work.book.byName.get(held.pool);
  if (state === undefined) return poolGone(work, held);
  if (!isActive(state)) return keep(held);
  if (letsIn(state.active, work.service, work.labelsOf) !== null) {
    return moveHome(work, held) ?? gaveUp(notCompatible(held.pool));
  }
  const inside = held.addresses.filter((address) => gives(state.active, address));
  return inside.length === held.addresses.length ? keep(held) : stranded(work, held, inside);
}

const notCompatible = (pool: string): string => `pool ${pool} not compatible for ip assignment`;

/** Another pool is asked for; where it holds the addresses as well, they only change their home. */
function turnTo(work: Work, held: Held, wanted: string): Examined {
  const state = work.book.byName.get(wanted);
  if (state === undefined) return gaveUp(null);
  if (!isActive(state)) {
    const rest = `pool ${quote(wanted)}, which it asks for, cannot be read as it is now. It moves when that pool is mended.`;
    return keep(held, (kept) => holds('PoolInvalid', `Keeps ${listAddresses(kept)}: ${rest}`));
  }
  return suits(work, state, held.addresses) ? rehome(work, held, wanted) : gaveUp(null);
}

function poolGone(work: Work, held: Held): Examined {
  if (work.inGrace(held.pool)) {
    const rest = `for now, although pool ${quote(held.pool)} was deleted; put the pool back before the grace period ends.`;
    return keep(held, (kept) => holds('PoolGone', `Keeps ${listAddresses(kept)} ${rest}`));
  }
  return moveHome(work, held) ?? gaveUp(`pool "${held.pool}" is gone`);
}

/** The pool does not list all of the addresses any more, or avoids one now: `inside` are the others. */
function stranded(work: Work, held: Held, inside: readonly Address[]): Examined {
  const moved = moveHome(work, held);
  if (moved !== null) return moved;
  const outside = held.addresses.filter((address) => !includesAddress(inside, address));
  const cause = `${quotedAddresses(outside)} is not allowed in config: pool "${held.pool}" does not contain it any more`;
  if (inside.length === 0) return gaveUp(cause);
  for (const address of outside) work.tx.release(work.service.key, address);
  return { ...keep(held), addresses: inside, cleared: cause };
}

/** The same addresses under another pool, where the Service does not insist on the one that it had. */
function moveHome(work: Work, held: Held): Examined | null {
  if (work.wish.pool !== null) return null;
  const home = byAge(work.book).find(
    (state) => state.name !== held.pool && suits(work, state, held.addresses),
  );
  return home === undefined ? null : rehome(work, held, home.name);
}

const suits = (work: Work, { active }: ActivePool, addresses: readonly Address[]): boolean =>
  addresses.every((address) => gives(active, address)) &&
  letsIn(active, work.service, work.labelsOf) === null;

function rehome(work: Work, held: Held, pool: string): Examined {
  const claim = claimOf(work);
  for (const address of held.addresses) {
    const adopted = work.tx.adopt(claim, address, pool, { force: false });
    if (!adopted.ok) return gaveUp(causeOf(adopted.error));
  }
  return { ...keep(held), pool };
}

/** One address of each family of the cluster IPs; what is over is released, what is left stays where it is. */
function keepFamilies(work: Work, addresses: readonly Address[]): readonly Address[] {
  const kept: Address[] = [];
  const open = new Set<Family>(work.wish.families);
  for (const address of addresses) {
    if (open.delete(address.family)) kept.push(address);
    else work.tx.release(work.service.key, address);
  }
  return kept;
}
