import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sortInSteps } from '../../src/base/sort-in-steps.ts';
import { underSeeds } from '../support/random.ts';

type Item = { readonly key: number; readonly at: number };

function sorted(items: readonly Item[], step: number) {
  let comparisons = 0;
  const sorting = sortInSteps(
    items,
    (a: Item, b: Item) => {
      comparisons++;
      return a.key - b.key;
    },
    step,
  );
  let most = 0;
  for (;;) {
    const before = comparisons;
    const { done, value } = sorting.next();
    most = Math.max(most, comparisons - before);
    if (done === true) return { result: value, most };
  }
}

describe('a list that is sorted in steps', () => {
  it('is that of an ordinary stable sort, and no step compares much', () => {
    underSeeds(200, 2000, (random) => {
      const step = 1 + random.below(20);
      const items = Array.from({ length: random.below(200) }, (_, at) => ({ key: random.below(30), at }));
      const { result, most } = sorted(items, step);
      assert.deepEqual(
        result,
        items.toSorted((a, b) => a.key - b.key),
      );
      const stepMax = 2 * step * Math.ceil(Math.log2(step) + 1);
      assert.ok(most <= stepMax, `${most} comparisons in a step of ${step}`);
    });
  });

  it('may be empty', () => {
    assert.deepEqual(sorted([], 10).result, []);
  });
});
