/**
 * Prefixes (`192.0.2.0/24`). They come from configuration and from users, where speed does not matter: the
 * `ip-address` package parses them, after our own checks, which give better errors.
 */
import { Address4, Address6 } from 'ip-address';
import { err, ok, type Result } from '../base/result.ts';
import {
  type Address,
  compareAddresses,
  FAMILY_BITS,
  type Family,
  formatAddress,
  LAST_BITS,
  sameAddress,
} from './address.ts';
import { addressError, placeholderError } from './address-error.ts';
import { formatIPv4, isMapped, parseIPv4, parseIPv6 } from './address-text.ts';

/** `length` is from 0 to 32 or 128; the bits after it are zero. */
export type Prefix = { readonly family: Family; readonly bits: bigint; readonly length: number };

/** Netmask of a prefix length. */
export function networkMask(family: Family, length: number): bigint {
  const host = BigInt(FAMILY_BITS[family] - length);
  return (LAST_BITS[family] >> host) << host;
}

/**
 * Parses a prefix in CIDR notation. `hostBits`: bits after the length were set; they are cleared, as Go's `net.ParseCIDR`
 * does. The error is the predicate of a sentence whose subject is the text.
 */
export function parsePrefix(text: string): Result<Prefix & { readonly hostBits: boolean }, string> {
  const slash = text.indexOf('/');
  if (slash < 0) return err('has no prefix length ("/24")');
  const [address, length] = [text.slice(0, slash), text.slice(slash + 1)];
  const family: Family = address.includes(':') ? 6 : 4;
  const readable = family === 4 ? parseIPv4(address) >= 0 : parseIPv6(address) !== null;
  if (!readable) return err(addressError(address));
  const lengthError = prefixLengthError(length, family);
  if (lengthError !== null) return err(lengthError);
  const read = family === 4 ? new Address4(text) : new Address6(text);
  const bits = read.startAddress().bigInt();
  const prefix = { family, bits, length: read.subnetMask, hostBits: read.bigInt() !== bits };
  if (family === 6 && isMapped(bits) && prefix.length >= 96) {
    const quad = formatIPv4(Number(bits & LAST_BITS[4]));
    return err(`is an IPv4-mapped prefix; write it as ${quad}/${prefix.length - 96}`);
  }
  return ok(prefix);
}

function prefixLengthError(text: string, family: Family): string | null {
  const lengthMax = FAMILY_BITS[family];
  const placeholder = placeholderError(text);
  if (placeholder !== null) return placeholder;
  if (text === '') return 'has nothing after the slash';
  if (!/^[0-9]+$/.test(text)) return 'has a prefix length that is not a decimal number';
  if (text.length > 1 && text.startsWith('0')) return 'has a leading zero in its prefix length';
  if (Number(text) > lengthMax) return `has a prefix length above ${lengthMax}`;
  return null;
}

export const formatPrefix = (p: Prefix): string => `${formatAddress(p)}/${p.length}`;

export const samePrefix = (a: Prefix, b: Prefix): boolean => a.length === b.length && sameAddress(a, b);

/** By address, then by length: a prefix sorts before those that it contains. */
export const comparePrefixes = (a: Prefix, b: Prefix): number =>
  compareAddresses(a, b) || a.length - b.length;

export const prefixContains = (p: Prefix, a: Address): boolean =>
  p.family === a.family && (a.bits & networkMask(p.family, p.length)) === p.bits;
