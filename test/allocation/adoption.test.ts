/** Adoption of an address that several Services show: at a start, and when a pool comes to contain it. */
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
  title: string,
  older: ServiceOverrides,
  younger: ServiceOverrides,
  outcome: readonly [string, string],
];

const rows: readonly Row[] = [
  ['two that may share it both keep it', SHARED, { ...SHARED, tcpPorts: [443] }, ['10.1.0.5', '10.1.0.5']],
  ['of two that may not share it, the older one keeps it', {}, {}, ['10.1.0.5', '10.1.0.4']],
  ['two with the same port may not share it', SHARED, SHARED, ['10.1.0.5', '10.1.0.4']],
];

for (const [title, older, younger, [first, second]] of rows) {
  test(`a pool comes to contain a foreign address: ${title}`, () => {
    const services = [
      service('older', { ...SHOWS_FIVE, ...older }),
      service('younger', { ...SHOWS_FIVE, ...younger }),
    ];
    const cluster = new TestCluster({ pools: [WEB], services });
    assert.equal(cluster.statusOf('older'), 'ForeignAddress 10.1.0.5');
    cluster.setPools(WEB, NEW);
    assert.deepEqual([cluster.statusOf('older'), cluster.statusOf('younger')], [first, second]);
    const restarted = new TestCluster({ pools: [WEB, NEW], services });
    assert.deepEqual(
      [restarted.statusOf('older'), restarted.statusOf('younger')],
      [first, second],
      'the same at a start',
    );
  });
}

test('a Service that loses one of two addresses does not close the other one to sharers', () => {
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
  const cluster = new TestCluster({ pools: [dual], services });
  assert.deepEqual(
    ['first', 'partly', 'sharer'].map((name) => cluster.statusOf(name)),
    ['10.1.0.0', '10.1.0.1 fd01::2', 'fd01::2'],
  );
  assert.deepEqual(
    withPatches(cluster.initialResults)
      .filter(({ patch }) => patch?.ingress !== null)
      .map(({ key }) => key),
    ['default/partly'],
  );
});

test('a Service that may not keep an address does not displace a younger one that may', () => {
  const on = { ingressEntries: ['10.0.0.1'], allocatedFrom: 'web' };
  const services = [
    service('first', { ...on, ...SHARED }),
    service('loser', on),
    service('sharer', { ...on, ...SHARED, tcpPorts: [443] }),
  ];
  const cluster = new TestCluster({ pools: [WEB], services });
  assert.deepEqual(
    ['first', 'loser', 'sharer'].map((name) => cluster.statusOf(name)),
    ['10.0.0.1', '10.0.0.0', '10.0.0.1'],
  );
});

test('another Service that shows its address does not keep a holder from following it to a new pool', () => {
  const cluster = new TestCluster({ pools: [pool('old', ['10.1.0.5/32'])], services: [service('holder')] });
  cluster.setPools();
  cluster.apply(service('foreign', SHOWS_FIVE));
  const results = [...cluster.setPools(NEW), ...cluster.pass(GRACE)];
  assert.equal(cluster.statusOf('holder'), '10.1.0.5');
  assert.equal(cluster.allocatedPool('holder'), 'new');
  assert.equal(cluster.statusOf('foreign'), '10.1.0.4');
  assert.deepEqual(
    eventsOf(results, 'default/holder').filter((event) => event.startsWith('ClearAssignment')),
    [],
  );
});

test('nor does a Service of another class', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('holder')] });
  cluster.apply(service('cloud', { loadBalancerClass: 'cloud', ingressEntries: ['10.0.0.0'] }));
  cluster.setPools(pool('new', ['10.0.0.0/30']));
  cluster.pass(GRACE);
  assert.equal(cluster.statusOf('holder'), '10.0.0.0');
  assert.equal(cluster.allocatedPool('holder'), 'new');
});

test('a Service that Calico claims takes no address from another one at a start, whatever its annotation says', () => {
  const claims = { ipam: null };
  const holder = service('holder', { ingressEntries: ['10.0.0.1'], allocatedFrom: 'web' });
  const claimed = service('claimed', {
    createdAt: 0,
    ingressEntries: ['10.0.0.1'],
    allocatedFrom: 'web',
    annotations: { 'projectcalico.org/ipv4pools': '["balancers"]' },
  });
  const cluster = new TestCluster({ pools: [WEB], services: [claimed, holder], externalClaims: claims });
  assert.equal(cluster.statusOf('holder'), '10.0.0.1');
});

test('a pool that is for others takes no address that another writer wrote, now or at a start', () => {
  const others = pool('new', ['10.1.0.4/30'], { serviceAllocation: { namespaces: ['shop'] } });
  const cluster = new TestCluster({ pools: [WEB], services: [service('it', SHOWS_FIVE)] });
  cluster.setPools(WEB, others);
  for (const one of [cluster, cluster.restart()]) {
    assert.equal(one.statusOf('it'), 'ForeignAddress 10.1.0.5');
    assert.match(
      one.get('it').conditions[0]?.message ?? '',
      /no pool that contains it assigns it to this Service/,
    );
  }
  cluster.setPools(WEB, NEW);
  assert.equal(cluster.statusOf('it'), '10.1.0.5');
  assert.equal(cluster.allocatedPool('it'), 'new');
});

test('nor does one that avoids the address', () => {
  const shy = pool('shy', ['10.2.0.0/30'], { avoidBuggyIPs: true });
  const shows = service('it', { ingressEntries: ['10.2.0.0'] });
  const cluster = new TestCluster({ pools: [WEB], services: [shows] });
  cluster.setPools(WEB, shy);
  assert.equal(cluster.statusOf('it'), 'ForeignAddress 10.2.0.0');
});
