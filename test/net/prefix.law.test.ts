/** Compares the parser of prefixes with the `ip-address` package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Address4, Address6 } from 'ip-address';
import { formatIPv4, formatIPv6, isMapped } from '../../src/net/address-text.ts';
import { parsePrefix } from '../../src/net/prefix.ts';
import { underSeeds } from '../support/random.ts';

const TEXTS = 5_000;

test('network and host bits of a prefix are those of ip-address', () => {
  underSeeds(1, 20, (random) => {
    for (let i = 0; i < TEXTS; i++) {
      const isIPv4 = random.chance(0.5);
      let bits = 0n;
      for (let group = 0; group < (isIPv4 ? 2 : 8); group++)
        bits = (bits << 16n) | BigInt(random.chance(0.3) ? 0 : random.below(0x1_0000));
      if (!isIPv4 && isMapped(bits)) continue;
      const length = random.below(isIPv4 ? 33 : 129);
      const text = `${isIPv4 ? formatIPv4(Number(bits)) : formatIPv6(bits)}/${length}`;
      const want = isIPv4 ? new Address4(text) : new Address6(text);
      const network = want.startAddress().bigInt();
      const parsed = parsePrefix(text);
      assert.deepEqual(
        parsed.ok ? parsed.value : parsed.error,
        {
          family: isIPv4 ? 4 : 6,
          bits: network,
          length: want.subnetMask,
          hostBits: want.bigInt() !== network,
        },
        text,
      );
    }
  });
});
