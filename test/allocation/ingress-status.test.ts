import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENTRIES_READ_MAX, readIngressStatus } from '../../src/allocation/ingress-status.ts';
import { formatAddress } from '../../src/net/address.ts';
import { service } from './support/test-cluster.ts';

const rows: readonly (readonly [says: string, shows: readonly string[], addresses: string, odd: string])[] = [
  ['nothing', [], '', ''],
  ['two families', ['10.0.0.1', 'fd00::1'], '10.0.0.1 fd00::1', ''],
  ['a host name', ['lb.example'], '', 'lb.example'],
  ['both', ['lb.example', '10.0.0.1'], '10.0.0.1', 'lb.example'],
  ['the same twice', ['10.0.0.1', '10.0.0.1'], '10.0.0.1', ''],
  ['leading zeros, which the API server reads as decimal', ['010.0.0.009'], '10.0.0.9', ''],
  ['a long IPv6 spelling', ['fd00:0:0:0:0:0:0:1'], 'fd00::1', ''],
  ['an IPv4-mapped one', ['::ffff:10.0.0.1'], '10.0.0.1', ''],
];

for (const [says, ingressEntries, addresses, odd] of rows) {
  test(says, () => {
    const shown = readIngressStatus(service('it', { ingressEntries }));
    assert.equal(shown.addresses.map(formatAddress).join(' '), addresses);
    assert.equal(shown.unreadable.join(' '), odd);
  });
}

test('an entry with neither is odd', () => {
  const shown = readIngressStatus(service('it', { ingress: [{ ip: null, hostname: null, ipMode: null }] }));
  assert.deepEqual(shown, { addresses: [], unreadable: [''] });
});

test('a status of a hundred thousand entries is read as far as the limit', () => {
  const ingressEntries = Array.from(
    { length: 100_000 },
    (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
  );
  assert.equal(readIngressStatus(service('it', { ingressEntries })).addresses.length, ENTRIES_READ_MAX);
});
