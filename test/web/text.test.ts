/** Numbers of addresses as pages write them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countAddresses, sizeText } from '../../web/text.ts';

describe('a number of addresses', () => {
  const counts: readonly (readonly [number, string])[] = [
    [0, '0'],
    [16_777_214, '16,777,214'],
    [Number.MAX_SAFE_INTEGER - 1, '9,007,199,254,740,990'],
    // Saturated: a /64 has more, and this number is not how many.
    [Number.MAX_SAFE_INTEGER, '2^53+'],
    [2 * Number.MAX_SAFE_INTEGER, '2^53+'],
  ];
  for (const [count, text] of counts)
    it(`of ${count} is ${text}`, () => assert.equal(countAddresses(count), text));

  const sizes: readonly (readonly [string, bigint, string])[] = [
    ['an address', 1n, '1'],
    ['a /22', 1024n, '1,024'],
    ['a /8', 2n ** 24n, '16,777,216'],
    ['a /64', 2n ** 64n, '2^64'],
    ['all of IPv6', 2n ** 128n, '2^128'],
    ['a /64 without its first address', 2n ** 64n - 1n, '18,446,744,073,709,551,615'],
  ];
  for (const [what, size, text] of sizes)
    it(`in ${what} is ${text}`, () => assert.equal(sizeText(size), text));
});
