/** A Service with an address of one family that comes to require two. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../src/objects/service.ts';
import {
  eventsOf,
  pool,
  type ServiceOverrides,
  service,
  TestCluster,
  withPatches,
} from './support/test-cluster.ts';

const V4 = pool('v4', ['10.0.0.0/30']);
const DUAL = pool('w-dual', ['10.1.0.0/30', 'fd01::/126']);
const REQUIRES: Partial<Service> = {
  clusterIPs: ['10.96.0.1', 'fd96::1'],
  ipFamilyPolicy: 'RequireDualStack',
};

type Row = readonly [title: string, pools: readonly object[], overrides: ServiceOverrides, outcome: string];

const rows: readonly Row[] = [
  ['another pool has both: it moves there', [V4, DUAL], {}, '10.1.0.0 fd01::'],
  ['no pool has both: it keeps what it has', [V4], {}, 'AssignedOneFamily 10.0.0.0'],
  [
    'two pools have one each: it keeps what it has',
    [V4, pool('v6', ['fd02::/126'])],
    {},
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'the other pool has autoAssign false',
    [V4, pool('w-dual', ['10.1.0.0/30', 'fd01::/126'], { autoAssign: false })],
    {},
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'it requests its own pool',
    [V4, DUAL],
    { requests: { 'address-pool': 'v4' } },
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'its own pool has one of the other family: it is added',
    [pool('v4', ['10.0.0.0/30', 'fd00::/128']), DUAL],
    {},
    '10.0.0.0 fd00::',
  ],
];

for (const [title, pools, overrides, outcome] of rows) {
  test(title, () => {
    const cluster = new TestCluster({ pools, services: [service('it', overrides)] });
    assert.match(cluster.statusOf('it'), /^10\.0\.0\.0$/);
    cluster.edit('it', REQUIRES);
    assert.equal(cluster.statusOf('it'), outcome);
    assert.deepEqual(withPatches(cluster.reconcileAll()), []);
    assert.deepEqual(withPatches(cluster.restart().initialResults), []);
    cluster.allocator.ledger.audit();
  });
}

test('a Service that moves releases its address, and an event says why', () => {
  const cluster = new TestCluster({ pools: [V4, DUAL], services: [service('it')] });
  assert.deepEqual(eventsOf(cluster.edit('it', REQUIRES)), [
    'ClearAssignment: current IP for "default/it" not allowed by config, will attempt for new IP assignment: pool "v4" has no IPv6 range',
    'IPAllocated: Assigned IP ["10.1.0.0" "fd01::"]',
  ]);
  cluster.apply(service('next'));
  assert.equal(cluster.statusOf('next'), '10.0.0.0');
});

test('a Warning says that a Service keeps one family though it requires two; with PreferDualStack it is none', () => {
  for (const [ipFamilyPolicy, type] of [
    ['RequireDualStack', 'Warning'],
    ['PreferDualStack', 'Normal'],
  ] as const) {
    const cluster = new TestCluster({ pools: [V4], services: [service('it')] });
    const [event] = cluster.edit('it', { ...REQUIRES, ipFamilyPolicy }).flatMap(({ events }) => events);
    assert.deepEqual([event?.type, event?.reason], [type, 'AdditionalAssignFailed']);
    assert.ok(event?.message.endsWith(cluster.conditionMessage('it')), event?.message);
  }
});

test('with PreferDualStack it does not move', () => {
  const cluster = new TestCluster({ pools: [V4, DUAL], services: [service('it')] });
  cluster.edit('it', { ...REQUIRES, ipFamilyPolicy: 'PreferDualStack' });
  assert.equal(cluster.statusOf('it'), 'AssignedOneFamily 10.0.0.0');
});

test('it waits for a new pool, and for one in which both families become free', () => {
  for (const change of ['a new pool', 'a free address'] as const) {
    const full = pool('w-dual', ['10.1.0.0/32', 'fd01::/126']);
    const holder = service('holder', { requests: { 'address-pool': 'w-dual' } });
    const isNew = change === 'a new pool';
    const cluster = new TestCluster({ pools: isNew ? [V4] : [V4, full], services: [service('it')] });
    if (!isNew) cluster.apply(holder);
    cluster.edit('it', REQUIRES);
    assert.equal(cluster.statusOf('it'), 'AssignedOneFamily 10.0.0.0', change);
    assert.match(cluster.conditionMessage('it'), /or another pool has both/);
    if (isNew) cluster.setPools(V4, DUAL);
    else cluster.delete('holder');
    assert.equal(cluster.statusOf('it'), '10.1.0.0 fd01::', change);
  }
});

test('while its own pool is invalid it stays', () => {
  const cluster = new TestCluster({ pools: [V4], services: [service('it')] });
  cluster.edit('it', REQUIRES);
  const restarted = new TestCluster({
    services: [...cluster.simulator.services.values()],
    pools: [pool('v4', ['rubbish']), DUAL],
  });
  assert.equal(restarted.statusOf('it'), 'AssignedOneFamily 10.0.0.0');
});
