import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4Space } from '../../../src/ipam/index/address-space.ts';
import { IntervalSet, IntervalTree } from '../../../src/ipam/index/interval-tree.ts';
import { underSeeds } from '../../support/random.ts';

test('the index finds every span that an address lies in, and no other', () => {
  underSeeds(300, 5_000, (random) => {
    const spans = Array.from({ length: random.below(12) }, (_, owner) => {
      const first = random.below(40);
      return { first, last: first + random.below(random.chance(0.3) ? 40 : 5), owner };
    });
    const index = new IntervalTree(spans);
    for (let key = -1; key < 90; key++) {
      const found: number[] = [];
      index.forEachContaining(key, (owner) => found.push(owner));
      const want = spans.filter(({ first, last }) => first <= key && key <= last).map(({ owner }) => owner);
      assert.deepEqual(
        found.sort((a, b) => a - b),
        want,
      );
    }
  });
});

test('a set of spans has its ends and nothing between spans', () => {
  const set = new IntervalSet(ipv4Space, [
    { first: 2, last: 4 },
    { first: 8, last: 8 },
  ]);
  const inside = Array.from({ length: 11 }, (_, i) => i).filter((i) => set.has(i));
  assert.deepEqual(inside, [2, 3, 4, 8]);
});
