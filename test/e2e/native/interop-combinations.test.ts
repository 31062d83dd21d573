/** The selected combinations contain every pair of values. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALL, AXES, type Combination, PAIRWISE, titleOf } from './support/interop/combinations.ts';

const axes = Object.keys(AXES) as readonly (keyof Combination)[];

/** `family=4 kind=eBGP`, of every two axes. */
const pairsOf = (one: Combination): readonly string[] =>
  axes.flatMap((first, index) =>
    axes.slice(index + 1).map((second) => `${first}=${one[first]} ${second}=${one[second]}`),
  );

const sorted = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort();

describe('the combinations of a session with a router', () => {
  it('exist once each in the full list', () => {
    const count = axes.reduce((product, axis) => product * AXES[axis].length, 1);
    assert.equal(ALL.length, count);
    assert.equal(new Set(ALL.map(titleOf)).size, count);
  });

  it('contain every pair of values of two axes in the selection', () => {
    assert.deepEqual(sorted(PAIRWISE.flatMap(pairsOf)), sorted(ALL.flatMap(pairsOf)));
  });

  it('lack a pair if one of the selection is removed', () => {
    const all = sorted(ALL.flatMap(pairsOf));
    for (const one of PAIRWISE) {
      const others = PAIRWISE.filter((other) => other !== one);
      assert.notDeepEqual(sorted(others.flatMap(pairsOf)), all, titleOf(one));
    }
  });
});
