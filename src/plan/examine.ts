/**
 * Whether what a Service holds is still what it may and wants to hold. Nothing is ever taken away because
 * something cannot be known: a pool that cannot be read, or that has only just gone, keeps its holders.
 */
import { type Address, type Family, sameAddress } from '../net/address.ts';
import { rangeContains } from '../net/range.ts';
import { type ActivePool, isActive, letsIn } from './choice.ts';
import { commonPool, type Work } from './context.ts';
import { claimOf } from './granting.ts';
import { holds, type Verdict } from './reasons.ts';
import { causeOf } from './refusals.ts';
import { listAddresses, sameAddresses } from './shown.ts';

export type Examined =
  | {
      readonly kind: 'keep';
      readonly addresses: readonly Address[];
      readonly pool: string;
      /** Set where the pool cannot vouch for the addresses at the moment. */
      readonly because: Verdict | null;
    }
  /** Released; `cause` is null where the Service itself asked for something else. */
  | { readonly kind: 'give-up'; readonly cause: string | null };

type Held = { readonly addresses: readonly Address[]; readonly pool: string };

export function examine(work: Work, held: Held): Examined {
  const kept = examinePool(work, held);
  if (kept.kind === 'give-up') return giveUp(work, kept.cause);
  const families = keepFamilies(work, kept.addresses);
  if (families.length === 0) return giveUp(work, null);
  if (work.wish.addresses !== null && !sameAddresses(work.wish.addresses, families))
    return giveUp(work, null);
  const changed = work.tx.change(work.service.key, work.wish.sharing, work.wish.ports);
  if (!changed.ok) return giveUp(work, causeOf(changed.error));
  return { ...kept, addresses: families };
}

const keep = ({ addresses, pool }: Held, because: Verdict | null): Examined => ({
  kind: 'keep',
  addresses,
  pool,
  because,
});

function giveUp(work: Work, cause: string | null): Examined {
  work.tx.release(work.service.key);
  return { kind: 'give-up', cause };
}

function examinePool(work: Work, held: Held): Examined {
  const wanted = work.wish.pool;
  if (wanted !== null && wanted !== held.pool) {
    // The pool asked for may hold these addresses as well: then they only change their home.
    return commonPool(work.ledger, held.addresses, wanted) === wanted
      ? rehome(work, held.addresses, wanted)
      : { kind: 'give-up', cause: null };
  }
  const state = work.book.byName.get(held.pool);
  if (state === undefined) return poolGone(work, held);
  if (!isActive(state)) {
    const message = `Keeps ${listAddresses(held.addresses)} although pool "${held.pool}" cannot be read as it is now; mend the pool.`;
    return keep(held, holds('PoolInvalid', message));
  }
  if (!held.addresses.every((address) => gives(state, address))) {
    const other = commonPool(work.ledger, held.addresses, null);
    if (other !== null && other !== held.pool) return rehome(work, held.addresses, other);
    return {
      kind: 'give-up',
      cause: `"${listAddresses(held.addresses)}" is not allowed in config: pool "${held.pool}" does not contain it any more`,
    };
  }
  return letsIn(state.active, work.service, work.labelsOf) === null
    ? keep(held, null)
    : { kind: 'give-up', cause: `pool ${held.pool} not compatible for ip assignment` };
}

function poolGone(work: Work, held: Held): Examined {
  if (work.inGrace(held.pool)) {
    const message = `Keeps ${listAddresses(held.addresses)} for now, although pool "${held.pool}" was deleted; put the pool back before the grace period ends.`;
    return keep(held, holds('PoolGone', message));
  }
  const other = commonPool(work.ledger, held.addresses, null);
  if (other !== null) return rehome(work, held.addresses, other);
  return { kind: 'give-up', cause: `pool "${held.pool}" is gone` };
}

/** The same addresses under another pool that contains them and lets the Service in. */
function rehome(work: Work, addresses: readonly Address[], pool: string): Examined {
  const state = work.book.byName.get(pool);
  if (state === undefined || !isActive(state)) return { kind: 'give-up', cause: null };
  if (letsIn(state.active, work.service, work.labelsOf) !== null) {
    return { kind: 'give-up', cause: `pool ${pool} not compatible for ip assignment` };
  }
  const claim = claimOf(work);
  for (const address of addresses) {
    work.tx.release(claim.holder, address);
    const adopted = work.tx.adopt(claim, address, pool, { force: false });
    if (!adopted.ok) return { kind: 'give-up', cause: causeOf(adopted.error) };
  }
  return { kind: 'keep', addresses, pool, because: null };
}

/** Contained, and not one that the pool avoids. */
function gives({ active }: ActivePool, address: Address): boolean {
  if (active.avoidBuggyIPs && isBuggy(address)) return false;
  return active.ranges.some((range) => rangeContains(range, address));
}

const isBuggy = ({ family, bits }: Address): boolean =>
  family === 4 && ((bits & 0xffn) === 0n || (bits & 0xffn) === 0xffn);

/** One address of each family of the cluster IPs; what is over is released, what is left stays where it is. */
function keepFamilies(work: Work, addresses: readonly Address[]): readonly Address[] {
  const kept: Address[] = [];
  const open: Family[] = [...work.wish.families];
  for (const address of addresses) {
    const index = open.indexOf(address.family);
    if (index >= 0) {
      open.splice(index, 1);
      kept.push(address);
    } else {
      work.tx.release(work.service.key, address);
    }
  }
  return kept.length === addresses.length && kept.every((one, i) => sameAddress(one, addresses[i] ?? one))
    ? addresses
    : kept;
}
