/**
 * Addresses as the ledger counts them. IPv4 on plain numbers, since a BigInt costs several times as much: shifted
 * down by 2^31, so that each fits the engine's small integers. IPv6 on BigInt.
 *
 * `compact` numbers the IPv4 addresses that do not end in .0 or .255 without holes, in the same order: a run
 * of them stays a run there, and a full /8 that avoids those two is one run and not 65,536.
 */
import type { Address, Family } from '../net/address.ts';
import type { Space } from './gap.ts';

/** Where an address stands in its family's space: a number for IPv4, a bigint for IPv6. */
export type Spot = number | bigint;

export interface AddressSpace<K extends Spot> extends Space<K> {
  readonly family: Family;
  spot(bits: bigint): K;
  bits(spot: K): bigint;
  /** What `avoidBuggyIPs` avoids: IPv4 addresses that end in .0 or .255. */
  avoided(spot: K): boolean;
  /** The number, without holes, of the lowest address not below `spot` that is not avoided. */
  compact(spot: K): K;
  /** The address that has the number. */
  expand(compact: K): K;
}

const SHIFT = 2_147_483_648; // 2^31
const BLOCK = 256;
const USABLE = 254; // of the 256 addresses of a block, all but .0 and .255

function countUpToNumber(keys: readonly number[], key: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as number) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same loop again: an engine that sees both kinds of number in one place compares slowly. */
function countUpToBigInt(keys: readonly bigint[], key: bigint): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as bigint) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const space4: AddressSpace<number> = {
  family: 4,
  countUpTo: countUpToNumber,
  plus: (key, by) => key + by,
  distance: (from, to) => to - from,
  spot: (bits) => Number(bits) - SHIFT,
  bits: (spot) => BigInt(spot + SHIFT),
  avoided: (spot) => ((spot + 1) & (BLOCK - 1)) <= 1,
  compact(spot) {
    const address = spot + SHIFT;
    const low = address % BLOCK;
    return ((address - low) / BLOCK) * USABLE + (low === 0 ? 0 : low - 1) - SHIFT;
  },
  expand(compact) {
    const number = compact + SHIFT;
    const low = number % USABLE;
    return ((number - low) / USABLE) * BLOCK + low + 1 - SHIFT;
  },
};

export const space6: AddressSpace<bigint> = {
  family: 6,
  countUpTo: countUpToBigInt,
  plus: (key, by) => key + BigInt(by),
  distance: (from, to) => Number(to - from),
  spot: (bits) => bits,
  bits: (spot) => spot,
  avoided: () => false,
  compact: (spot) => spot,
  expand: (compact) => compact,
};

export const addressAt = <K extends Spot>(space: AddressSpace<K>, spot: K): Address => ({
  family: space.family,
  bits: space.bits(spot),
});
