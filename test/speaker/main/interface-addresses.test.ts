import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress } from '../../../src/net/address.ts';
import { interfaceAddresses, type SystemInterfaces } from '../../../src/speaker/main/interface-addresses.ts';
import { address } from '../support/fake-router.ts';

const of = (...addresses: readonly string[]) => addresses.map((one) => ({ address: one, internal: false }));

const INTERFACES: SystemInterfaces = {
  lo: [
    { address: '127.0.0.1', internal: true },
    { address: '::1', internal: true },
  ],
  eth0: of('10.0.0.1', 'fe80::1', 'fd00::1', 'fd00::2'),
  eth1: of('192.0.2.1', '169.254.1.1', 'fe80::2'),
  eth2: of('fd00:2::1', '169.254.2.1', '10.2.0.1'),
};

describe('the addresses beside that of a session', () => {
  const rows: readonly (readonly [title: string, local: string, expected: readonly (string | null)[]])[] = [
    ['are those of the same interface', '10.0.0.1', ['10.0.0.1', 'fd00::1']],
    ['are the first of each family, whichever the session has', 'fd00::2', ['10.0.0.1', 'fd00::1']],
    ['are none of those that are valid on one link only', '192.0.2.1', ['192.0.2.1', null]],
    ['skip a link-local IPv4 address', 'fd00:2::1', ['10.2.0.1', 'fd00:2::1']],
    ['are none on the loopback interface', '127.0.0.1', [null, null]],
    ['are none where no interface has it', '203.0.113.1', [null, null]],
  ];
  for (const [title, local, expected] of rows) {
    it(title, () => {
      const found = interfaceAddresses(address(local), INTERFACES);
      assert.deepEqual(
        ([4, 6] as const).map((family) => {
          const one = found[family];
          return one === null ? null : formatAddress(one);
        }),
        expected,
      );
    });
  }
});
