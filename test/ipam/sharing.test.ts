import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claim, findSharingConflict, type SharingConflict, samePorts } from '../../src/ipam/sharing.ts';
import type { ServicePort } from '../../src/objects/service.ts';

const tcp = (port: number): ServicePort => ({ protocol: 'TCP', port });
const udp = (port: number): ServicePort => ({ protocol: 'UDP', port });
const claim = (key: string, backend: string, ...ports: ServicePort[]): Claim => ({
  holder: 'ns/a',
  sharing: { key, backend },
  ports,
});

const rows: readonly [title: string, one: Claim, other: Claim, expected: SharingConflict | null][] = [
  ['one key and different ports', claim('k', '', tcp(80)), claim('k', '', tcp(443)), null],
  ['one port number of two protocols', claim('k', '', tcp(53)), claim('k', '', udp(53)), null],
  ['no ports conflict with none', claim('k', ''), claim('k', '', tcp(80)), null],
  ['the same backend', claim('k', 'app=a', tcp(80)), claim('k', 'app=a', tcp(443)), null],
  ['two empty keys', claim('', '', tcp(80)), claim('', '', tcp(443)), 'exclusive'],
  ['one empty key', claim('k', '', tcp(80)), claim('', '', tcp(443)), 'exclusive'],
  ['different keys', claim('k', '', tcp(80)), claim('l', '', tcp(443)), 'key'],
  ['keys that differ in case', claim('k', '', tcp(80)), claim('K', '', tcp(443)), 'key'],
  ['different backends', claim('k', 'app=a', tcp(80)), claim('k', '', tcp(443)), 'backend'],
  ['a common port', claim('k', '', tcp(80), tcp(443)), claim('k', '', tcp(8080), tcp(443)), 'port'],
];

for (const [title, one, other, expected] of rows) {
  test(`${title}: ${expected ?? 'shared'}`, () => {
    assert.equal(findSharingConflict(one, other), expected);
    assert.equal(findSharingConflict(other, one), expected, 'sharing is symmetric');
  });
}

test('ports are compared as sets', () => {
  assert.equal(samePorts([tcp(80), udp(53)], [udp(53), tcp(80)]), true);
  assert.equal(samePorts([tcp(80)], [tcp(80), udp(53)]), false);
  assert.equal(samePorts([tcp(80)], [udp(80)]), false);
  assert.equal(samePorts([], []), true);
});
