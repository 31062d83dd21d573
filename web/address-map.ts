/** The map of a pool's addresses: a cell for each address while there are few, and for each block of addresses beyond that. */

import { type Address, formatAddress, parseAddress } from '../src/net/address.ts';
import {
  type AddressRange,
  formatRange,
  parseRange,
  rangeContains,
  rangeSize,
  subtractRanges,
} from '../src/net/range.ts';
import type { PoolOverview, ServiceOverview } from '../src/overview/document.ts';
import {
  countOffered,
  type PoolAddresses,
  rangesOf,
  type Withheld,
  withheldAs,
} from './offered-addresses.ts';

/** A /22 of IPv4. */
export const CELLS_MAX = 1024n;
/** Blocks of a larger range. */
const BLOCKS = 256n;

export type MapCell = {
  readonly range: AddressRange;
  /** `192.0.2.7`, or the block. */
  readonly text: string;
  /** More than one address. */
  readonly isBlock: boolean;
  /** Services with an address in it, in the order of the document. */
  readonly services: readonly string[];
  /** Addresses in use. */
  readonly used: number;
  /** Those that a Service can still get. */
  readonly free: bigint;
  /** Why nobody gets any of it; null where it has an address that the pool offers. */
  readonly withheld: Withheld | null;
};

/** Addresses that are neither in use nor free. */
export const notGrantedIn = ({ range, used, free }: Pick<MapCell, 'range' | 'used' | 'free'>): bigint =>
  rangeSize(range) - BigInt(used) - free;

/** Whether a pool lists all of a range. */
export const isInPool = (range: AddressRange, { addresses }: Pick<PoolOverview, 'addresses'>): boolean =>
  subtractRanges([range], rangesOf(addresses)).length === 0;

/** A range that a URL names; null for one that cannot be read. */
export function rangeOf(text: string): AddressRange | null {
  const range = parseRange(text);
  if (range.ok) return range.value;
  const address = parseAddress(text);
  if (!address.ok) return null;
  const { family, bits } = address.value;
  return { family, first: bits, last: bits };
}

export type AddressUser = { readonly bits: bigint; readonly service: string };

/** An unchanged Service is the same object in the next document, so its addresses are read once. */
const parsedAddresses = new WeakMap<ServiceOverview, readonly Address[]>();

function addressesOf(service: ServiceOverview): readonly Address[] {
  const known = parsedAddresses.get(service);
  if (known !== undefined) return known;
  const parsed = service.addresses.flatMap((text) => {
    const address = parseAddress(text);
    return address.ok ? [address.value] : [];
  });
  parsedAddresses.set(service, parsed);
  return parsed;
}

/** The addresses of Services that lie in a range, in their order. */
export function usersOf(range: AddressRange, services: readonly ServiceOverview[]): readonly AddressUser[] {
  const users: AddressUser[] = [];
  for (const one of services)
    for (const address of addressesOf(one))
      if (rangeContains(range, address)) users.push({ bits: address.bits, service: one.service });
  return users.sort((a, b) => (a.bits < b.bits ? -1 : Number(a.bits > b.bits)));
}

/** In the order of the addresses; 1,024 cells at most. */
export function cellsOf(
  range: AddressRange,
  users: readonly AddressUser[],
  pool: PoolAddresses,
): readonly MapCell[] {
  const { family, first, last } = range;
  const size = rangeSize(range);
  const step = size <= CELLS_MAX ? 1n : powerOfTwo(ceilDivide(size, BLOCKS));
  const cells: MapCell[] = [];
  let next = 0;
  // Blocks begin at multiples of their size, as prefixes do.
  for (let start = first; start <= last; start = start - (start % step) + step) {
    const end = start - (start % step) + step - 1n;
    const cell = { family, first: start, last: end < last ? end : last };
    const services = new Set<string>();
    const bits = new Set<bigint>();
    for (let user = users[next]; user !== undefined && user.bits <= cell.last; user = users[++next]) {
      services.add(user.service);
      bits.add(user.bits);
    }
    const isBlock = step > 1n;
    const offered = countOffered(pool, cell);
    const usedOfOffered = [...bits].filter((one) => withheldAs(pool, { family, bits: one }) === null).length;
    cells.push({
      range: cell,
      text: isBlock ? formatRange(cell) : formatAddress({ family, bits: start }),
      isBlock,
      services: [...services],
      used: bits.size,
      free: offered - BigInt(usedOfOffered),
      withheld: offered === 0n ? withheldAs(pool, { family, bits: start }) : null,
    });
  }
  return cells;
}

/** 0 for none to 4 for full, for a block: of what can be in use. */
export function densityOf({ used, free }: Pick<MapCell, 'used' | 'free'>): 0 | 1 | 2 | 3 | 4 {
  if (used === 0) return 0;
  const share = used / (used + Number(free));
  return share >= 1 ? 4 : share >= 0.66 ? 3 : share >= 0.33 ? 2 : 1;
}

const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** The smallest power of two that is at least `value`. */
function powerOfTwo(value: bigint): bigint {
  let power = 1n;
  while (power < value) power *= 2n;
  return power;
}
