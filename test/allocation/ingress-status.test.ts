import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENTRIES_READ_MAX, readIngressStatus } from '../../src/allocation/ingress-status.ts';
import { formatAddress } from '../../src/net/address.ts';
import { service } from './support/test-cluster.ts';

const rows: readonly (readonly [
  title: string,
  ingressEntries: readonly string[],
  addresses: string,
  unreadable: string,
])[] = [
  ['nothing', [], '', ''],
  ['two families', ['10.0.0.1', 'fd00::1'], '10.0.0.1 fd00::1', ''],
  ['a host name', ['lb.example'], '', 'lb.example'],
  ['both', ['lb.example', '10.0.0.1'], '10.0.0.1', 'lb.example'],
  ['one address twice', ['10.0.0.1', '10.0.0.1'], '10.0.0.1', ''],
  ['leading zeros, which the API server reads as decimal', ['010.0.0.009'], '10.0.0.9', ''],
  ['a long IPv6 spelling', ['fd00:0:0:0:0:0:0:1'], 'fd00::1', ''],
  ['an IPv4-mapped one', ['::ffff:10.0.0.1'], '10.0.0.1', ''],
];

for (const [title, ingressEntries, addresses, unreadable] of rows) {
  test(title, () => {
    const status = readIngressStatus(service('it', { ingressEntries }));
    assert.equal(status.addresses.map(formatAddress).join(' '), addresses);
    assert.equal(status.unreadable.join(' '), unreadable);
  });
}

test('an entry with neither address nor host name is unreadable', () => {
  const status = readIngressStatus(service('it', { ingress: [{ ip: null, hostname: null, ipMode: null }] }));
  assert.deepEqual(status, { addresses: [], unreadable: [''] });
});

test('entries are read up to the limit', () => {
  const ingressEntries = Array.from(
    { length: 100_000 },
    (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
  );
  assert.equal(readIngressStatus(service('it', { ingressEntries })).addresses.length, ENTRIES_READ_MAX);
});
