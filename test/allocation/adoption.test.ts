/** Who keeps an address that stands on several Services: as they are found, and as pools come to hold it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  eventsOf,
  GRACE,
  pool,
  type ServiceOverrides,
  service,
  TestCluster,
  withPatches,
} from './support/test-cluster.ts';

const WEB = pool('web', ['10.0.0.0/30']);
const NEW = pool('new', ['10.1.0.4/30']);
const SHOWS_FIVE: ServiceOverrides = { ingressEntries: ['10.1.0.5'] };
const SHARED: ServiceOverrides = { requests: { 'allow-shared-ip': 'k' } };

type Row = readonly [
  says: string,
  older: ServiceOverrides,
  younger: ServiceOverrides,
  outcome: readonly [string, string],
];

const rows: readonly Row[] = [
  ['those who may share it both keep it', SHARED, { ...SHARED, tcpPorts: [443] }, ['10.1.0.5', '10.1.0.5']],
  ['of two who may not, the older keeps it', {}, {}, ['10.1.0.5', '10.1.0.4']],
  ['one port for two is no sharing', SHARED, SHARED, ['10.1.0.5', '10.1.0.4']],
];

for (const [says, older, younger, [first, second]] of rows) {
  test(`a pool comes to hold an address that others wrote: ${says}`, () => {
    const services = [
      service('older', { ...SHOWS_FIVE, ...older }),
      service('younger', { ...SHOWS_FIVE, ...younger }),
    ];
    const world = new TestCluster({ pools: [WEB], services });
    assert.equal(world.statusOf('older'), 'ForeignAddress 10.1.0.5');
    world.setPools(WEB, NEW);
    assert.deepEqual([world.statusOf('older'), world.statusOf('younger')], [first, second]);
    const fresh = new TestCluster({ pools: [WEB, NEW], services });
    assert.deepEqual(
      [fresh.statusOf('older'), fresh.statusOf('younger')],
      [first, second],
      'as found at a start',
    );
  });
}

test('who loses one of its two addresses is in nobody’s way on the other', () => {
  const dual = pool('dual', ['10.1.0.0/30', 'fd01::/126']);
  const both: ServiceOverrides = {
    families: [4, 6],
    ipFamilyPolicy: 'PreferDualStack',
    allocatedFrom: 'dual',
  };
  const services = [
    service('first', { ingressEntries: ['10.1.0.0'], allocatedFrom: 'dual' }),
    service('partly', { ...both, ...SHARED, ingressEntries: ['10.1.0.0', 'fd01::2'] }),
    service('sharer', {
      ...SHARED,
      families: [6],
      tcpPorts: [443],
      ingressEntries: ['fd01::2'],
      allocatedFrom: 'dual',
    }),
  ];
  const world = new TestCluster({ pools: [dual], services });
  assert.deepEqual(
    ['first', 'partly', 'sharer'].map((name) => world.statusOf(name)),
    ['10.1.0.0', '10.1.0.1 fd01::2', 'fd01::2'],
  );
  assert.deepEqual(
    withPatches(world.initialResults)
      .filter(({ patch }) => patch?.ingress !== null)
      .map(({ key }) => key),
    ['default/partly'],
  );
});

test('who may not stay on an address does not drive away a younger one who may', () => {
  const on = { ingressEntries: ['10.0.0.1'], allocatedFrom: 'web' };
  const services = [
    service('first', { ...on, ...SHARED }),
    service('loser', on),
    service('sharer', { ...on, ...SHARED, tcpPorts: [443] }),
  ];
  const world = new TestCluster({ pools: [WEB], services });
  assert.deepEqual(
    ['first', 'loser', 'sharer'].map((name) => world.statusOf(name)),
    ['10.0.0.1', '10.0.0.0', '10.0.0.1'],
  );
});

test('a stranger on its address does not keep a holder from following it into another pool', () => {
  const world = new TestCluster({ pools: [pool('old', ['10.1.0.5/32'])], services: [service('holder')] });
  world.setPools();
  world.apply(service('stranger', SHOWS_FIVE));
  const looks = [...world.setPools(NEW), ...world.pass(GRACE)];
  assert.equal(world.statusOf('holder'), '10.1.0.5');
  assert.equal(world.allocatedPool('holder'), 'new');
  assert.equal(world.statusOf('stranger'), '10.1.0.4');
  assert.deepEqual(
    eventsOf(looks, 'default/holder').filter((event) => event.startsWith('ClearAssignment')),
    [],
  );
});

test('nor does one of another class', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('holder')] });
  world.apply(service('cloud', { loadBalancerClass: 'cloud', ingressEntries: ['10.0.0.0'] }));
  world.setPools(pool('fresh', ['10.0.0.0/30']));
  world.pass(GRACE);
  assert.equal(world.statusOf('holder'), '10.0.0.0');
  assert.equal(world.allocatedPool('holder'), 'fresh');
});
