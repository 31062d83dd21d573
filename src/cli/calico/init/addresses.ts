/** Addresses in flags, validated: ranges of Services, routers, pod networks. */

import { AS_MAX, readAS } from '../../../calico/objects/as-number.ts';
import { type Address, formatAddress, parseAddress, sameAddress } from '../../../net/address.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../../net/prefix.ts';
import {
  type AddressRange,
  formatRange,
  mergeRanges,
  parseRange,
  rangeOfPrefix,
  rangePrefixes,
  rangesOverlap,
} from '../../../net/range.ts';
import { doubtfulParts, type SpecialRange, unusableParts } from '../../../net/special-ranges.ts';

export type RouterPeer = { readonly address: Address; readonly as: number };

/** Calico's configuration gets no address that is usable in some networks only. */
const unsuitableParts = (range: AddressRange): readonly SpecialRange[] => [
  ...unusableParts(range),
  ...doubtfulParts(range),
];

/** Shorter IPv4 prefixes are refused: they are larger than Services need. */
const IPV4_LENGTH_MIN = 16;

/** Calico's limit for `prefixAdvertisements`. */
const PREFIXES_MAX = 500;

const singleAddressRange = ({ family, bits }: Address): AddressRange => ({ family, first: bits, last: bits });

export function readRanges(texts: readonly string[], errors: string[]): readonly AddressRange[] {
  if (texts.length === 0)
    errors.push('--range is missing: the addresses of Services, such as --range 192.168.5.0/24');
  const ranges: AddressRange[] = [];
  for (const text of texts) {
    const flagText = `--range ${JSON.stringify(text)}`;
    const read = parseRange(text);
    if (!read.ok) {
      errors.push(`${flagText} ${read.error}`);
      continue;
    }
    const range = read.value;
    errors.push(...rangeErrors(text, range).map((one) => `${flagText} ${one}`));
    const overlapping = ranges.find((one) => rangesOverlap(one, range));
    if (overlapping !== undefined)
      errors.push(`${flagText} overlaps --range ${formatRange(overlapping)}: leave one of them out`);
    ranges.push(range);
  }
  const count = ranges.flatMap(rangePrefixes).length;
  if (count > PREFIXES_MAX)
    errors.push(`the ranges are ${count} prefixes, and Calico can tag ${PREFIXES_MAX} at most: use CIDRs`);
  return ranges;
}

function rangeErrors(text: string, range: AddressRange): readonly string[] {
  const prefix = parsePrefix(text);
  const unusable = unsuitableParts(range);
  const isBroad = range.family === 4 && rangePrefixes(range).some(({ length }) => length < IPV4_LENGTH_MIN);
  return [
    ...(prefix.ok && prefix.value.hostBits
      ? [`has host bits set: did you mean ${formatPrefix(prefix.value)}?`]
      : []),
    ...unusable.map(({ many }) => `contains ${many}, which no Service can have`),
    ...(isBroad && unusable.length === 0
      ? [
          `is broader than /${IPV4_LENGTH_MIN}. Calico drops all traffic to the range that is not for a Service: use the addresses that Services need`,
        ]
      : []),
  ];
}

/** `10.10.0.1=65116`, each address once. */
export function readRouters(texts: readonly string[], errors: string[]): readonly RouterPeer[] {
  if (texts.length === 0)
    errors.push('--router is missing: address and AS, such as --router 10.10.0.1=65116');
  const routers: RouterPeer[] = [];
  for (const text of texts) {
    const flagText = `--router ${JSON.stringify(text)}`;
    const equals = text.lastIndexOf('=');
    if (equals < 0) {
      errors.push(`${flagText} has no AS number: write ADDRESS=AS, such as 10.10.0.1=65116`);
      continue;
    }
    const address = readHost(text.slice(0, equals), flagText, errors);
    const as = readASNumber(text.slice(equals + 1), flagText, errors);
    if (address === null) continue;
    if (routers.some((one) => sameAddress(one.address, address)))
      errors.push(`${flagText} names a router twice: a router has one AS number`);
    routers.push({ address, as });
  }
  return routers;
}

/** Null, and an error that begins with `flagText`, if it is no address of a machine. */
export function readHost(text: string, flagText: string, errors: string[]): Address | null {
  const read = parseAddress(text);
  if (!read.ok) {
    errors.push(`${flagText}: the address ${read.error}`);
    return null;
  }
  const [unusable] = unsuitableParts(singleAddressRange(read.value));
  if (unusable === undefined) return read.value;
  errors.push(`${flagText} is ${unusable.one}, which no machine can use for a session`);
  return null;
}

/** 0, and an error that begins with `flagText`, if it is no AS number. */
export function readASNumber(text: string, flagText: string, errors: string[]): number {
  const as = readAS(text);
  if (as === null) errors.push(`${flagText}: ${JSON.stringify(text)} is not an AS number: 1 to ${AS_MAX}`);
  return as ?? 0;
}

/** CIDRs without host bits. */
export function readPrefixes(flag: string, texts: readonly string[], errors: string[]): readonly Prefix[] {
  return texts.flatMap((text) => {
    const flagText = `--${flag} ${JSON.stringify(text)}`;
    const read = parsePrefix(text);
    if (!read.ok) {
      errors.push(`${flagText} ${read.error}`);
      return [];
    }
    const { hostBits, ...prefix } = read.value;
    if (hostBits) errors.push(`${flagText} has host bits set: did you mean ${formatPrefix(prefix)}?`);
    return [prefix];
  });
}

/** Options that exclude each other: a router inside of a range, a family without a router. */
export function combinationErrors(
  ranges: readonly AddressRange[],
  routers: readonly RouterPeer[],
): readonly string[] {
  const inside = routers.flatMap(({ address }) =>
    ranges
      .filter((range) => rangesOverlap(range, singleAddressRange(address)))
      .map(
        (range) =>
          `--range ${formatRange(range)} contains the router ${formatAddress(address)}. Pods could not reach it any more: leave its address out`,
      ),
  );
  const withoutSession = ([4, 6] as const).flatMap((family) => {
    const first = ranges.find((range) => range.family === family);
    if (first === undefined || routers.length === 0) return [];
    if (routers.some(({ address }) => address.family === family)) return [];
    return [
      `--range ${formatRange(first)} is IPv${family}, and no --router has an IPv${family} address: no router would learn it`,
    ];
  });
  return [...inside, ...withoutSession];
}

/** The parts of `prefixes` that lie in one of `others`. */
export const intersectPrefixes = (
  prefixes: readonly Prefix[],
  others: readonly Prefix[],
): readonly Prefix[] =>
  mergeRanges(
    prefixes.flatMap((prefix) =>
      others.flatMap((other) => {
        if (!rangesOverlap(rangeOfPrefix(prefix), rangeOfPrefix(other))) return [];
        return [rangeOfPrefix(prefix.length >= other.length ? prefix : other)];
      }),
    ),
  ).flatMap(rangePrefixes);
