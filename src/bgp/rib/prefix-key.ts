/** Interning key of a prefix. */
import type { Prefix } from '../../net/prefix.ts';

/** Fibonacci hashing: 2^64 divided by the golden ratio, odd. */
const HASH_MULTIPLIER = 0x9e37_79b9_7f4a_7c15n;

/**
 * V8 hashes a bigint by its lowest 64 bits alone, so IPv6 networks of /64 or shorter would all collide. Mixing the upper half
 * into the lower half avoids that and is reversible, so keys stay unique.
 */
export function prefixMapKey({ family, bits, length }: Prefix): number | bigint {
  if (family === 4) return Number(bits) * 64 + length;
  return (BigInt(length) << 128n) | (bits ^ BigInt.asUintN(64, (bits >> 64n) * HASH_MULTIPLIER));
}
