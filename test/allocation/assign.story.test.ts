/** A Service that comes to require two families while it holds an address of one. */
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

type Row = readonly [says: string, pools: readonly object[], wish: ServiceOverrides, outcome: string];

const rows: readonly Row[] = [
  ['another pool has both: it moves there', [V4, DUAL], {}, '10.1.0.0 fd01::'],
  ['no pool has both: it keeps what it has', [V4], {}, 'AssignedOneFamily 10.0.0.0'],
  [
    'two pools have one each: that is no pool with both',
    [V4, pool('v6', ['fd02::/126'])],
    {},
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'the other pool is not for it',
    [V4, pool('w-dual', ['10.1.0.0/30', 'fd01::/126'], { autoAssign: false })],
    {},
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'it asks for the pool that it has',
    [V4, DUAL],
    { requests: { 'address-pool': 'v4' } },
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'its own pool has one left of the other family: the first one stays',
    [pool('v4', ['10.0.0.0/30', 'fd00::/128']), DUAL],
    {},
    '10.0.0.0 fd00::',
  ],
];

for (const [says, pools, wish, outcome] of rows) {
  test(says, () => {
    const world = new TestCluster({ pools, services: [service('it', wish)] });
    assert.match(world.statusOf('it'), /^10\.0\.0\.0$/);
    world.edit('it', REQUIRES);
    assert.equal(world.statusOf('it'), outcome);
    assert.deepEqual(withPatches(world.reconcileAll()), []);
    assert.deepEqual(withPatches(world.restart().initialResults), []);
    world.allocator.ledger.audit();
  });
}

test('who moves lets go of what it had, and is told why', () => {
  const world = new TestCluster({ pools: [V4, DUAL], services: [service('it')] });
  assert.deepEqual(eventsOf(world.edit('it', REQUIRES)), [
    'ClearAssignment: current IP for "default/it" not allowed by config, will attempt for new IP assignment: pool "v4" has no IPv6 range',
    'IPAllocated: Assigned IP ["10.1.0.0" "fd01::"]',
  ]);
  world.apply(service('next'));
  assert.equal(world.statusOf('next'), '10.0.0.0');
});

test('who only prefers two families does not move for the second one', () => {
  const world = new TestCluster({ pools: [V4, DUAL], services: [service('it')] });
  world.edit('it', { ...REQUIRES, ipFamilyPolicy: 'PreferDualStack' });
  assert.equal(world.statusOf('it'), 'AssignedOneFamily 10.0.0.0');
});

test('it waits on every pool that could serve it: a new one, and one where both become free', () => {
  for (const helps of ['a new pool', 'a free address'] as const) {
    const full = pool('w-dual', ['10.1.0.0/32', 'fd01::/126']);
    const holder = service('holder', { requests: { 'address-pool': 'w-dual' } });
    const isNew = helps === 'a new pool';
    const world = new TestCluster({ pools: isNew ? [V4] : [V4, full], services: [service('it')] });
    if (!isNew) world.apply(holder);
    world.edit('it', REQUIRES);
    assert.equal(world.statusOf('it'), 'AssignedOneFamily 10.0.0.0', helps);
    assert.match(world.conditionMessage('it'), /or another pool has both/);
    if (isNew) world.setPools(V4, DUAL);
    else world.delete('holder');
    assert.equal(world.statusOf('it'), '10.1.0.0 fd01::', helps);
  }
});

test('while its own pool cannot be read it stays', () => {
  const world = new TestCluster({ pools: [V4], services: [service('it')] });
  world.edit('it', REQUIRES);
  const fresh = new TestCluster({
    services: [...world.simulator.services.values()],
    pools: [pool('v4', ['rubbish']), DUAL],
  });
  assert.equal(fresh.statusOf('it'), 'AssignedOneFamily 10.0.0.0');
});
