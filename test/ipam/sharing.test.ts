import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Claim,
  findSharingConflict,
  type Port,
  type SharingConflict,
  samePorts,
} from '../../src/ipam/sharing.ts';

const tcp = (port: number): Port => ({ protocol: 'TCP', port });
const udp = (port: number): Port => ({ protocol: 'UDP', port });
const claim = (key: string, backend: string, ...ports: Port[]): Claim => ({
  holder: 'ns/a',
  sharing: { key, backend },
  ports,
});

const rows: readonly [says: string, one: Claim, other: Claim, want: SharingConflict | null][] = [
  ['other ports under one key get along', claim('k', '', tcp(80)), claim('k', '', tcp(443)), null],
  ['one port over two protocols is two ports', claim('k', '', tcp(53)), claim('k', '', udp(53)), null],
  ['no ports at all clash with nobody', claim('k', ''), claim('k', '', tcp(80)), null],
  ['one backend is shared', claim('k', 'app=a', tcp(80)), claim('k', 'app=a', tcp(443)), null],
  ['an empty key shares with nobody', claim('', '', tcp(80)), claim('', '', tcp(443)), 'exclusive'],
  ['an empty key on one side is enough', claim('k', '', tcp(80)), claim('', '', tcp(443)), 'exclusive'],
  ['keys differ', claim('k', '', tcp(80)), claim('l', '', tcp(443)), 'key'],
  ['keys are compared to the letter', claim('k', '', tcp(80)), claim('K', '', tcp(443)), 'key'],
  ['backends differ', claim('k', 'app=a', tcp(80)), claim('k', '', tcp(443)), 'backend'],
  ['one port in common', claim('k', '', tcp(80), tcp(443)), claim('k', '', tcp(8080), tcp(443)), 'port'],
];

for (const [says, one, other, want] of rows) {
  test(`${says}: ${want ?? 'shared'}`, () => {
    assert.equal(findSharingConflict(one, other), want);
    assert.equal(findSharingConflict(other, one), want, 'it does not matter who came first');
  });
}

test('ports are the same in any order', () => {
  assert.equal(samePorts([tcp(80), udp(53)], [udp(53), tcp(80)]), true);
  assert.equal(samePorts([tcp(80)], [tcp(80), udp(53)]), false);
  assert.equal(samePorts([tcp(80)], [udp(80)]), false);
  assert.equal(samePorts([], []), true);
});
