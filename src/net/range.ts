/** Address ranges of one family, in the notation of pools: `first-last`, both inclusive, or CIDR. */
import { err, ok, type Result } from '../base/result.ts';
import { sortInSteps } from '../base/sort-in-steps.ts';
import { finishSteps, ITEMS_PER_STEP, type Steps } from '../base/steps.ts';
import { type Address, FAMILY_BITS, type Family, formatAddress, parseAddress } from './address.ts';
import { placeholderError } from './address-error.ts';
import { networkMask, type Prefix, parsePrefix } from './prefix.ts';

/** Both inclusive, `first` ≤ `last`. */
export type AddressRange = { readonly family: Family; readonly first: bigint; readonly last: bigint };

/**
 * Parses `a-b`, with optional white space around the dash, or CIDR. A CIDR covers its whole block, including `.0` and `.255`,
 * and host bits are cleared, as in MetalLB. The error is the predicate of a sentence whose subject is the text.
 */
export function parseRange(text: string): Result<AddressRange, string> {
  const parsed = parsePlainRange(text);
  return parsed.ok ? parsed : err(placeholderError(text) ?? parsed.error);
}

function parsePlainRange(text: string): Result<AddressRange, string> {
  if (text.includes('/') && !text.includes('-')) {
    const prefix = parsePrefix(text);
    if (!prefix.ok) return prefix;
    const { family, bits, length } = prefix.value;
    // A single address is one number for both ends: pools may list a hundred thousand.
    const last = length === FAMILY_BITS[family] ? bits : bits | hostMask(family, length);
    return ok({ family, first: bits, last });
  }
  const dash = text.indexOf('-');
  if (dash < 0) return err(singleAddressError(text));
  const [left, right] = [text.slice(0, dash).trim(), text.slice(dash + 1).trim()];
  const first = parseAddress(left);
  if (!first.ok) return err(`has a first address that ${first.error}`);
  const last = parseAddress(right);
  if (!last.ok) return err(`has a last address that ${last.error}`);
  if (first.value.family !== last.value.family) return err('runs from one address family into the other');
  if (first.value.bits > last.value.bits) return err('ends before it begins');
  return ok({ family: first.value.family, first: first.value.bits, last: last.value.bits });
}

function singleAddressError(text: string): string {
  const address = parseAddress(text);
  if (!address.ok) return address.error;
  const hostPrefix = `${formatAddress(address.value)}/${FAMILY_BITS[address.value.family]}`;
  return `is a single address where a range is needed; write ${hostPrefix}`;
}

const hostMask = (family: Family, length: number): bigint =>
  (1n << BigInt(FAMILY_BITS[family] - length)) - 1n;

/** CIDR if the range is one block, else `a-b`. */
export function formatRange({ family, first, last }: AddressRange): string {
  const size = last - first + 1n;
  if ((size & (size - 1n)) === 0n && first % size === 0n) {
    const length = FAMILY_BITS[family] - (size.toString(2).length - 1);
    if ((first & networkMask(family, length)) === first)
      return `${formatAddress({ family, bits: first })}/${length}`;
  }
  return `${formatAddress({ family, bits: first })}-${formatAddress({ family, bits: last })}`;
}

export const rangeContains = (r: AddressRange, a: Address): boolean =>
  r.family === a.family && r.first <= a.bits && a.bits <= r.last;

export const rangesOverlap = (a: AddressRange, b: AddressRange): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last;

/** The common addresses; null if there are none. */
export function intersectRanges(a: AddressRange, b: AddressRange): AddressRange | null {
  if (!rangesOverlap(a, b)) return null;
  const [, later] = a.first < b.first ? [a, b] : [b, a];
  const [earlier] = a.last < b.last ? [a, b] : [b, a];
  return { family: a.family, first: later.first, last: earlier.last };
}

/** The fewest prefixes that cover exactly the range, in order. */
export function rangePrefixes({ family, first, last }: AddressRange): readonly Prefix[] {
  const prefixes: Prefix[] = [];
  for (let bits = first; bits <= last; ) {
    let length = FAMILY_BITS[family];
    while (
      length > 0 &&
      (bits & networkMask(family, length - 1)) === bits &&
      (bits | hostMask(family, length - 1)) <= last
    ) {
      length--;
    }
    prefixes.push({ family, bits, length });
    bits = (bits | hostMask(family, length)) + 1n;
  }
  return prefixes;
}

export const rangeOfPrefix = ({ family, bits, length }: Prefix): AddressRange => ({
  family,
  first: bits,
  last: bits | hostMask(family, length),
});

/** Whether both lists have the same ranges in the same order. */
export const sameRanges = (a: readonly AddressRange[], b: readonly AddressRange[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every(
      (range, i) => range.family === b[i]?.family && range.first === b[i].first && range.last === b[i].last,
    ));

/** Number of addresses; up to 2^128. */
export const rangeSize = (r: AddressRange): bigint => r.last - r.first + 1n;

/** The same addresses as sorted, disjoint and non-adjacent ranges; IPv4 first. */
export const mergeRanges = (ranges: readonly AddressRange[]): AddressRange[] =>
  finishSteps(mergeRangesInSteps(ranges));

export function* mergeRangesInSteps(ranges: readonly AddressRange[]): Steps<AddressRange[]> {
  const compareStart = (a: AddressRange, b: AddressRange): number =>
    a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0);
  const sorted = yield* sortInSteps(ranges, compareStart, ITEMS_PER_STEP);
  const merged: AddressRange[] = [];
  for (const [place, range] of sorted.entries()) {
    if (place % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
    const previous = merged.at(-1);
    if (previous === undefined || previous.family !== range.family || previous.last + 1n < range.first) {
      merged.push(range);
    } else if (previous.last < range.last) {
      merged[merged.length - 1] = { ...previous, last: range.last };
    }
  }
  return merged;
}

/** The addresses of `from`, in its order, that are not in `minus`. O((n + m) log m). */
export const subtractRanges = (
  from: readonly AddressRange[],
  minus: readonly AddressRange[],
): AddressRange[] => finishSteps(subtractRangesInSteps(from, minus));

export function* subtractRangesInSteps(
  from: readonly AddressRange[],
  minus: readonly AddressRange[],
): Steps<AddressRange[]> {
  const holes = yield* mergeRangesInSteps(minus);
  const remaining: AddressRange[] = [];
  for (const [place, range] of from.entries()) {
    if (place % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
    let first = range.first;
    for (let i = firstHoleFrom(holes, range); first <= range.last; i++) {
      const hole = holes[i];
      if (hole === undefined || hole.family !== range.family || hole.first > range.last) break;
      if (hole.first > first) remaining.push({ ...range, first, last: hole.first - 1n });
      first = hole.last + 1n;
    }
    if (first <= range.last) remaining.push({ ...range, first });
  }
  return remaining;
}

/** Index of the first of the sorted, disjoint `holes` that does not end before `range`. */
function firstHoleFrom(holes: readonly AddressRange[], range: AddressRange): number {
  let [low, high] = [0, holes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const hole = holes[middle];
    if (hole === undefined) break;
    const isBefore = hole.family < range.family || (hole.family === range.family && hole.last < range.first);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
