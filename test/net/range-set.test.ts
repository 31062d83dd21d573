import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Address, Family } from '../../src/net/address.ts';
import { type AddressRange, rangeContains } from '../../src/net/range.ts';
import { RangeSet, rangeSetOf } from '../../src/net/range-set.ts';
import { underSeeds } from '../support/random.ts';

it('has exactly the addresses that some range contains', () => {
  underSeeds(50, 2000, (random) => {
    const family = (): Family => random.pick([4, 6]);
    const ranges = Array.from({ length: random.below(12) }, (): AddressRange => {
      const first = BigInt(random.below(40));
      return { family: family(), first, last: first + BigInt(random.below(6)) };
    });
    const set = RangeSet.of(ranges);
    for (let bits = 0n; bits < 48n; bits++)
      for (const one of [4, 6] as const) {
        const address: Address = { family: one, bits };
        assert.equal(
          set.has(address),
          ranges.some((range) => rangeContains(range, address)),
        );
      }
  });
});

it('is made once for a list', () => {
  const ranges: readonly AddressRange[] = [{ family: 4, first: 1n, last: 2n }];
  assert.equal(rangeSetOf(ranges), rangeSetOf(ranges));
  assert.notEqual(rangeSetOf(ranges), rangeSetOf([...ranges]));
});
