/** Sorted keys are a sorted Set, whatever is added and removed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SortedKeys } from '../../src/overview/sorted-keys.ts';
import { underSeeds } from '../support/random.ts';

test('sorted keys have the texts of a Set, in order', () => {
  underSeeds(20, 500, ({ below, chance }) => {
    const [keys, model] = [new SortedKeys(), new Set<string>()];
    // Some histories grow to many blocks, and shrink to none.
    const range = below(2) === 0 ? 20 : 3000;
    for (let step = 0; step < 3000; step++) {
      const key = `k${below(range)}`;
      if (chance(step < 1800 ? 0.8 : 0.2)) {
        keys.add(key);
        model.add(key);
      } else {
        keys.delete(key);
        model.delete(key);
      }
    }
    for (const key of chance(0.3) ? [...model] : []) {
      keys.delete(key);
      model.delete(key);
    }
    const sorted = [...model].sort();
    const visited: string[] = [];
    keys.each((key) => visited.push(key));
    assert.deepEqual([visited, keys.size, keys.first], [sorted, sorted.length, sorted[0]]);
    assert.deepEqual(keys.highest(7), sorted.slice(-7).reverse());
  });
});
