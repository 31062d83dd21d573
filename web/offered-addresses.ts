/** Which addresses of a pool Services can get: those that it grants and does not avoid. A map that calls the others free would be wrong. */
import { rememberByObject } from '../src/base/remember.ts';
import { ipv4Space, isBuggyAddress } from '../src/ipam/index/address-space.ts';
import type { Address } from '../src/net/address.ts';
import {
  type AddressRange,
  intersectRanges,
  parseRange,
  rangeContains,
  rangeSize,
} from '../src/net/range.ts';
import type { PoolOverview } from '../src/overview/document.ts';

export type PoolAddresses = Pick<PoolOverview, 'avoidBuggyIPs' | 'notGranted'>;

/** The ranges of a pool as it writes them; those that cannot be read are left out, and its issues say so. */
export const rangesOf = (addresses: readonly string[]): readonly AddressRange[] =>
  addresses.flatMap((text) => {
    const range = parseRange(text);
    return range.ok ? [range.value] : [];
  });

/** Why nobody gets an address that the pool lists. */
export type Withheld =
  /** It ends in .0 or .255, and the pool has `avoidBuggyIPs`. */
  | 'avoided'
  /** An older pool lists it as well, or the pool is invalid. */
  | 'notGranted';

/** Null for an address that the pool offers. */
export function withheldAs(pool: PoolAddresses, address: Address): Withheld | null {
  if (notGrantedOf(pool).some((range) => rangeContains(range, address))) return 'notGranted';
  return pool.avoidBuggyIPs && isBuggyAddress(address) ? 'avoided' : null;
}

/** How many addresses of a range, which the pool lists, it offers; those in use are among them. */
export function countOffered(pool: PoolAddresses, range: AddressRange): bigint {
  const count = pool.avoidBuggyIPs ? countUsable : rangeSize;
  return notGrantedOf(pool).reduce((left, hole) => {
    const common = intersectRanges(range, hole);
    return common === null ? left : left - count(common);
  }, count(range));
}

/** A pool that has not changed is the same object in the next document. */
const notGrantedOf = rememberByObject(({ notGranted }: PoolAddresses) => rangesOf(notGranted));

/** Those that do not end in .0 or .255. */
function countUsable(range: AddressRange): bigint {
  if (range.family === 6) return rangeSize(range);
  const { toKey, compact } = ipv4Space;
  return BigInt(compact(toKey(range.last) + 1) - compact(toKey(range.first)));
}
