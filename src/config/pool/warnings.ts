/** Warnings about a pool: addresses that most clients cannot reach, and addresses that the cluster uses already. */

import { sortInSteps } from '../../base/sort-in-steps.ts';
import { ITEMS_PER_STEP, type Steps } from '../../base/steps.ts';
import { compareText } from '../../base/text.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import { type AddressRange, formatRange, rangeContains, rangesOverlap } from '../../net/range.ts';
import { doubtfulParts } from '../../net/special-ranges.ts';
import type { ConfigIssue } from '../issue.ts';
import { itemPath } from '../issue.ts';
import type { Pool } from './pool.ts';
import { compareRanges } from './ranges.ts';

/** `owner` is for a sentence: `node worker-1` or `Service default/web`. */
export type ReservedAddress = { readonly owner: string; readonly address: Address };
/** A range with another purpose; `owner` is for a sentence: `the cluster IPs`. */
export type ReservedRange = { readonly owner: string; readonly range: AddressRange };
export type ReservedAddresses = {
  readonly addresses: readonly ReservedAddress[];
  readonly ranges: readonly ReservedRange[];
};

/** Limit of owners that a warning names; it counts the others. */
export const OWNERS_NAMED_MAX = 3;

/** Warnings that follow from the ranges alone. Addresses that no network can use are errors (`ranges.ts`). */
export function* doubtfulRangeWarnings(pool: Pool): Steps<readonly ConfigIssue[]> {
  const warnings: ConfigIssue[] = [];
  for (const [index, range] of pool.ranges.entries()) {
    if (index % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
    const parts = doubtfulParts(range);
    if (parts.length === 0) continue;
    const what = parts.map((part) => `${part.many} (${formatRange(part.range)})`).join(', ');
    const message = `${formatRange(range)} contains ${what}, which most clients cannot reach`;
    warnings.push({ path: pathOf(index), message });
  }
  return warnings;
}

/**
 * Warnings about addresses that the cluster uses for something else: those of nodes, and those of Services
 * inside it. A look-up for each of them, not a walk through the pool.
 */
export function* reservedAddressWarnings(
  pool: Pool,
  reserved: ReservedAddresses,
): Steps<readonly ConfigIssue[]> {
  const owners = new Map<number, string[]>();
  const addOwner = (index: number, description: string): void => {
    const list = owners.get(index);
    if (list === undefined) owners.set(index, [description]);
    else list.push(description);
  };
  const indexed = pool.ranges.map((range, index) => ({ range, index }));
  const sorted = yield* sortInSteps(indexed, (a, b) => compareRanges(a.range, b.range), ITEMS_PER_STEP);
  for (const { owner, address } of reserved.addresses) {
    const container = lastStartingAtOrBefore(sorted, address);
    if (container !== null && rangeContains(container.range, address)) {
      addOwner(container.index, `${formatAddress(address)} of ${owner}`);
    }
  }
  for (const { owner, range } of reserved.ranges) {
    for (const [place, entry] of sorted.entries()) {
      if (place % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
      if (rangesOverlap(entry.range, range))
        addOwner(entry.index, `addresses of ${formatRange(range)}, ${owner}`);
    }
  }
  return [...owners.entries()]
    .sort(([a], [b]) => a - b)
    .map(([index, list]) => ({ path: pathOf(index), message: `holds ${joinOwners(list)}` }));
}

const pathOf = (index: number): string => itemPath('spec.addresses', index);

/** Sorted, so that equal inputs give equal sentences. */
function joinOwners(list: readonly string[]): string {
  const named = [...list].sort(compareText).slice(0, OWNERS_NAMED_MAX).join('; ');
  return list.length > OWNERS_NAMED_MAX ? `${named}; and ${list.length - OWNERS_NAMED_MAX} more` : named;
}

type IndexedRange = { readonly range: AddressRange; readonly index: number };

/** A pool's ranges do not overlap, so only this one can hold the address. */
function lastStartingAtOrBefore(sorted: readonly IndexedRange[], address: Address): IndexedRange | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = sorted[middle];
    const before =
      entry !== undefined &&
      (entry.range.family === address.family
        ? entry.range.first <= address.bits
        : entry.range.family < address.family);
    if (before) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1] ?? null;
}
