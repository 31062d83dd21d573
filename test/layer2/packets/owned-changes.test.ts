/** What changes between two tables. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { OwnedAddress } from '../../../src/layer2/packets/layer2-wire.ts';
import { OwnedTable } from '../../../src/layer2/packets/owned-changes.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { owned } from './support/wire-story.ts';

function change(
  before: readonly OwnedAddress[],
  after: readonly OwnedAddress[],
): [put: string[], removed: string[]] {
  const table = new OwnedTable();
  table.replace(before);
  const { put, removed } = table.replace(after);
  assert.deepEqual(table.replace(after), { put: [], removed: [] }, 'now it has the new content');
  return [
    put.map(({ address }) => formatAddress(address)),
    removed.map(({ address }) => formatAddress(address)),
  ];
}

const a = owned('192.0.2.1');
const b = owned('192.0.2.2');

const rows: readonly (readonly [
  rule: string,
  before: readonly OwnedAddress[],
  after: readonly OwnedAddress[],
  put: string[],
  removed: string[],
])[] = [
  ['a new address is put', [a], [a, b], ['192.0.2.2'], []],
  ['a missing one is removed', [a, b], [b], [], ['192.0.2.1']],
  ['the same table changes nothing', [a, b], [a, b], [], []],
  ['the order does not matter', [a, b], [b, a], [], []],
  ['other interfaces are a change', [a], [owned('192.0.2.1', { interfaces: ['eth0'] })], ['192.0.2.1'], []],
  ['no interface is not all interfaces', [a], [owned('192.0.2.1', { interfaces: [] })], ['192.0.2.1'], []],
  [
    'the same interfaces are none',
    [owned('192.0.2.1', { interfaces: ['eth0', 'eth1'] })],
    [owned('192.0.2.1', { interfaces: ['eth0', 'eth1'] })],
    [],
    [],
  ],
  ['probing is a change', [a], [owned('192.0.2.1', { isProbed: true })], ['192.0.2.1'], []],
  [
    'of an address that is listed twice the last entry counts',
    [],
    [a, owned('192.0.2.1', { isProbed: true })],
    ['192.0.2.1'],
    [],
  ],
];
for (const [rule, before, after, put, removed] of rows)
  it(rule, () => assert.deepEqual(change(before, after), [put, removed]));
