/**
 * What a transaction made possible for others, worked out when it is committed by comparing who stood on each
 * address it touched with who stands there now. What was granted and given back within it helps nobody and is
 * not told: else two Services that wait would wake each other for ever.
 */
import type { ServiceKey } from '../cluster/service.ts';
import type { Address } from '../net/address.ts';
import { type Books, standingFrom } from './books.ts';
import type { Holding, Terms } from './holding.ts';
import { samePorts, sameSharing } from './sharing.ts';
import type { Spot } from './space.ts';

export type FreedAddress = {
  readonly address: Address;
  /** The pools that may grant it now, the older first; none while somebody still stands on it. */
  readonly pools: readonly string[];
  /** Nobody stands on it any more; else somebody left it, claims less of it than before, or was put beside others. */
  readonly vacant: boolean;
};

export type Freed = {
  readonly addresses: readonly FreedAddress[];
  /** Sharing keys under which an address may have become open to more Services. */
  readonly shareKeys: readonly string[];
};

export const NOTHING_FREED: Freed = { addresses: [], shareKeys: [] };

/** One stroke of the pen, linked to the one before it. */
export type Entry = {
  readonly did: 'added' | 'removed' | 'amended';
  readonly holding: Holding;
  /** What the holding said until then. */
  readonly before: Terms;
  /** Nobody else stood there. */
  readonly alone: boolean;
  readonly previous: Entry | null;
};

type Stand = Map<ServiceKey, Terms>;

/** `last` is the end of the journal. */
export function freedBy(books: Books, last: Entry | null): Freed {
  if (last === null) return NOTHING_FREED;
  const { did, holding, alone, previous } = last;
  // By far the most transactions are one grant or one release.
  if (previous === null && alone) {
    if (did === 'added' && holding.claim.sharing.key === '') return NOTHING_FREED;
    if (did === 'removed') return { addresses: [vacated(books, holding.spot)], shareKeys: [] };
  }
  return compared(books, last);
}

const vacated = (books: Books, spot: Spot): FreedAddress => ({
  address: books.address(spot),
  pools: books.grantors(spot),
  vacant: true,
});

function compared(books: Books, last: Entry): Freed {
  const addresses: FreedAddress[] = [];
  const keys = new Set<string>();
  for (const [spot, entries] of bySpot(last)) {
    const now: Stand = new Map();
    for (const one of standingFrom(books.at(spot))) now.set(one.holder, one);
    const before = rewind(now, entries);
    const looser = !covers(now, before);
    // Whom somebody joined who may not share, others are refused for another reason than before.
    const forced = before.size > 0 && [...now].some(([holder, one]) => one.forced && !before.has(holder));
    if (looser || forced) {
      const freed = { address: books.address(spot), pools: [], vacant: false };
      addresses.push(now.size === 0 ? vacated(books, spot) : freed);
    }
    if (now.size > 0 && (looser || !covers(before, joinable(now)))) {
      for (const { claim } of [...before.values(), ...now.values()]) keys.add(claim.sharing.key);
    }
  }
  keys.delete('');
  return { addresses, shareKeys: [...keys] };
}

/** The entries for each address, the latest first. */
function bySpot(last: Entry): ReadonlyMap<Spot, readonly Entry[]> {
  const spots = new Map<Spot, Entry[]>();
  for (let entry: Entry | null = last; entry !== null; entry = entry.previous) {
    const entries = spots.get(entry.holding.spot);
    if (entries === undefined) spots.set(entry.holding.spot, [entry]);
    else entries.push(entry);
  }
  return spots;
}

/** Who stood there before the entries were made. */
function rewind(now: Stand, entries: readonly Entry[]): Stand {
  const stand = new Map(now);
  for (const { did, holding, before } of entries) {
    if (did === 'added') stand.delete(holding.holder);
    else stand.set(holding.holder, before);
  }
  return stand;
}

/** Whether each of `some` is, unchanged, among `all`. */
function covers(all: Stand, some: Stand): boolean {
  for (const [holder, terms] of some) {
    const same = all.get(holder);
    if (same === undefined || !sameStand(same, terms)) return false;
  }
  return true;
}

/** Those beside whom a newcomer might stand. */
const joinable = (stand: Stand): Stand =>
  new Map([...stand].filter(([, { claim, forced }]) => !forced && claim.sharing.key !== ''));

const sameStand = (a: Terms, b: Terms): boolean =>
  a.forced === b.forced &&
  sameSharing(a.claim.sharing, b.claim.sharing) &&
  samePorts(a.claim.ports, b.claim.ports);
