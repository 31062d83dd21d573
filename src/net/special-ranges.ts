/**
 * Addresses with a special purpose, by IANA's registries (RFC 6890): those that nothing can be reached at, and those that
 * are usable on one link or by some routers only.
 */
import { invariant } from '../base/invariant.ts';
import type { Address } from './address.ts';
import { type AddressRange, parseRange, rangeContains, rangesOverlap } from './range.ts';

export type SpecialRange = {
  /** For a sentence: `is a multicast address`. */
  readonly one: string;
  /** For a sentence: `contains multicast addresses`. */
  readonly many: string;
  readonly range: AddressRange;
};

const special = (text: string, one: string, many: string): SpecialRange => {
  const range = parseRange(text);
  invariant(range.ok, `${text} is a range`);
  return { one, many, range: range.value };
};

const IPV4_LOOPBACK = special('127.0.0.0/8', 'a loopback address', 'loopback addresses');
const IPV6_LOOPBACK = special('::1/128', 'the loopback address', 'the loopback address');

/** `::ffff:0:0/96` (RFC 4291 2.5.5.2), which parses as IPv4. */
const IPV4_MAPPED: SpecialRange = {
  one: 'an IPv4-mapped address',
  many: 'IPv4-mapped addresses',
  range: { family: 6, first: 0xffffn << 32n, last: (0xffffn << 32n) + 0xffff_ffffn },
};

/** Addresses that no Service can be reached at. */
const UNUSABLE: readonly SpecialRange[] = [
  special('0.0.0.0/8', 'an unspecified address', 'unspecified addresses'),
  IPV4_LOOPBACK,
  special('224.0.0.0/4', 'a multicast address', 'multicast addresses'),
  special('255.255.255.255/32', 'the broadcast address', 'the broadcast address'),
  special('::/128', 'the unspecified address', 'the unspecified address'),
  IPV6_LOOPBACK,
  IPV4_MAPPED,
  special('fe80::/10', 'a link-local address', 'link-local addresses'),
  special('ff00::/8', 'a multicast address', 'multicast addresses'),
];

/** IPv4 link-local addresses work on one link (RFC 3927), and the former class E in networks that permit it. */
const DOUBTFUL: readonly SpecialRange[] = [
  special('169.254.0.0/16', 'a link-local address', 'link-local addresses'),
  special('240.0.0.0-255.255.255.254', 'a reserved address', 'reserved addresses'),
];

const UNUSABLE_IN_SESSIONS = UNUSABLE.filter((one) => one !== IPV4_LOOPBACK && one !== IPV6_LOOPBACK);

/** The unusable parts of a range. */
export const unusableParts = (range: AddressRange): readonly SpecialRange[] =>
  UNUSABLE.filter((one) => rangesOverlap(range, one.range));

/** Why no Service can have the address; null where one can. */
export const unusableByService = (address: Address): SpecialRange | null =>
  UNUSABLE.find(({ range }) => rangeContains(range, address)) ?? null;

/** The parts of a range that are usable in some networks only. */
export const doubtfulParts = (range: AddressRange): readonly SpecialRange[] =>
  DOUBTFUL.filter((one) => rangesOverlap(range, one.range));

/**
 * Why neither end of a BGP session can have the address; null where one can. A loopback address is possible, for a router
 * on the node itself, and so is an IPv4 link-local one, which cloud providers assign to their routers.
 */
export const unusableInSession = (address: Address): SpecialRange | null =>
  UNUSABLE_IN_SESSIONS.find(({ range }) => rangeContains(range, address)) ?? null;
