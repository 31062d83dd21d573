import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenRanges } from '../../src/ipam/pool-free-ranges.ts';
import { underSeeds } from '../support/random.ts';

test('the first open range is the first that was not closed, or that was reopened', () => {
  underSeeds(200, 5_000, (random) => {
    const count = 1 + random.below(30);
    const open = new OpenRanges(count);
    const flags = Array.from({ length: count }, () => true);
    for (let step = 0; step < 200; step++) {
      assert.equal(open.first(), flags.indexOf(true));
      for (const [range, flag] of flags.entries()) assert.equal(open.has(range), flag);
      const range = random.below(count);
      if (random.chance(0.5)) {
        open.reopen(range);
        flags[range] = true;
      } else if (open.first() >= 0) {
        flags[open.first()] = false;
        open.closeFirst();
      }
    }
  });
});

test('a pool without ranges has no open range', () => assert.equal(new OpenRanges(0).first(), -1));
