/**
 * IP addresses as values with one canonical text, which may be used as a map key; comparison is by number.
 */
import { err, ok, type Result } from '../base/result.ts';
import { addressError } from './address-error.ts';
import { formatIPv4, formatIPv6, isMapped, parseIPv4, parseIPv6 } from './address-text.ts';

export { formatIPv4, parseIPv4 } from './address-text.ts';

export type Family = 4 | 6;

/** `bits` is from 0 to 2^32−1 or 2^128−1. */
export type Address = { readonly family: Family; readonly bits: bigint };

/** Bits of an address, by family. */
export const FAMILY_BITS = { 4: 32, 6: 128 } as const;

/** The highest address, by family. */
export const LAST_BITS = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n } as const;

/**
 * Parses an address strictly; the error is the predicate of a sentence whose subject is the text.
 *
 * An IPv4-mapped IPv6 text (`::ffff:192.0.2.1`, or the same in hex) gives the IPv4 address. Go's `net.ParseIP` does the same,
 * so MetalLB and the API server accept such a text as the IPv4 address, and it must not count as a second one.
 */
export function parseAddress(text: string): Result<Address, string> {
  const quad = parseIPv4(text);
  if (quad >= 0) return ok({ family: 4, bits: BigInt(quad) });
  const bits = parseIPv6(text);
  if (bits === null) return err(addressError(text));
  return ok(isMapped(bits) ? { family: 4, bits: bits & LAST_BITS[4] } : { family: 6, bits });
}

/** Canonical (RFC 5952), lower case. */
export const formatAddress = (a: Address): string =>
  a.family === 4 ? formatIPv4(Number(a.bits)) : formatIPv6(a.bits);

export const sameAddress = (a: Address, b: Address): boolean => a.family === b.family && a.bits === b.bits;

/** IPv4 first, then by number. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.bits < b.bits ? -1 : a.bits > b.bits ? 1 : 0;
}

/** fe80::/10 (RFC 4291 2.5.6), by the bits before the others. */
const LINK_LOCAL_PREFIX = 0xfe80n >> 6n;

/** Whether it is of IPv6, and valid on one link only. */
export const isIpv6LinkLocal = ({ family, bits }: Address): boolean =>
  family === 6 && bits >> 118n === LINK_LOCAL_PREFIX;
