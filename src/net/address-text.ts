/**
 * Fast parsing and formatting of IP addresses, which every Service and every assigned address needs. A law test compares
 * these functions with the `ip-address` package, which parses prefixes (`prefix.ts`).
 *
 * Parsing is strict: no white space, no hex or octal and no leading zeros in a dotted quad, no missing parts, no zone IDs.
 * Formatting is canonical (RFC 5952), so the text can be a map key.
 */

const ZERO = 48; // '0'
const DOT = 46;
const COLON = 58;

/** RFC 4291 2.2: eight groups of 16 bits, at most four hex digits each. */
const GROUPS = 8;
const GROUP_DIGITS_MAX = 4;

/** Whether it is IPv4-mapped, in `::ffff:0:0/96` (RFC 4291 2.5.5.2). */
const MAPPED = 0xffffn;

export const isMapped = (bits: bigint): boolean => bits >> 32n === MAPPED;

/** 0 to 2^32−1, or −1 if `text` is not a canonical dotted quad. */
export function parseIPv4(text: string): number {
  return parseQuad(text, 0);
}

/** Parses the dotted quad from `start` to the end of `text`; −1 if it is none. */
function parseQuad(text: string, start: number): number {
  let bits = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (digits === 0 || ++dots > 3) return -1;
      bits = bits * 256 + part;
      part = 0;
      digits = 0;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return -1;
    part = part * 10 + digit;
    digits++;
    if (part > 255) return -1;
  }
  return dots === 3 && digits > 0 ? bits * 256 + part : -1;
}

/** `bits` from 0 to 2^32−1. */
export function formatIPv4(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** The value of a hex digit, or −1. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/**
 * 128 bits, or null if `text` is not an IPv6 address in one of the three forms of RFC 4291 2.2. An IPv4-mapped address
 * is parsed as IPv6.
 */
export function parseIPv6(text: string): bigint | null {
  const groups: number[] = [];
  let elision = -1; // number of groups before '::'
  let i = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return null;
    elision = 0;
    i = 2;
  }
  while (i < text.length) {
    const start = i;
    let group = 0;
    for (let digit = 0; i < text.length; i++) {
      digit = hexDigit(text.charCodeAt(i));
      if (digit < 0 || i - start === GROUP_DIGITS_MAX) break;
      group = group * 16 + digit;
    }
    const code = text.charCodeAt(i); // NaN at the end
    if (code === DOT) {
      const quad = parseQuad(text, start);
      if (quad < 0) return null;
      groups.push(Math.floor(quad / 65_536), quad % 65_536);
      i = text.length;
      break;
    }
    if (i === start) return null;
    groups.push(group);
    if (groups.length > GROUPS) return null;
    if (i === text.length) break;
    if (code !== COLON) return null;
    i++;
    if (text.charCodeAt(i) === COLON) {
      if (elision >= 0) return null;
      elision = groups.length;
      i++;
    } else if (i === text.length) {
      return null; // a single colon at the end
    }
  }
  return joinGroups(groups, elision);
}

/** '::' stands for one or more groups (RFC 4291 2.2); RFC 5952 4.2.2 only forbids writing it for one. */
function joinGroups(groups: readonly number[], elision: number): bigint | null {
  if (elision < 0 ? groups.length !== GROUPS : groups.length >= GROUPS) return null;
  const words = [0, 0, 0, 0];
  const elided = GROUPS - groups.length;
  for (const [index, group] of groups.entries()) {
    const at = elision >= 0 && index >= elision ? index + elided : index;
    const word = at >> 1;
    words[word] = (words[word] ?? 0) + (at % 2 === 0 ? group * 65_536 : group);
  }
  const [a = 0, b = 0, c = 0, d = 0] = words;
  if (a === 0 && b === 0 && c === 0) return BigInt(d);
  return (((BigInt(a) << 32n) | BigInt(b)) << 64n) | (c === 0 ? BigInt(d) : (BigInt(c) << 32n) | BigInt(d));
}

/**
 * Formats an IPv6 address by RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups
 * elided, and an IPv4-mapped address with a dotted quad.
 */
export function formatIPv6(bits: bigint): string {
  if (isMapped(bits)) return `::ffff:${formatIPv4(Number(bits & 0xffff_ffffn))}`;
  const words = [
    Number(bits >> 96n),
    Number((bits >> 64n) & 0xffff_ffffn),
    Number((bits >> 32n) & 0xffff_ffffn),
    Number(bits & 0xffff_ffffn),
  ];
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const { start, length } = longestZeros(groups);
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

const hex = (groups: readonly number[]): string => groups.map((group) => group.toString(16)).join(':');

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let start = 0;
  let length = 0;
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (groups[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
    i = Math.max(i, end);
  }
  return { start, length };
}
