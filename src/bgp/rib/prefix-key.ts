/** Prefixes by their value, as keys of a `Map`. */
import type { Prefix } from '../../net/prefix.ts';

/** Odd, with its bits well spread (2^64 divided by the golden ratio). */
const HASH_MULTIPLIER = 0x9e37_79b9_7f4a_7c15n;

/**
 * V8 hashes a bigint by its lowest 64 bits alone, so networks that differ only above them would all meet in one bucket
 * and each look-up pass all of them. Their upper half is stirred into the lower, which loses nothing.
 */
export function prefixMapKey({ family, bits, length }: Prefix): number | bigint {
  if (family === 4) return Number(bits) * 64 + length;
  return (BigInt(length) << 128n) | (bits ^ BigInt.asUintN(64, (bits >> 64n) * HASH_MULTIPLIER));
}
