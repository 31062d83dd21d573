/**
 * Address keys: how the ledger represents addresses. An IPv4 key is a number, since a BigInt costs several times as much;
 * it is shifted down by 2^31 to fit the engine's small integers. An IPv6 key is a BigInt.
 *
 * `compact` maps the IPv4 addresses that do not end in .0 or .255 to consecutive keys, in the same order. So a full /8
 * that avoids those two is one run of keys instead of 65,536.
 */
import type { Address, Family } from '../../net/address.ts';
import type { KeySpace } from './lowest-free.ts';

/** A number for IPv4, a bigint for IPv6. */
export type AddressKey = number | bigint;

export interface AddressSpace<K extends AddressKey> extends KeySpace<K> {
  readonly family: Family;
  toKey(bits: bigint): K;
  toBits(addressKey: K): bigint;
  /** Whether `avoidBuggyIPs` avoids the address: an IPv4 address that ends in .0 or .255. */
  isBuggy(addressKey: K): boolean;
  /** The compact key of the lowest address at or above `addressKey` that is not avoided. */
  compact(addressKey: K): K;
  /** The inverse: the address key of a compact key. */
  expand(compact: K): K;
}

const KEY_OFFSET = 2_147_483_648; // 2^31
const BLOCK_SIZE = 256;
const USABLE_PER_BLOCK = 254; // of the 256 addresses of a block, all but .0 and .255

function countUpToNumber(keys: readonly number[], key: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as number) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same loop for BigInt: V8 compares slowly where one comparison sees both kinds of number. */
function countUpToBigInt(keys: readonly bigint[], key: bigint): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as bigint) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const ipv4Space: AddressSpace<number> = {
  family: 4,
  countUpTo: countUpToNumber,
  plus: (key, by) => key + by,
  distance: (from, to) => to - from,
  toKey: (bits) => Number(bits) - KEY_OFFSET,
  toBits: (addressKey) => BigInt(addressKey + KEY_OFFSET),
  isBuggy: (addressKey) => ((addressKey + 1) & (BLOCK_SIZE - 1)) <= 1,
  compact(addressKey) {
    const address = addressKey + KEY_OFFSET;
    const low = address % BLOCK_SIZE;
    return ((address - low) / BLOCK_SIZE) * USABLE_PER_BLOCK + (low === 0 ? 0 : low - 1) - KEY_OFFSET;
  },
  expand(compact) {
    const number = compact + KEY_OFFSET;
    const low = number % USABLE_PER_BLOCK;
    return ((number - low) / USABLE_PER_BLOCK) * BLOCK_SIZE + low + 1 - KEY_OFFSET;
  },
};

export const ipv6Space: AddressSpace<bigint> = {
  family: 6,
  countUpTo: countUpToBigInt,
  plus: (key, by) => key + BigInt(by),
  distance: (from, to) => Number(to - from),
  toKey: (bits) => bits,
  toBits: (addressKey) => addressKey,
  isBuggy: () => false,
  compact: (addressKey) => addressKey,
  expand: (compact) => compact,
};

/** Whether `avoidBuggyIPs` avoids the address. */
export const isBuggyAddress = ({ family, bits }: Address): boolean =>
  family === 4 && ipv4Space.isBuggy(ipv4Space.toKey(bits));

export const addressFromKey = <K extends AddressKey>(space: AddressSpace<K>, addressKey: K): Address => ({
  family: space.family,
  bits: space.toBits(addressKey),
});
