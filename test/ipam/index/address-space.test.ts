import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4Space, ipv6Space } from '../../../src/ipam/index/address-space.ts';

const ENDS = [0n, 1n, 254n, 255n, 256n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_fffen, 0xffff_ffffn];

test('an address key converts back to its address', () => {
  for (const bits of ENDS) assert.equal(ipv4Space.toBits(ipv4Space.toKey(bits)), bits);
  for (const bits of [...ENDS, 2n ** 64n, 2n ** 128n - 1n])
    assert.equal(ipv6Space.toBits(ipv6Space.toKey(bits)), bits);
});

test('IPv4 keys are small integers in the order of the addresses', () => {
  const addressKeys = ENDS.map((bits) => ipv4Space.toKey(bits));
  for (const addressKey of addressKeys) assert.equal(addressKey, addressKey | 0);
  assert.deepEqual(
    [...addressKeys].sort((a, b) => a - b),
    addressKeys,
  );
});

test('IPv4 addresses that end in .0 or .255 are buggy, and no IPv6 address is', () => {
  const low = Array.from({ length: 512 }, (_, i) => i).filter((i) =>
    ipv4Space.isBuggy(ipv4Space.toKey(BigInt(i))),
  );
  assert.deepEqual(low, [0, 255, 256, 511]);
  assert.equal(ipv4Space.isBuggy(ipv4Space.toKey(0xffff_ffffn)), true);
  assert.equal(ipv4Space.isBuggy(ipv4Space.toKey(0x8000_0000n)), true);
  assert.equal(ipv6Space.isBuggy(0n), false);
});

test('compact keys are consecutive, and expand to their addresses', () => {
  for (const base of [0n, 0x7fff_ff00n, 0xffff_fc00n]) {
    const numbers: number[] = [];
    for (let i = 0n; i < 1_024n; i++) {
      const addressKey = ipv4Space.toKey(base + i);
      if (ipv4Space.isBuggy(addressKey)) continue;
      numbers.push(ipv4Space.compact(addressKey));
      assert.equal(ipv4Space.expand(ipv4Space.compact(addressKey)), addressKey);
    }
    assert.deepEqual(
      numbers,
      numbers.map((_, i) => (numbers[0] ?? 0) + i),
    );
  }
});

test('a buggy address has the compact key of the next one that is not', () => {
  const number = (bits: bigint): number => ipv4Space.compact(ipv4Space.toKey(bits));
  assert.equal(number(0n), number(1n));
  assert.equal(number(255n), number(257n));
  assert.equal(number(256n), number(257n));
});
