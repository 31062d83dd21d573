import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClusterFamilies, withServerDefaults } from '../../../src/cli/cluster/server-defaults.ts';
import { IP_ADDRESS_POOLS, SERVICES } from '../../../src/kube/resource.ts';

type AnyObject = Record<string, unknown>;

const V4 = '192.0.2.0';
const V6 = '2001:db8::';
const wall = Date.UTC(2026, 0, 1, 0, 0, 0, 500);

const rows: readonly [says: string, families: ClusterFamilies, spec: AnyObject, want: AnyObject][] = [
  ['the cluster’s own family', ['IPv4'], {}, { ipFamilies: ['IPv4'], clusterIPs: [V4] }],
  ['the first of two', ['IPv6', 'IPv4'], {}, { ipFamilies: ['IPv6'], clusterIPs: [V6] }],
  [
    'the family asked for',
    ['IPv4', 'IPv6'],
    { ipFamilies: ['IPv6'] },
    { ipFamilies: ['IPv6'], clusterIPs: [V6] },
  ],
  [
    'two where two are asked for',
    ['IPv4', 'IPv6'],
    { ipFamilyPolicy: 'RequireDualStack' },
    { clusterIPs: [V4, V6] },
  ],
  [
    'two in the order asked for',
    ['IPv4', 'IPv6'],
    { ipFamilies: ['IPv6', 'IPv4'] },
    { clusterIPs: [V6, V4], ipFamilyPolicy: 'RequireDualStack' },
  ],
  [
    'one where two are preferred and there is one',
    ['IPv4'],
    { ipFamilyPolicy: 'PreferDualStack' },
    { clusterIPs: [V4] },
  ],
  [
    'the cluster IP that it has',
    ['IPv4'],
    { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] },
    { clusterIPs: ['10.96.0.7'] },
  ],
  [
    'the family of what it has',
    ['IPv4', 'IPv6'],
    { clusterIPs: ['fd00::7'] },
    { clusterIPs: ['fd00::7'], ipFamilies: ['IPv6'] },
  ],
  [
    'a second one for who changes to two',
    ['IPv4', 'IPv6'],
    { clusterIPs: ['10.96.0.7'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' },
    { clusterIPs: ['10.96.0.7', V6] },
  ],
  [
    'one for who goes back to one',
    ['IPv4', 'IPv6'],
    { clusterIPs: ['10.96.0.7', 'fd00::7'], ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'SingleStack' },
    { clusterIPs: ['10.96.0.7'] },
  ],
  ['none for headless ones', ['IPv4'], { clusterIP: 'None' }, { clusterIPs: ['None'] }],
  [
    'nothing for ExternalName',
    ['IPv4'],
    { type: 'ExternalName' },
    { clusterIPs: undefined, type: 'ExternalName' },
  ],
  ['ClusterIP where no type is given', ['IPv4'], {}, { type: 'ClusterIP', externalTrafficPolicy: 'Cluster' }],
];

describe('a Service from a file gets', () => {
  const ref = { resource: SERVICES, namespace: 'shop', name: 'web' };
  for (const [says, families, spec, want] of rows) {
    it(says, () => {
      const stored = withServerDefaults(ref, { metadata: { name: 'web' }, spec }, { families, wall })[
        'spec'
      ] as AnyObject;
      for (const [field, value] of Object.entries(want)) assert.deepEqual(stored[field], value, field);
    });
  }

  it('its namespace, an identity and the time; but keeps what it has', () => {
    const made = withServerDefaults(ref, { metadata: { name: 'web' } }, { families: ['IPv4'], wall })[
      'metadata'
    ] as AnyObject;
    assert.deepEqual([made['namespace'], made['creationTimestamp']], ['shop', '2026-01-01T00:00:00Z']);
    assert.match(String(made['uid']), /shop\/web/);
    const had = { name: 'web', uid: 'u', creationTimestamp: '2020-01-01T00:00:00Z' };
    const kept = withServerDefaults(ref, { metadata: had }, { families: ['IPv4'], wall })[
      'metadata'
    ] as AnyObject;
    assert.deepEqual([kept['uid'], kept['creationTimestamp']], ['u', '2020-01-01T00:00:00Z']);
  });
});

it('a pool gets a time and nothing else', () => {
  const ref = { resource: IP_ADDRESS_POOLS, namespace: 'metallb-system', name: 'first' };
  const stored = withServerDefaults(
    ref,
    { metadata: { name: 'first' }, spec: { addresses: [] } },
    { families: ['IPv4'], wall },
  );
  assert.deepEqual(stored['spec'], { addresses: [] });
  assert.equal((stored['metadata'] as AnyObject)['creationTimestamp'], '2026-01-01T00:00:00Z');
});
