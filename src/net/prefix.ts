/** Prefixes (`192.0.2.0/24`). A pool may list a hundred thousand of them. */
import { invariant } from '../base/invariant.ts';
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

/** The netmasks of all lengths, by family: there are few, and BigInts are slow to compute. */
const MASKS = { 4: masksOf(4), 6: masksOf(6) } as const;

function masksOf(family: Family): readonly bigint[] {
  return Array.from({ length: FAMILY_BITS[family] + 1 }, (_, length) => {
    const host = BigInt(FAMILY_BITS[family] - length);
    return (LAST_BITS[family] >> host) << host;
  });
}

/** Netmask of a prefix length, from 0 to 32 or 128. */
export function networkMask(family: Family, length: number): bigint {
  const mask = MASKS[family][length];
  invariant(mask !== undefined, 'a prefix length is within its family');
  return mask;
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
  const quad = family === 4 ? parseIPv4(address) : -1;
  const written = family === 6 ? parseIPv6(address) : quad < 0 ? null : BigInt(quad);
  if (written === null) return err(addressError(address));
  const lengthError = prefixLengthError(length, family);
  if (lengthError !== null) return err(lengthError);
  const lengthBits = Number(length);
  const bits = written & networkMask(family, lengthBits);
  const prefix = { family, bits, length: lengthBits, hostBits: written !== bits };
  if (family === 6 && isMapped(bits) && prefix.length >= 96) {
    const mapped = formatIPv4(Number(bits & LAST_BITS[4]));
    return err(`is an IPv4-mapped prefix; write it as ${mapped}/${prefix.length - 96}`);
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
