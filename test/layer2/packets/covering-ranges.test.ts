/** Few ranges around many numbers. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { coveringRanges } from '../../../src/layer2/packets/covering-ranges.ts';
import { underSeeds } from '../../support/random.ts';

const rows: readonly (readonly [rule: string, numbers: readonly number[], most: number, ranges: string])[] = [
  ['no number has no range', [], 3, ''],
  ['one number is a range', [7], 3, '7-7'],
  ['neighbours share a range', [3, 1, 2], 3, '1-3'],
  ['repeated numbers count once', [2, 2, 2], 3, '2-2'],
  ['others have one each, while there are enough', [1, 5, 9], 3, '1-1 5-5 9-9'],
  ['the widest gaps stay outside', [1, 5, 100, 104, 200], 3, '1-5 100-104 200-200'],
  ['one range has them all', [1, 5, 100], 1, '1-100'],
  ['the highest address is no exception', [0, 0xffff_ffff], 2, '0-0 4294967295-4294967295'],
];
for (const [rule, numbers, most, expected] of rows)
  it(rule, () => {
    const ranges = coveringRanges(numbers, most);
    assert.equal(ranges.map(({ first, last }) => `${first}-${last}`).join(' '), expected);
  });

it('all numbers are covered, by few ranges in order, which begin and end with a number', () => {
  underSeeds(200, 5000, (random) => {
    const numbers = Array.from({ length: random.below(60) }, () =>
      random.below(random.pick([20, 500, 2 ** 32])),
    );
    const most = 1 + random.below(8);
    const ranges = coveringRanges(numbers, most);
    assert.ok(ranges.length <= most);
    assert.ok(numbers.every((number) => ranges.some(({ first, last }) => first <= number && number <= last)));
    assert.ok(
      ranges.every(({ first, last }) => numbers.includes(first) && numbers.includes(last) && first <= last),
    );
    assert.ok(ranges.every(({ first }, index) => first > (ranges[index - 1]?.last ?? -1)));
  });
});
