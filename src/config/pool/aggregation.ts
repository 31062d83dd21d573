/**
 * Limits the aggregation of a pool's addresses.
 *
 * An aggregate larger than an entry of the pool would attract traffic for addresses outside of the pool. So the aggregation
 * length must be at least the prefix length of each entry; for a range, that of the largest CIDR block in it.
 */
import { finishSteps, ITEMS_PER_STEP, type Steps } from '../../base/steps.ts';
import { FAMILY_BITS } from '../../net/address.ts';
import type { AddressRange } from '../../net/range.ts';
import type { ListedRange } from './ranges.ts';

/** The prefix length of the largest aligned block inside the range. */
export function largestBlockLength({ family, first, last }: AddressRange): number {
  // The largest block has at least a quarter of the addresses.
  const size = last - first + 1n;
  for (let hostBits = BigInt(size.toString(2).length - 1); hostBits > 0n; hostBits--) {
    const block = 1n << hostBits;
    const aligned = ((first + block - 1n) / block) * block;
    if (aligned + block - 1n <= last) return FAMILY_BITS[family] - Number(hostBits);
  }
  return FAMILY_BITS[family];
}

/** The aggregation length of each family that suits all entries of a pool; 0 where it has none of the family. */
export type AggregationLengths = { readonly 4: number; readonly 6: number };

const SHORTEST = new WeakMap<readonly AddressRange[], AggregationLengths>();

/** The shortest lengths that these ranges permit. A list is read once. */
export const shortestAggregation = (ranges: readonly AddressRange[]): AggregationLengths =>
  finishSteps(shortestAggregationInSteps(ranges));

/** `shortestAggregation` in steps: afterwards, the answer for this list costs nothing. */
export function* shortestAggregationInSteps(ranges: readonly AddressRange[]): Steps<AggregationLengths> {
  const known = SHORTEST.get(ranges);
  if (known !== undefined) return known;
  const shortest = { 4: 0, 6: 0 };
  for (const [place, range] of ranges.entries()) {
    if (place % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
    shortest[range.family] = Math.max(shortest[range.family], largestBlockLength(range));
  }
  SHORTEST.set(ranges, shortest);
  return shortest;
}

/** MetalLB's error for the first entry that is smaller than an aggregate; null where there is none. */
export function aggregationError(
  listed: readonly Pick<ListedRange, 'text' | 'range'>[],
  lengths: AggregationLengths,
): string | null {
  for (const { text, range } of listed) {
    const prefix = largestBlockLength(range);
    const length = lengths[range.family];
    if (length < prefix) {
      return `invalid aggregation length ${length}: prefix ${prefix} in this pool is more specific than the aggregation length for addresses ${text}`;
    }
  }
  return null;
}
