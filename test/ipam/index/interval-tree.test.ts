import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4Space } from '../../../src/ipam/index/address-space.ts';
import { IntervalSet, IntervalTree } from '../../../src/ipam/index/interval-tree.ts';
import { underSeeds } from '../../support/random.ts';

test('the tree finds exactly the intervals that contain an address', () => {
  underSeeds(300, 5_000, (random) => {
    const intervals = Array.from({ length: random.below(12) }, (_, owner) => {
      const first = random.below(40);
      return { first, last: first + random.below(random.chance(0.3) ? 40 : 5), owner };
    });
    const index = new IntervalTree(intervals);
    for (let key = -1; key < 90; key++) {
      const found: number[] = [];
      index.forEachContaining(key, (owner) => found.push(owner));
      const expected = intervals
        .filter(({ first, last }) => first <= key && key <= last)
        .map(({ owner }) => owner);
      assert.deepEqual(
        found.sort((a, b) => a - b),
        expected,
      );
    }
  });
});

test('a set has the ends of its intervals, and nothing between them', () => {
  const set = new IntervalSet(ipv4Space, [
    { first: 2, last: 4 },
    { first: 8, last: 8 },
  ]);
  const inside = Array.from({ length: 11 }, (_, i) => i).filter((i) => set.has(i));
  assert.deepEqual(inside, [2, 3, 4, 8]);
});
