import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConfigIssue } from '../../../src/config/issue.ts';
import { aggregationError, largestBlockLength } from '../../../src/config/pool/aggregation.ts';
import { readPoolRanges } from '../../../src/config/pool/ranges.ts';

function listed(...texts: readonly string[]): ReturnType<typeof readPoolRanges> {
  const issues: ConfigIssue[] = [];
  const ranges = readPoolRanges(
    texts.map((value, i) => ({ path: `[${i}]`, value })),
    issues,
  );
  assert.deepEqual(issues, []);
  return ranges;
}

describe('largestBlockLength', () => {
  const rows: readonly [range: string, length: number][] = [
    ['10.0.0.0/24', 24],
    ['10.0.0.7/32', 32],
    ['10.0.0.1-10.0.0.1', 32],
    ['10.0.0.1-10.0.0.2', 32],
    ['10.0.0.1-10.0.0.16', 29],
    ['10.0.0.0-10.0.0.255', 24],
    ['0.0.0.0/0', 0],
    ['::/0', 0],
    ['fd00::1-fd00::ffff', 113],
  ];
  for (const [range, length] of rows) {
    it(`${range} contains a /${length} and no larger block`, () => {
      assert.equal(largestBlockLength(listed(range)[0]?.range ?? assert.fail()), length);
    });
  }
});

describe('aggregationError', () => {
  it('has the text that tools match', () => {
    assert.equal(
      aggregationError(listed('10.0.0.0/24', '1.1.1.0/28'), { 4: 26, 6: 128 }),
      'invalid aggregation length 26: prefix 28 in this pool is more specific than the aggregation length for addresses 1.1.1.0/28',
    );
  });

  it('compares each family with its own length', () => {
    assert.equal(aggregationError(listed('10.0.0.0/24', 'fd00::/64'), { 4: 24, 6: 64 }), null);
    assert.match(
      aggregationError(listed('10.0.0.0/24', 'fd00::/64'), { 4: 24, 6: 63 }) ?? '',
      /length 63: prefix 64/,
    );
  });
});
