/** Tables that the Adj-RIBs-Out of all peers share: each prefix and each path is stored once. */
import type { Prefix } from '../../net/prefix.ts';
import type { BgpPath } from '../attributes/path.ts';
import { CountedInterner } from './interner.ts';
import { pathKey } from './path-key.ts';

export type RibTables = {
  readonly prefixes: CountedInterner<Prefix>;
  readonly paths: CountedInterner<BgpPath>;
};

/** Fibonacci hashing: 2^64 divided by the golden ratio, odd. */
const HASH_MULTIPLIER = 0x9e37_79b9_7f4a_7c15n;

/**
 * The interning key of a prefix. V8 hashes a bigint by its lowest 64 bits alone, so IPv6 networks of /64 or shorter would all collide. Mixing the upper half
 * into the lower half avoids that and is reversible, so keys stay unique.
 */
export function prefixMapKey({ family, bits, length }: Prefix): number | bigint {
  if (family === 4) return Number(bits) * 64 + length;
  return (BigInt(length) << 128n) | (bits ^ BigInt.asUintN(64, (bits >> 64n) * HASH_MULTIPLIER));
}

export const newRibTables = (): RibTables => ({
  prefixes: new CountedInterner(prefixMapKey),
  paths: new CountedInterner(pathKey),
});

/** Copies an array indexed by prefix ID to the next power of two that has room for `id`. */
export function growArray(array: Int32Array<ArrayBuffer>, id: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 ** Math.ceil(Math.log2(id + 1)));
  larger.set(array);
  return larger;
}
