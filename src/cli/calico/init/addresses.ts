/** The addresses of a set-up as flags name them: ranges of Services, routers, networks of pods. */

import { AS_MAX, readAS } from '../../../calico/objects/as-number.ts';
import { type Address, formatAddress, parseAddress, sameAddress } from '../../../net/address.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../../net/prefix.ts';
import {
  type AddressRange,
  formatRange,
  mergeRanges,
  parseRange,
  rangeContains,
  rangeOfPrefix,
  rangePrefixes,
  rangesOverlap,
} from '../../../net/range.ts';

export type RouterPeer = { readonly address: Address; readonly as: number };

/** Where no router, node or Service can be. */
const UNUSABLE_RANGES = [
  ['0.0.0.0/8', 'addresses that stand for nobody'],
  ['127.0.0.0/8', 'loopback addresses'],
  ['169.254.0.0/16', 'link-local addresses'],
  ['224.0.0.0/3', 'multicast or reserved addresses'],
  ['::/127', 'loopback addresses, or none'],
  ['fe80::/10', 'link-local addresses'],
  ['ff00::/8', 'multicast addresses'],
].flatMap(([text = '', what = '']) => {
  const read = parseRange(text);
  return read.ok ? [{ range: read.value, what }] : [];
});

/** Shorter IPv4 prefixes hold more than anybody gives to Services. */
const IPV4_LENGTH_MIN = 16;

/** As many as `prefixAdvertisements` may have. */
const PREFIXES_MAX = 500;

const singleAddressRange = ({ family, bits }: Address): AddressRange => ({ family, first: bits, last: bits });

export function readRanges(texts: readonly string[], complaints: string[]): readonly AddressRange[] {
  if (texts.length === 0)
    complaints.push('--range is missing: what Services get, such as --range 192.168.5.0/24');
  const ranges: AddressRange[] = [];
  for (const text of texts) {
    const flagText = `--range ${JSON.stringify(text)}`;
    const read = parseRange(text);
    if (!read.ok) {
      complaints.push(`${flagText} ${read.error}`);
      continue;
    }
    const range = read.value;
    complaints.push(...rangeComplaints(text, range).map((one) => `${flagText} ${one}`));
    const overlapping = ranges.find((one) => rangesOverlap(one, range));
    if (overlapping !== undefined)
      complaints.push(`${flagText} overlaps --range ${formatRange(overlapping)}: name it once`);
    ranges.push(range);
  }
  const count = ranges.flatMap(rangePrefixes).length;
  if (count > PREFIXES_MAX)
    complaints.push(`the ranges make ${count} prefixes, and Calico tags at most ${PREFIXES_MAX}: use CIDRs`);
  return ranges;
}

function rangeComplaints(text: string, range: AddressRange): readonly string[] {
  const prefix = parsePrefix(text);
  const unusable = UNUSABLE_RANGES.filter((one) => rangesOverlap(one.range, range));
  const isBroad = range.family === 4 && rangePrefixes(range).some(({ length }) => length < IPV4_LENGTH_MIN);
  return [
    ...(prefix.ok && prefix.value.hostBits
      ? [`has bits behind its length: did you mean ${formatPrefix(prefix.value)}?`]
      : []),
    ...unusable.map(({ what: description }) => `holds ${description}, which no Service can have`),
    ...(isBroad && unusable.length === 0
      ? [
          `is broader than /${IPV4_LENGTH_MIN}: Calico drops all that is sent there and is not for a Service, so take what Services need`,
        ]
      : []),
  ];
}

/** `10.10.0.1=65116`, each address once. */
export function readRouters(texts: readonly string[], complaints: string[]): readonly RouterPeer[] {
  if (texts.length === 0)
    complaints.push('--router is missing: address and AS, such as --router 10.10.0.1=65116');
  const routers: RouterPeer[] = [];
  for (const text of texts) {
    const flagText = `--router ${JSON.stringify(text)}`;
    const equals = text.lastIndexOf('=');
    if (equals < 0) {
      complaints.push(`${flagText} has no AS number; write ADDRESS=AS, such as 10.10.0.1=65116`);
      continue;
    }
    const address = readHost(text.slice(0, equals), flagText, complaints);
    const as = readASNumber(text.slice(equals + 1), flagText, complaints);
    if (address === null) continue;
    if (routers.some((one) => sameAddress(one.address, address)))
      complaints.push(`${flagText} names a router that is named before: one session has one AS`);
    routers.push({ address, as });
  }
  return routers;
}

/** Null, and a complaint that begins with `says`, for what is no address of a machine. */
export function readHost(text: string, flagText: string, complaints: string[]): Address | null {
  const read = parseAddress(text);
  if (!read.ok) {
    complaints.push(`${flagText}: the address ${read.error}`);
    return null;
  }
  const unusable = UNUSABLE_RANGES.find(({ range }) => rangeContains(range, read.value));
  if (unusable === undefined) return read.value;
  complaints.push(`${flagText} is one of the ${unusable.what}, which no machine has towards others`);
  return null;
}

/** 0, and a complaint that begins with `says`, for what is none. */
export function readASNumber(text: string, flagText: string, complaints: string[]): number {
  const as = readAS(text);
  if (as === null)
    complaints.push(`${flagText}: ${JSON.stringify(text)} is no AS number; it is from 1 to ${AS_MAX}`);
  return as ?? 0;
}

/** CIDRs with nothing behind their length. */
export function readPrefixes(
  flag: string,
  texts: readonly string[],
  complaints: string[],
): readonly Prefix[] {
  return texts.flatMap((text) => {
    const flagText = `--${flag} ${JSON.stringify(text)}`;
    const read = parsePrefix(text);
    if (!read.ok) {
      complaints.push(`${flagText} ${read.error}`);
      return [];
    }
    const { hostBits, ...prefix } = read.value;
    if (hostBits)
      complaints.push(`${flagText} has bits behind its length: did you mean ${formatPrefix(prefix)}?`);
    return [prefix];
  });
}

/** What cannot be together: a router inside of a range, and a family that no session carries. */
export function combinationComplaints(
  ranges: readonly AddressRange[],
  routers: readonly RouterPeer[],
): readonly string[] {
  const inside = routers.flatMap(({ address }) =>
    ranges
      .filter((range) => rangesOverlap(range, singleAddressRange(address)))
      .map(
        (range) =>
          `--range ${formatRange(range)} holds the router ${formatAddress(address)}: pods could not reach it any more, so leave its address out`,
      ),
  );
  const withoutSession = ([4, 6] as const).flatMap((family) => {
    const first = ranges.find((range) => range.family === family);
    if (first === undefined || routers.length === 0) return [];
    if (routers.some(({ address }) => address.family === family)) return [];
    return [
      `--range ${formatRange(first)} is IPv${family}, and no --router has an IPv${family} address: nobody would learn it`,
    ];
  });
  return [...inside, ...withoutSession];
}

/** What pods could be given of the prefixes. */
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
