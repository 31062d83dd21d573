/** A pool by its name: whether it is there, can be read, and lets a Service in. And how a refusal is put together. */
import { err, ok, type Result } from '../base/result.ts';
import { quoteList } from '../base/text.ts';
import type { PoolBook } from '../config/pools.ts';
import type { Refusal } from '../ipam/refusal.ts';
import type { Want } from '../ipam/waiters.ts';
import type { Address } from '../net/address.ts';
import { type ActivePool, isActive, isReadable, letsIn } from './choice.ts';
import type { Denial, Work } from './context.ts';
import { lacks, type Verdict } from './reasons.ts';
import { causeOf, verdictOf } from './refusals.ts';

export type Grant = { readonly addresses: readonly Address[]; readonly pool: string };

export type Refused = Denial & { readonly wants: readonly Want[] };

export const ANY_POOL: Want = { kind: 'any-pool' };

export const refused = (
  verdict: Verdict,
  cause: string,
  wants: readonly Want[] = [ANY_POOL],
): { readonly ok: false; readonly error: Refused } => ({ ok: false, error: { verdict, cause, wants } });

/** The active pool of that name if it lets this Service in. */
export function namedPool(work: Work, name: string): Result<ActivePool, Refused> {
  const state = work.book.byName.get(name);
  if (state === undefined) {
    const refusal: Refusal = { code: 'no-such-pool', pool: name };
    return refused(verdictOf(refusal), causeOf(refusal));
  }
  if (!isActive(state)) return refused(unread(name), `pool "${name}" is invalid`);
  const because = letsIn(state.active, work.service, work.labelsOf);
  if (because === null) return ok(state);
  return refused(
    lacks('PoolNotCompatible', `Pool "${name}" is not for this Service: ${because}.`),
    `pool ${name} not compatible for ip assignment`,
  );
}

const unread = (name: string): Verdict =>
  lacks(
    'PoolInvalid',
    `Pool "${name}" cannot be read as it is now. The Service is served when the pool is mended and has an address for it.`,
  );

/**
 * What is said of a refusal by a pool that is active in its last good version only. A process that was started
 * since does not know that version, and both have to say the same.
 */
export function asOthersSay(work: Work, name: string, { error }: { error: Refused }): Result<never, Refused> {
  const state = work.book.byName.get(name);
  return state === undefined || isReadable(state) ? err(error) : err({ ...error, verdict: unread(name) });
}

/** Pools named in a message before the rest is left out. */
const POOLS_SHOWN_MAX = 5;

export function listPools(pools: readonly string[]): string {
  const shown = quoteList(pools.slice(0, POOLS_SHOWN_MAX));
  const noun = pools.length === 1 ? 'pool' : 'pools';
  return pools.length > POOLS_SHOWN_MAX ? `${noun} ${shown} and others` : `${noun} ${shown}`;
}

/** Which pools cannot be read as they are now, as a sentence to add; '' where all can. */
export function unreadHint(book: PoolBook): string {
  const names = [...book.byName.values()].filter((state) => !isReadable(state)).map(({ name }) => name);
  if (names.length === 0) return '';
  const pools = listPools(names);
  return ` ${pools.charAt(0).toUpperCase()}${pools.slice(1)} cannot be read as ${names.length === 1 ? 'it is' : 'they are'} now; mend ${names.length === 1 ? 'it' : 'them'}.`;
}
