/** The addresses that a Service asks for: all of them, from one pool, or none. */
import { ok, type Result } from '../base/result.ts';
import type { PoolBook } from '../config/pools.ts';
import type { Refusal } from '../ipam/refusal.ts';
import type { Want } from '../ipam/waiters.ts';
import type { Address, Family } from '../net/address.ts';
import { rangeContains } from '../net/range.ts';
import { type ActivePool, byAge, isReadable } from './choice.ts';
import { claimOf, commonPool, quotedAddresses, type Work } from './context.ts';
import { lists } from './gives.ts';
import { ANY_POOL, type Grant, namedPool, type Refused, refused, unreadHint } from './named.ts';
import { lacks, type Verdict } from './reasons.ts';
import { causeOf, familyName, verdictOf } from './refusals.ts';
import { listAddresses } from './shown.ts';

export function grantRequested(work: Work, addresses: readonly Address[]): Result<Grant, Refused> {
  const named = work.wish.pool;
  if (named !== null) {
    const pool = namedPool(work, named);
    if (!pool.ok) return pool;
  }
  const name = commonPool(work, addresses, named);
  if (name === null || (named !== null && name !== named)) return notInOnePool(work, addresses);
  const reserved = reserve(work, addresses, name);
  if (reserved.ok || named !== null || !isUnread(work, name)) return reserved;
  // Others do not know what lies in a pool that cannot be read any more: what is said must not depend on it.
  const other = oldestReadable(work.book, addresses);
  return other === null ? notInOnePool(work, addresses) : reserve(work, addresses, other);
}

/** What would make another look worthwhile: each of the addresses, or any edit of a pool. */
const wantsOf = (addresses: readonly Address[]): readonly Want[] => [
  ...addresses.map((address): Want => ({ kind: 'address', address })),
  ANY_POOL,
];

function reserve(work: Work, addresses: readonly Address[], name: string): Result<Grant, Refused> {
  const pool = namedPool(work, name);
  if (!pool.ok) return pool;
  const claim = claimOf(work);
  const refusals = addresses.flatMap((address) => {
    const reserved = work.tx.reserve(claim, address, name);
    return reserved.ok ? [] : [reserved.error];
  });
  const first = refusals.find(liesWithPool) ?? refusals[0];
  if (first === undefined) return ok({ addresses, pool: name });
  for (const address of addresses) work.tx.release(claim.holder, address);
  const told =
    first.code === 'not-grantable' ? { ...first, owner: ownerOf(pool.value, first.address) } : first;
  const verdict = addresses.length === 1 || liesWithPool(told) ? verdictOf(told) : notAllFree(addresses);
  return refused(verdict, causeOf(told), wantsOf(addresses));
}

/** A refusal that stands whoever comes and goes. */
const liesWithPool = ({ code }: Refusal): boolean => code !== 'address-taken' && code !== 'sharing-refused';

/** Which of them it is changes as others come and go, so it is not said here. */
const notAllFree = (addresses: readonly Address[]): Verdict =>
  lacks(
    'AddressTaken',
    `${listAddresses(addresses)} are not both to be had, since others use them; \`berth explain service\` names who. The Service is served when both are free.`,
  );

/** The older pool that grants the address instead, by what the objects say; null where they list too many. */
const ownerOf = ({ overlaps }: ActivePool, address: Address): string | null =>
  overlaps.find((one) => one.older && rangeContains(one.range, address))?.with ?? null;

function oldestReadable(book: PoolBook, addresses: readonly Address[]): string | null {
  const pools = byAge(book).filter(
    (state) => isReadable(state) && addresses.every((address) => lists(state.active, address)),
  );
  return pools[0]?.name ?? null;
}

function notInOnePool(work: Work, addresses: readonly Address[]): Result<never, Refused> {
  const wants = wantsOf(addresses);
  const pool = work.wish.pool;
  const address = addresses.find((one) =>
    pool === null ? oldestReadable(work.book, [one]) === null : work.ledger.poolOf(one, pool) !== pool,
  );
  if (address === undefined) {
    const message = `${listAddresses(addresses)} lie in different pools; ask for addresses of one pool.`;
    return refused(
      lacks('AddressNotInPool', message),
      `${quotedAddresses(addresses)} are not in one pool`,
      wants,
    );
  }
  const refusal: Refusal = { code: 'not-in-pool', address, pool };
  const verdict = verdictOf(refusal);
  return refused(
    { ...verdict, message: `${verdict.message}${unreadHint(work.book)}` },
    causeOf(refusal),
    wants,
  );
}

function isUnread(work: Work, name: string): boolean {
  const state = work.book.byName.get(name);
  return state !== undefined && !isReadable(state);
}

/** A Service can have one address of each family of its cluster IPs, and has to ask for all of them or none. */
export function unfitRequest(addresses: readonly Address[], families: readonly Family[]): Verdict | null {
  if (addresses.length > 2) {
    return lacks(
      'InvalidRequest',
      'More than two addresses are asked for; a Service can have one of each family.',
    );
  }
  const asked = addresses.map((address) => address.family);
  if (asked.length === 2 && asked[0] === asked[1]) {
    return lacks(
      'InvalidRequest',
      `Two ${familyName(asked[0] ?? 4)} addresses are asked for; a Service can have one of each family.`,
    );
  }
  if (asked.length === families.length && asked.every((family) => families.includes(family))) return null;
  const have = families.map(familyName).join(' and ');
  return lacks(
    'FamilyMismatch',
    `${listAddresses(addresses)} is asked for, but the cluster IPs are ${have}; ask for ${families.length === 1 ? `an ${have} address` : 'one address of each of these families'}.`,
  );
}
