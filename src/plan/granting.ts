/**
 * Finds addresses for a Service that has none: those it asks for, or from the pool it asks for, or from the
 * first pool that can serve it. Everything is reserved in the open transaction; what was reserved on the way to
 * a refusal is given back before the refusal is returned.
 */
import { err, ok, type Result } from '../base/result.ts';
import { quoteList } from '../base/text.ts';
import type { Refusal } from '../ipam/refusal.ts';
import type { Claim } from '../ipam/sharing.ts';
import type { Want } from '../ipam/waiters.ts';
import type { Address, Family } from '../net/address.ts';
import { type ActivePool, candidates, isActive, letsIn } from './choice.ts';
import { commonPool, type Denial, quotedAddresses, type Work } from './context.ts';
import { lacks, type Verdict } from './reasons.ts';
import { causeOf, familyName, verdictOf } from './refusals.ts';
import { listAddresses } from './shown.ts';

export type Grant = { readonly addresses: readonly Address[]; readonly pool: string };

export type Refused = Denial & { readonly wants: readonly Want[] };

const ANY_POOL: Want = { kind: 'any-pool' };

const refused = (
  verdict: Verdict,
  cause: string,
  wants: readonly Want[] = [ANY_POOL],
): Result<never, Refused> => err({ verdict, cause, wants });

export const claimOf = ({ service, wish }: Work): Claim => ({
  holder: service.key,
  sharing: wish.sharing,
  ports: wish.ports,
});

export function grant(work: Work): Result<Grant, Refused> {
  if (work.book.byName.size === 0) {
    return refused(
      lacks('NoPools', 'There is no IPAddressPool to take an address from; create one.'),
      'no pools are configured',
    );
  }
  if (work.wish.addresses !== null) return grantRequested(work, work.wish.addresses);
  if (work.wish.pool !== null) return grantFromNamed(work, work.wish.pool);
  return grantFromAny(work);
}

// --- the addresses that were asked for

function grantRequested(work: Work, addresses: readonly Address[]): Result<Grant, Refused> {
  const shape = checkShape(addresses, work.wish.families);
  if (shape !== null) return refused(shape, shape.message.replace(/\.$/, ''), []);
  const named = work.wish.pool;
  if (named !== null) {
    const pool = namedPool(work, named);
    if (!pool.ok) return pool;
  }
  const wants: readonly Want[] = [
    ...addresses.map((address): Want => ({ kind: 'address', address })),
    ANY_POOL,
  ];
  const name = commonPool(work.ledger, addresses, named);
  if (name === null || (named !== null && name !== named)) {
    return notInOnePool(work, addresses, wants);
  }
  const pool = namedPool(work, name);
  if (!pool.ok) return pool;
  const claim = claimOf(work);
  for (const [index, address] of addresses.entries()) {
    const reserved = work.tx.reserve(claim, address, name);
    if (reserved.ok) continue;
    for (const given of addresses.slice(0, index)) work.tx.release(claim.holder, given);
    return refused(verdictOf(reserved.error), causeOf(reserved.error), wants);
  }
  return ok({ addresses, pool: name });
}

function notInOnePool(
  work: Work,
  addresses: readonly Address[],
  wants: readonly Want[],
): Result<never, Refused> {
  const pool = work.wish.pool;
  const stray = addresses.find((address) => work.ledger.poolOf(address, pool ?? undefined) !== pool);
  const address = pool === null ? addresses.find((one) => work.ledger.poolOf(one) === null) : stray;
  if (address === undefined) {
    return refused(
      lacks(
        'AddressNotInPool',
        `${listAddresses(addresses)} lie in different pools; both addresses of a Service come from one pool.`,
      ),
      `${quotedAddresses(addresses)} are not in one pool`,
      wants,
    );
  }
  const refusal: Refusal = { code: 'not-in-pool', address, pool };
  return refused(verdictOf(refusal), causeOf(refusal), wants);
}

/** At most one address of each family, and exactly the families of the cluster IPs. */
function checkShape(addresses: readonly Address[], families: readonly Family[]): Verdict | null {
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
    `${listAddresses(addresses)} is asked for, but the cluster IPs are ${have}; ask for one address of each of these families.`,
  );
}

// --- the pool that was asked for

/** The active pool of that name if it lets this Service in. */
function namedPool(work: Work, name: string): Result<ActivePool, Refused> {
  const state = work.book.byName.get(name);
  if (state === undefined) {
    const refusal: Refusal = { code: 'no-such-pool', pool: name };
    return refused(verdictOf(refusal), causeOf(refusal));
  }
  if (!isActive(state)) {
    return refused(
      lacks('PoolInvalid', `Pool "${name}" cannot be read as it is now, so nothing is granted from it.`),
      `pool "${name}" is invalid`,
    );
  }
  const because = letsIn(state.active, work.service, work.labelsOf);
  if (because !== null) {
    return refused(
      lacks('PoolNotCompatible', `Pool "${name}" is not for this Service: ${because}.`),
      `pool ${name} not compatible for ip assignment`,
    );
  }
  return ok(state);
}

function grantFromNamed(work: Work, name: string): Result<Grant, Refused> {
  const pool = namedPool(work, name);
  if (!pool.ok) return pool;
  const { families, policy } = work.wish;
  // Both families, or, where the second one is a preference only, whichever there is; the primary one first.
  const choices =
    policy === 'prefer' && families.length === 2 ? [families, ...families.map((one) => [one])] : [families];
  let first: Refusal | null = null;
  for (const choice of choices) {
    const taken = take(work, name, choice);
    if (taken.ok) return ok({ addresses: taken.value, pool: name });
    first ??= taken.error;
  }
  if (first === null)
    return refused(lacks('PoolExhausted', `No address is free in pool "${name}".`), 'exhausted');
  return refused(verdictOf(first), causeOf(first), [
    ...poolWants(name, families),
    ...sharingWants(work),
    ANY_POOL,
  ]);
}

/** All of these families from one pool, or none. */
function take(work: Work, pool: string, families: readonly Family[]): Result<readonly Address[], Refusal> {
  const claim = claimOf(work);
  const taken: Address[] = [];
  for (const family of families) {
    const address = work.tx.allocate(claim, pool, family);
    if (!address.ok) {
      for (const given of taken) work.tx.release(claim.holder, given);
      return address;
    }
    taken.push(address.value);
  }
  return ok(taken);
}

/** One more family from the pool that the Service already has an address of. */
export function takeMissing(work: Work, pool: string, family: Family): Result<Address, Refusal> {
  return work.tx.allocate(claimOf(work), pool, family);
}

const poolWants = (pool: string, families: readonly Family[]): readonly Want[] =>
  families.map((family) => ({ kind: 'pool', pool, family }));

const sharingWants = ({ wish }: Work): readonly Want[] =>
  wish.sharing.key === '' ? [] : [{ kind: 'sharing', key: wish.sharing.key }];

// --- whichever pool can

function grantFromAny(work: Work): Result<Grant, Refused> {
  const pools = candidates(work.order, work.service, work.labelsOf);
  if (pools.length === 0) return noneMatches(work);
  const { families, policy } = work.wish;
  const rounds =
    policy === 'prefer' && families.length === 2 ? [families, ...families.map((one) => [one])] : [families];
  for (const round of rounds) {
    for (const pool of pools) {
      const taken = take(work, pool.name, round);
      if (taken.ok) return ok({ addresses: taken.value, pool: pool.name });
    }
  }
  return exhausted(work, pools);
}

function noneMatches(work: Work): Result<never, Refused> {
  const states = [...work.book.byName.values()];
  const unread = states.filter((state) => state.active === null).map((state) => state.name);
  const hint =
    unread.length > 0
      ? ` ${listPools(unread)} cannot be read as it is now.`
      : ' Pools with autoAssign false are given only on request (annotation metallb.io/address-pool), pools with a serviceAllocation only to those it lets in.';
  return refused(
    lacks('NoPoolMatches', `No pool serves this Service unasked.${hint}`),
    'no pool is automatically assigned to this service',
  );
}

/** Pools named in a message before the rest is left out. */
const POOLS_SHOWN_MAX = 5;

function listPools(pools: readonly string[]): string {
  const shown = quoteList(pools.slice(0, POOLS_SHOWN_MAX));
  const noun = pools.length === 1 ? 'Pool' : 'Pools';
  return pools.length > POOLS_SHOWN_MAX ? `${noun} ${shown} and others` : `${noun} ${shown}`;
}

function exhausted(work: Work, pools: readonly ActivePool[]): Result<never, Refused> {
  const { families, policy } = work.wish;
  const names = pools.map((pool) => pool.name);
  const what =
    policy === 'prefer' || families.length === 1
      ? `No ${families.map(familyName).join(' or ')} address is free`
      : `No single pool has a free address of both families`;
  const wants = names.flatMap((name) => poolWants(name, families));
  return refused(
    lacks(
      'PoolExhausted',
      `${what} in ${lowerFirst(listPools(names))}. It is served when one is released there or a pool grows.`,
    ),
    `no available IPs in ${lowerFirst(listPools(names))} for ${families.map(familyName).join(' and ')}`,
    [...wants, ...sharingWants(work), ANY_POOL],
  );
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
