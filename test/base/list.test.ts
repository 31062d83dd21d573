/** Lists and sets that are compared, and lists that are sorted in part. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differingPart, firstSorted, sameMembers } from '../../src/base/list.ts';
import { underSeeds } from '../support/random.ts';

describe('two sets', () => {
  const rows: readonly (readonly [says: string, a: string, b: string, expected: boolean])[] = [
    ['of the same members are the same, in whatever order', 'ab', 'ba', true],
    ['of which both are empty are the same', '', '', true],
    ['differ by a member that one has in addition', 'ab', 'a', false],
    ['differ by a member that the other has in addition', 'a', 'ab', false],
    ['of one size differ by their members', 'ab', 'ac', false],
  ];
  for (const [says, a, b, expected] of rows)
    it(says, () => assert.equal(sameMembers(new Set(a), new Set(b)), expected));
});

describe('the part in which two lists differ', () => {
  const rows: readonly (readonly [says: string, a: string, b: string, of: readonly [string, string]])[] = [
    ['is empty for the same items', 'abc', 'abc', ['', '']],
    ['is one item that is replaced', 'abc', 'axc', ['b', 'x']],
    ['is one that goes', 'abc', 'ac', ['b', '']],
    ['is one that comes', 'ac', 'abc', ['', 'b']],
    ['is all of two lists that have nothing in common', 'ab', 'cd', ['ab', 'cd']],
    ['of equal items counts none twice', 'aa', 'aaa', ['', 'a']],
    ['is all of a list whose other is empty', '', 'ab', ['', 'ab']],
  ];
  for (const [says, a, b, of] of rows)
    it(says, () => {
      const { from, untilA, untilB } = differingPart([...a], [...b]);
      assert.deepEqual([a.slice(from, untilA), b.slice(from, untilB)], of);
    });

  it('makes one list of the other, whatever the two are', () =>
    underSeeds(200, 5_000, (random) => {
      const list = () => Array.from({ length: random.below(6) }, () => random.pick(['a', 'b', 'c']));
      const [a, b] = [list(), list()];
      const { from, untilA, untilB } = differingPart(a, b);
      assert.deepEqual(a.toSpliced(from, untilA - from, ...b.slice(from, untilB)), b);
    }));
});

it('the first of a sorted list are those of the whole list sorted', () =>
  underSeeds(200, 5_000, (random) => {
    const items = Array.from({ length: random.below(20) }, (_, place) => ({ rank: random.below(5), place }));
    const [count, byRank] = [random.below(8), (a: { rank: number }, b: { rank: number }) => a.rank - b.rank];
    assert.deepEqual(firstSorted(items, count, byRank), items.toSorted(byRank).slice(0, count));
  }));
