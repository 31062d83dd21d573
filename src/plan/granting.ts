/**
 * Finds addresses for a Service that has none: those it asks for, or from the pool it asks for, or from the
 * first pool that can serve it. Everything is reserved in the open transaction; what was reserved on the way to
 * a refusal is given back before the refusal is returned.
 */
import { ok, type Result } from '../base/result.ts';
import type { Refusal } from '../ipam/refusal.ts';
import type { Want } from '../ipam/waiters.ts';
import type { Address, Family } from '../net/address.ts';
import { type ActivePool, candidates, isReadable } from './choice.ts';
import { claimOf, type Work } from './context.ts';
import {
  ANY_POOL,
  asOthersSay,
  type Grant,
  listPools,
  namedPool,
  type Refused,
  refused,
  unreadHint,
} from './named.ts';
import { lacks } from './reasons.ts';
import { causeOf, familyName } from './refusals.ts';
import { grantRequested, unfitRequest } from './requested.ts';
import type { Wish } from './wish.ts';

export function grant(work: Work): Result<Grant, Refused> {
  // First what lies with the Service alone, whatever pools there are.
  const unfit = work.wish.addresses === null ? null : unfitRequest(work.wish.addresses, work.wish.families);
  if (unfit !== null) return refused(unfit, unfit.message.replace(/\.$/, ''), []);
  if (work.book.byName.size === 0) {
    return refused(
      lacks('NoPools', 'There is no IPAddressPool to take an address from; create one.'),
      'no pools are configured',
    );
  }
  const { addresses, pool } = work.wish;
  if (addresses === null) return pool === null ? grantFromAny(work) : grantFromNamed(work, pool);
  const granted = grantRequested(work, addresses);
  return granted.ok || pool === null ? granted : asOthersSay(work, pool, granted);
}

/** Both families, or, where the second one is a preference only, whichever there is; the primary one first. */
export const choicesOf = ({ families, policy }: Wish): readonly (readonly Family[])[] =>
  policy === 'prefer' && families.length === 2 ? [families, ...families.map((one) => [one])] : [families];

function grantFromNamed(work: Work, name: string): Result<Grant, Refused> {
  const pool = namedPool(work, name);
  if (!pool.ok) return asOthersSay(work, name, pool);
  for (const choice of choicesOf(work.wish)) {
    const taken = take(work, name, choice);
    if (taken.ok) return ok({ addresses: taken.value, pool: name });
  }
  const wants = [...poolWants(name, work.wish.families), ...sharingWants(work), ANY_POOL];
  const denied = noneLeft(work, [pool.value], wants);
  return asOthersSay(work, name, denied);
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

/** One more family from the pool that the Service already has an address of; or what would make that possible. */
export function takeMissing(
  work: Work,
  pool: string,
  family: Family,
): Result<Address, { readonly cause: string; readonly wants: readonly Want[] }> {
  const taken = work.tx.allocate(claimOf(work), pool, family);
  return taken.ok
    ? taken
    : { ok: false, error: { cause: causeOf(taken.error), wants: missingWants(work, pool, family) } };
}

/**
 * Both families from another pool, for a Service that requires them and whose own pool has only one to give; what it
 * had is released only then. Null where no pool can, and then it keeps what it has.
 */
export function takeElsewhere(work: Work, { addresses, pool }: Grant): Grant | null {
  for (const { name } of otherPools(work, pool)) {
    const taken = take(work, name, work.wish.families);
    if (!taken.ok) continue;
    for (const address of addresses) work.tx.release(work.service.key, address);
    return { addresses: taken.value, pool: name };
  }
  return null;
}

/** What would make that possible. */
export const elsewhereWants = (work: Work, pool: string): readonly Want[] =>
  work.wish.policy !== 'require' || work.wish.pool !== null
    ? []
    : [...otherPools(work, pool).flatMap(({ name }) => poolWants(name, work.wish.families)), ANY_POOL];

const otherPools = ({ wish, order, service, labelsOf }: Work, pool: string): readonly ActivePool[] =>
  wish.pool === null ? candidates(order, service, labelsOf).filter(({ name }) => name !== pool) : [];

export const missingWants = (work: Work, pool: string, family: Family): readonly Want[] => [
  { kind: 'pool', pool, family },
  ...sharingWants(work),
];

const poolWants = (pool: string, families: readonly Family[]): readonly Want[] =>
  families.map((family) => ({ kind: 'pool', pool, family }));

const sharingWants = ({ wish }: Work): readonly Want[] =>
  wish.sharing.key === '' ? [] : [{ kind: 'sharing', key: wish.sharing.key }];

// --- whichever pool can

function grantFromAny(work: Work): Result<Grant, Refused> {
  const pools = candidates(work.order, work.service, work.labelsOf);
  for (const choice of choicesOf(work.wish)) {
    for (const pool of pools) {
      const taken = take(work, pool.name, choice);
      if (taken.ok) return ok({ addresses: taken.value, pool: pool.name });
    }
  }
  const wants = [
    ...pools.flatMap(({ name }) => poolWants(name, work.wish.families)),
    ...sharingWants(work),
    ANY_POOL,
  ];
  // Those that are active in their last good version only are not known to everybody: what is said leaves them out.
  const known = pools.filter(isReadable);
  return known.length === 0 ? noneMatches(work, wants) : noneLeft(work, known, wants);
}

function noneMatches(work: Work, wants: readonly Want[]): Result<never, Refused> {
  const hint =
    unreadHint(work.book) ||
    ' Pools with autoAssign false are given only on request (annotation metallb.io/address-pool), pools with a serviceAllocation only to those it lets in.';
  return refused(
    lacks('NoPoolMatches', `No pool serves this Service unasked.${hint}`),
    'no pool is automatically assigned to this service',
    wants,
  );
}

/** What is said must not change with what the others have at the moment: so it is not said which family is full. */
function noneLeft(
  work: Work,
  pools: readonly ActivePool[],
  wants: readonly Want[],
): { readonly ok: false; readonly error: Refused } {
  const { families, policy } = work.wish;
  const where = listPools(pools.map(({ name }) => name));
  const lacking = families.filter((family) => !pools.some((pool) => hasFamily(pool, family)));
  const isLacking = policy === 'prefer' ? lacking.length === families.length : lacking.length > 0;
  if (isLacking) {
    const range = `No ${lacking.map(familyName).join(' or ')} range`;
    return refused(
      lacks('PoolLacksFamily', `${range} is in ${where}; add one, or ask for another pool.`),
      `no ${lacking.map(familyName).join(' or ')} range in ${where}`,
      wants,
    );
  }
  const names = families.map(familyName);
  const isAny = policy === 'prefer' || families.length === 1;
  const what = isAny
    ? `No ${names.join(' or ')} address is free in ${where}`
    : `${names.join(' and ')} addresses are not both free in ${pools.length === 1 ? where : `any one of ${where}`}`;
  return refused(
    lacks('PoolExhausted', `${what}. The Service is served when one is released there or a pool grows.`),
    `no available IPs in ${where} for ${names.join(isAny ? ' or ' : ' and ')}`,
    wants,
  );
}

const hasFamily = ({ active }: ActivePool, family: Family): boolean =>
  active.ranges.some((range) => range.family === family);
