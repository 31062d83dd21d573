/** Edits that meet: two in one write, edits of Services on one address, and edits while a pool or the controller is away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../src/objects/service.ts';
import { type ClusterSetup, pool, service, TestCluster, withPatches } from './support/test-cluster.ts';

const FROM = 'metallb.io/ip-allocated-from-pool';
const WEB = pool('web', ['10.0.0.0/32']);
const DUAL = pool('dual', ['10.1.0.0/32', 'fd01::/127']);
const GRANTED = (from: string): Partial<Service> => ({ annotations: { [FROM]: from } });
const SHARED = { requests: { 'allow-shared-ip': 'k' } };
const BOTH = { ...SHARED, families: [4, 6], ipFamilyPolicy: 'PreferDualStack' } as const;
const IPV6_ONLY = { clusterIPs: ['fd96::1'], ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' };

type Row = {
  readonly title: string;
  readonly setup: ClusterSetup;
  readonly before: string;
  readonly happens: (cluster: TestCluster) => void;
  readonly after: string;
};

const shares = (): readonly Service[] => [
  service('it', SHARED),
  service('x', { ...SHARED, tcpPorts: [443] }),
];
/** `x` is on the IPv4 address of `it`, and `y` has the first IPv6 address. */
const neighbours = (): readonly Service[] => [
  service('x', { ...SHARED, tcpPorts: [443] }),
  service('y', { families: [6] }),
  service('it', BOTH),
];
const forOthers = (name: string, addresses: readonly string[]): object =>
  pool(name, addresses, { serviceAllocation: { serviceSelectors: [{ matchLabels: { a: 'b' } }] } });

const ROWS: readonly Row[] = [
  {
    title: 'a port conflicts on one of two addresses: the other one stays',
    setup: { pools: [DUAL], services: neighbours() },
    ...{ before: '10.1.0.0 fd01::1', after: 'AssignedOneFamily fd01::1' },
    happens: (cluster) => {
      cluster.delete('y');
      cluster.edit('it', { ports: [{ protocol: 'TCP', port: 443 }] });
    },
  },
  {
    title: 'a port conflicts on one of two addresses, and its pool has another one: the other one stays',
    setup: { pools: [pool('dual', ['10.1.0.0/31', 'fd01::/127'])], services: neighbours() },
    ...{ before: '10.1.0.0 fd01::1', after: '10.1.0.1 fd01::1' },
    happens: (cluster) => {
      cluster.delete('y');
      cluster.edit('it', { ports: [{ protocol: 'TCP', port: 443 }] });
    },
  },
  {
    title: 'the sharing key goes, and another pool of the same address is requested, in one write',
    setup: { pools: [WEB, pool('more', ['10.0.0.0/32'], { age: 9, autoAssign: false })], services: shares() },
    ...{ before: '10.0.0.0', after: 'SharingRefused 10.0.0.0' },
    happens: (cluster) =>
      cluster.edit('it', { annotations: { [FROM]: 'web', 'metallb.io/address-pool': 'more' } }),
  },
  {
    title: 'a family goes, and a pool is requested that has the address of the other one, in one write',
    setup: {
      pools: [DUAL, pool('six', ['fd01::/126'], { age: 9, autoAssign: false })],
      services: [service('it', BOTH)],
    },
    ...{ before: '10.1.0.0 fd01::', after: 'fd01::' },
    happens: (cluster) =>
      cluster.edit('it', { ...IPV6_ONLY, annotations: { [FROM]: 'dual', 'metallb.io/address-pool': 'six' } }),
  },
  {
    title: 'it stays against its sharing key, and prefers both families: its address is not given up for one',
    setup: { pools: [WEB, pool('six', ['fd06::/127'])], services: shares() },
    ...{ before: '10.0.0.0', after: 'SharingRefused 10.0.0.0' },
    happens: (cluster) => {
      cluster.edit('it', GRANTED('web'));
      cluster.edit('it', {
        clusterIPs: ['10.96.0.1', 'fd96::1'],
        ipFamilies: ['IPv4', 'IPv6'],
        ipFamilyPolicy: 'PreferDualStack',
      });
    },
  },
  {
    title: 'it stays against its sharing key, and its pool gives the address to another one: it stays',
    setup: { pools: [WEB], services: shares() },
    ...{ before: '10.0.0.0', after: 'SharingRefused 10.0.0.0' },
    happens: (cluster) => {
      cluster.edit('it', GRANTED('web'));
      cluster.setPools(pool('web', ['10.7.0.0/32'], { autoAssign: false }), pool('new', ['10.0.0.0/32']));
    },
  },
  {
    title: 'it stays against its sharing key, its pool is deleted, and the controller starts again',
    setup: { pools: [WEB], services: shares() },
    ...{ before: '10.0.0.0', after: 'SharingRefused 10.0.0.0' },
    happens: (cluster) => {
      cluster.edit('it', GRANTED('web'));
      cluster.setPools();
    },
  },
];

for (const { title, setup, before, happens, after } of ROWS) {
  test(title, () => {
    const cluster = new TestCluster(setup);
    assert.equal(cluster.statusOf('it'), before);
    happens(cluster);
    assert.equal(cluster.statusOf('it'), after);
    assert.deepEqual(withPatches(cluster.reconcileAll()), []);
    const restarted = cluster.restart();
    assert.equal(restarted.statusOf('it'), after);
    assert.deepEqual(withPatches(restarted.initialResults), []);
    restarted.allocator.ledger.audit();
  });
}

test('while no controller runs, its pool loses one of two addresses to a pool for others: the other one stays', () => {
  const cluster = new TestCluster({ pools: [DUAL], services: neighbours() });
  assert.equal(cluster.statusOf('it'), '10.1.0.0 fd01::1');
  cluster.delete('y');
  cluster.pools = [
    pool('dual', ['fd01::/127', '10.3.0.0/32']),
    forOthers('theirs', ['10.1.0.0/32', 'fd01::/127']),
  ];
  assert.equal(cluster.restart().statusOf('it'), '10.3.0.0 fd01::1');
});

test('while no controller runs, the sharing key is edited: it stays as with a controller', () => {
  const cluster = new TestCluster({ pools: [WEB], services: shares() });
  cluster.simulator.services.set('default/x', { ...cluster.get('x'), ...GRANTED('web') });
  const restarted = cluster.restart();
  assert.deepEqual(
    [restarted.statusOf('it'), restarted.statusOf('x')],
    ['10.0.0.0', 'SharingRefused 10.0.0.0'],
  );
});

test('while no controller runs, a family goes, and the pools divide the two addresses: the other one stays', () => {
  const cluster = new TestCluster({ pools: [DUAL], services: neighbours() });
  assert.equal(cluster.statusOf('it'), '10.1.0.0 fd01::1');
  cluster.delete('y');
  cluster.simulator.services.set('default/it', { ...cluster.get('it'), ...IPV6_ONLY });
  cluster.pools = [pool('dual', ['10.1.0.0/32']), pool('six', ['fd01::/127'])];
  assert.equal(cluster.restart().statusOf('it'), 'fd01::1');
});

test('a restart moves no address of a Service that requests an invalid pool, whatever its own pool lists now', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.edit('it', { annotations: { ...GRANTED('web').annotations, 'metallb.io/address-pool': 'new' } });
  cluster.setPools(pool('web', ['10.2.0.0/32']), pool('new', ['rubbish']));
  assert.equal(cluster.statusOf('it'), 'PoolInvalid 10.0.0.0');
  const restarted = cluster.restart();
  assert.equal(restarted.statusOf('it'), 'PoolInvalid 10.0.0.0');
  assert.deepEqual(withPatches(restarted.initialResults), []);
  restarted.setPools(pool('web', ['10.2.0.0/32']), pool('new', ['10.3.0.0/32']));
  assert.equal(restarted.statusOf('it'), '10.3.0.0');
});
