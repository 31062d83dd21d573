import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolvePools, resolvePoolsInSteps } from '../../../src/announce/config/pools.ts';
import { ITEMS_PER_STEP } from '../../../src/base/steps.ts';
import { pool } from '../support/cluster.ts';

/** Single addresses, every other one; a pool that overlaps with it lists them from another place on. */
const listing = (name: string, parts: number, offset = 0) =>
  pool(
    name,
    Array.from({ length: parts * ITEMS_PER_STEP }, (_, i) => {
      const bits = 2 * (i + offset);
      return `10.${bits >> 16}.${(bits >> 8) & 255}.${bits & 255}/32`;
    }),
  );

function countSteps(...raws: readonly unknown[]): number {
  const steps = resolvePoolsInSteps(raws, null);
  let count = 1;
  while (steps.next().done !== true) count++;
  return count;
}

/**
 * The steps that four more parts of one pool bring, or of each of two that overlap, when every pass through the ranges
 * pauses. A pass that runs at once brings four fewer.
 */
const STEPS = { onePool: 136, twoPools: 304 };

describe('resolving pools in steps', () => {
  it('pauses in each pass: twice the ranges are twice the steps', () => {
    const more = countSteps(listing('a', 8)) - countSteps(listing('a', 4));
    assert.ok(more >= STEPS.onePool, `${more} more steps`);
  });

  it('pauses in each pass where pools overlap', () => {
    const pair = (parts: number) => [listing('a', parts), listing('b', parts, (parts * ITEMS_PER_STEP) / 2)];
    const more = countSteps(...pair(8)) - countSteps(...pair(4));
    assert.ok(more >= STEPS.twoPools, `${more} more steps`);
  });

  it('has the result of resolving them at once', () => {
    const raws = [listing('a', 2), listing('b', 2, ITEMS_PER_STEP)];
    const resolved = resolvePools(raws, null);
    assert.deepEqual(
      [...resolved.byName.values()].map(({ name, ranges, ownedRanges }) => [
        name,
        ranges.length,
        ownedRanges.length,
      ]),
      [
        ['a', 2 * ITEMS_PER_STEP, 2 * ITEMS_PER_STEP],
        ['b', 2 * ITEMS_PER_STEP, ITEMS_PER_STEP],
      ],
    );
  });

  it('takes one step, and the same result, where no pool changed', () => {
    const raws = [listing('a', 2)];
    const before = resolvePools(raws, null);
    assert.deepEqual(resolvePoolsInSteps([...raws], before).next(), { done: true, value: before });
  });
});
