/** Where other speakers reach this one, if its Node has no InternalIP. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress } from '../../../../src/net/address.ts';
import { hostAddress } from '../../../../src/speaker/main/layer2/layer2-settings.ts';

describe('the address of the host', () => {
  const table: readonly (readonly [text: string, expected: string | null, says: string])[] = [
    ['192.0.2.7', '192.0.2.7', 'is the one that the Pod has'],
    ['2001:db8::7', '2001:db8::7', 'may be of IPv6'],
    ['127.0.0.1', null, 'is not known by the default of the view port'],
    ['::1', null, 'is no loopback address of IPv6'],
    ['0.0.0.0', null, 'is not known where the view port is open on all'],
    ['fe80::1', null, 'is no link-local one: it lacks the interface'],
    ['worker-1', null, 'is no name'],
  ];
  for (const [text, expected, says] of table)
    it(`${says}: ${text}`, () => {
      const address = hostAddress(text);
      assert.equal(address === null ? null : formatAddress(address), expected);
    });
});
