import assert from 'node:assert/strict';
import { test } from 'node:test';
import { space4, space6 } from '../../src/ipam/space.ts';

const ENDS = [0n, 1n, 254n, 255n, 256n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_fffen, 0xffff_ffffn];

test('an address comes back from its place', () => {
  for (const bits of ENDS) assert.equal(space4.bits(space4.spot(bits)), bits);
  for (const bits of [...ENDS, 2n ** 64n, 2n ** 128n - 1n])
    assert.equal(space6.bits(space6.spot(bits)), bits);
});

test('IPv4 places are small integers in the order of the addresses', () => {
  const spots = ENDS.map((bits) => space4.spot(bits));
  for (const spot of spots) assert.equal(spot, spot | 0);
  assert.deepEqual(
    [...spots].sort((a, b) => a - b),
    spots,
  );
});

test('avoided are those that end in .0 or .255, and none of IPv6', () => {
  const low = Array.from({ length: 512 }, (_, i) => i).filter((i) => space4.avoided(space4.spot(BigInt(i))));
  assert.deepEqual(low, [0, 255, 256, 511]);
  assert.equal(space4.avoided(space4.spot(0xffff_ffffn)), true);
  assert.equal(space4.avoided(space4.spot(0x8000_0000n)), true);
  assert.equal(space6.avoided(0n), false);
});

test('what is not avoided is numbered without holes, and found again by its number', () => {
  for (const base of [0n, 0x7fff_ff00n, 0xffff_fc00n]) {
    const numbers: number[] = [];
    for (let i = 0n; i < 1_024n; i++) {
      const spot = space4.spot(base + i);
      if (space4.avoided(spot)) continue;
      numbers.push(space4.compact(spot));
      assert.equal(space4.expand(space4.compact(spot)), spot);
    }
    assert.deepEqual(
      numbers,
      numbers.map((_, i) => (numbers[0] ?? 0) + i),
    );
  }
});

test('an avoided address has the number of the next one that is not', () => {
  const number = (bits: bigint): number => space4.compact(space4.spot(bits));
  assert.equal(number(0n), number(1n));
  assert.equal(number(255n), number(257n));
  assert.equal(number(256n), number(257n));
});
