/** Stories of a cluster over several changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Allocator } from '../../src/allocation/allocator.ts';
import {
  eventsOf,
  GRACE,
  ingress,
  OPTIONS,
  pool,
  service,
  TestCluster,
  WALL,
  withPatches,
} from './support/test-cluster.ts';

const WEB = pool('web', ['10.0.0.0/31']);

test('a full pool: the next Service waits, and gets a released address', () => {
  const cluster = new TestCluster({ pools: [pool('p', ['172.18.1.1-172.18.1.16'])] });
  for (let i = 1; i <= 17; i++) cluster.apply(service(`s${i}`));
  assert.equal(cluster.statusOf('s16'), '172.18.1.16');
  assert.equal(cluster.statusOf('s17'), 'PoolExhausted');
  const results = cluster.delete('s5');
  assert.equal(cluster.statusOf('s17'), '172.18.1.5');
  assert.deepEqual(
    results.map(({ key }) => key),
    ['default/s5', 'default/s17'],
  );
});

test('a Service that moves to another pool frees its address for a waiter', () => {
  const cluster = new TestCluster({
    pools: [pool('p', ['10.0.0.0/32']), pool('q', ['10.1.0.0/32'], { autoAssign: false })],
  });
  cluster.apply(service('first'), service('second'));
  assert.equal(cluster.statusOf('second'), 'PoolExhausted');
  cluster.annotate('first', { 'metallb.io/address-pool': 'q' });
  assert.equal(cluster.statusOf('second'), '10.0.0.0');
});

test('the longest waiter is served first, also after a restart', () => {
  const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/32'])], services: [service('holder')] });
  const [older, younger] = [service('older'), service('younger')];
  cluster.apply(younger);
  cluster.simulator.now += 5000;
  cluster.apply(older);
  const restarted = cluster.restart();
  restarted.delete('holder');
  assert.equal(restarted.statusOf('younger'), '10.0.0.0');
});

test('a freed address requeues only its waiter', () => {
  const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/32']), pool('q', ['10.1.0.0/32'])] });
  cluster.apply(
    service('a', { requests: { 'address-pool': 'p' } }),
    service('b', { requests: { 'address-pool': 'q' } }),
  );
  for (let i = 0; i < 50; i++) cluster.apply(service(`w${i}`, { requests: { 'address-pool': 'q' } }));
  cluster.apply(service('waits', { requests: { 'address-pool': 'p' } }));
  assert.deepEqual(
    cluster.delete('a').map(({ key }) => key),
    ['default/a', 'default/waits'],
  );
});

test('a pool that is restored within its grace period: only conditions are written', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  const removed = cluster.setPools();
  const restored = cluster.setPools(WEB);
  for (const { patch } of [...removed, ...restored]) {
    assert.equal(patch?.ingress, null);
    assert.equal(patch?.pool, undefined);
  }
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
  assert.deepEqual(cluster.pass(2 * GRACE), []);
});

test('the address of a deleted pool is lost when the grace period ends', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.setPools();
  cluster.pass(GRACE - 1);
  assert.equal(cluster.statusOf('it'), 'PoolGone 10.0.0.0');
  cluster.pass(1);
  assert.equal(cluster.statusOf('it'), 'NoPools');
  assert.equal(cluster.allocatedPool('it'), undefined);
});

test('Services of a renamed pool keep their addresses, and change pools after the grace period', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.setPools(pool('new', ['10.0.0.0/31']));
  assert.equal(cluster.statusOf('it'), 'PoolGone 10.0.0.0');
  cluster.apply(service('new'));
  assert.equal(cluster.statusOf('new'), '10.0.0.1');
  cluster.pass(GRACE);
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
  assert.equal(cluster.allocatedPool('it'), 'new');
});

test('a restart within the grace period writes nothing, and starts a new period', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.setPools();
  const restarted = cluster.restart();
  assert.deepEqual(withPatches(restarted.initialResults), []);
  restarted.pass(GRACE - 1);
  assert.equal(restarted.statusOf('it'), 'PoolGone 10.0.0.0');
});

test('holders of an invalid pool keep their addresses over a restart, and it assigns no new ones', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.setPools(pool('web', ['10.0.0.0/31', 'rubbish']));
  const restarted = cluster.restart();
  assert.deepEqual(withPatches(restarted.initialResults), []);
  restarted.apply(service('new'));
  assert.equal(restarted.statusOf('new'), 'NoPoolMatches');
  cluster.apply(service('new'));
  assert.equal(cluster.statusOf('new'), '10.0.0.1', 'the process that knows the last valid version goes on');
  restarted.setPools(WEB);
  assert.equal(restarted.statusOf('new'), '10.0.0.1');
  assert.equal(restarted.statusOf('it'), '10.0.0.0');
});

test('two Services with one address: the one with our annotation keeps it, the other moves', () => {
  const older = service('older', { ingressEntries: ['10.0.0.0'] });
  const annotated = service('annotated', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'web' });
  const cluster = new TestCluster({ pools: [WEB], services: [older, annotated] });
  assert.equal(cluster.statusOf('annotated'), '10.0.0.0');
  assert.equal(cluster.statusOf('older'), '10.0.0.1');
  assert.match(
    eventsOf(cluster.initialResults, 'default/older')[0] ?? '',
    /^ClearAssignment: .*belongs to default\/annotated/,
  );
});

test('of two with our annotation the older one keeps it', () => {
  const older = service('older', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'web' });
  const younger = service('younger', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'web' });
  const cluster = new TestCluster({ pools: [WEB], services: [younger, older] });
  assert.equal(cluster.statusOf('older'), '10.0.0.0');
  assert.equal(cluster.statusOf('younger'), '10.0.0.1');
});

test('of two addresses only the conflicting one moves', () => {
  const pools = [pool('dual', ['10.1.0.0/30', 'fd01::/126'])];
  const rest = { families: [4, 6], ipFamilyPolicy: 'PreferDualStack', allocatedFrom: 'dual' } as const;
  const cluster = new TestCluster({
    pools,
    services: [
      service('a', { ...rest, ingressEntries: ['10.1.0.0', 'fd01::1'] }),
      service('b', { ...rest, ingressEntries: ['10.1.0.0', 'fd01::2'] }),
    ],
  });
  assert.equal(cluster.statusOf('b'), '10.1.0.1 fd01::2');
});

test('the address of a Service of another class is taken until that Service is deleted', () => {
  const cloud = service('cloud', { loadBalancerClass: 'cloud', ingressEntries: ['10.0.0.0'] });
  const cluster = new TestCluster({ pools: [WEB], services: [cloud] });
  cluster.apply(service('it'));
  assert.equal(cluster.statusOf('it'), '10.0.0.1');
  cluster.apply(service('next', { requests: { loadBalancerIPs: '10.0.0.0' } }));
  assert.equal(cluster.statusOf('next'), 'AddressTaken');
  cluster.delete('cloud');
  assert.equal(cluster.statusOf('next'), '10.0.0.0');
});

test('a foreign address outside all pools is kept, and replaced on request', () => {
  const foreign = service('foreign', { ingressEntries: ['192.0.2.1'], statusWriter: 'cloud-manager' });
  const cluster = new TestCluster({ pools: [WEB], services: [foreign] });
  assert.equal(cluster.statusOf('foreign'), 'ForeignAddress 192.0.2.1');
  assert.match(cluster.conditionMessage('foreign'), /"cloud-manager".*berth\.dev\/foreign-addresses=replace/);
  cluster.annotate('foreign', { 'berth.dev/foreign-addresses': 'replace' });
  assert.equal(cluster.statusOf('foreign'), '10.0.0.0');
});

test('a foreign host name is kept, and replaced with --foreign-addresses=replace', () => {
  const foreign = service('foreign', { ingressEntries: ['lb.cloud.example'] });
  assert.equal(
    new TestCluster({ pools: [WEB], services: [foreign] }).statusOf('foreign'),
    'ForeignAddress lb.cloud.example',
  );
  const replace = { foreignAddresses: 'replace' } as const;
  assert.equal(
    new TestCluster({ pools: [WEB], services: [foreign], options: replace }).statusOf('foreign'),
    '10.0.0.0',
  );
});

test('a foreign address is adopted when a pool comes to contain it', () => {
  const cluster = new TestCluster({
    pools: [WEB],
    services: [service('it', { ingressEntries: ['192.0.2.1'] })],
  });
  cluster.setPools(WEB, pool('other', ['192.0.2.0/30']));
  assert.equal(cluster.statusOf('it'), '192.0.2.1');
  assert.equal(cluster.allocatedPool('it'), 'other');
});

test('Services of MetalLB are adopted: conditions are added, addresses and their order stay', () => {
  const pools = [pool('dual', ['10.1.0.0/30', 'fd01::/126'])];
  const subject = service('it', {
    families: [4, 6],
    ipFamilyPolicy: 'PreferDualStack',
    ingressEntries: ['fd01::1', '10.1.0.2'],
    allocatedFrom: 'dual',
  });
  const [result] = withPatches(new TestCluster({ pools, services: [subject] }).initialResults);
  assert.equal(result?.patch?.ingress, null);
  assert.equal(result?.patch?.pool, undefined);
  assert.equal(result?.patch?.conditions.length, 1);
});

test('a status that is edited to a free address of the pool is adopted', () => {
  const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/29'])], services: [service('it')] });
  assert.deepEqual(
    withPatches(cluster.edit('it', { ingress: ingress('10.0.0.5') })).map(({ patch }) => patch?.ingress),
    [null],
  );
  assert.equal(cluster.statusOf('it'), '10.0.0.5');
});

test('a Service that changes its type loses address, annotation and condition', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  const [result] = withPatches(cluster.edit('it', { type: 'ClusterIP', ingress: [] }));
  assert.deepEqual([result?.patch?.pool, result?.patch?.removedConditions], [null, ['berth.dev/Assigned']]);
  cluster.apply(service('next'));
  assert.equal(cluster.statusOf('next'), '10.0.0.0');
});

test('so does one that is recreated with another class', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.edit('it', { loadBalancerClass: 'cloud', ingress: [] });
  assert.equal(cluster.statusOf('it'), 'nothing');
  assert.equal(cluster.allocatedPool('it'), undefined);
});

test('the status of a Service of another controller is left alone', () => {
  const cloud = service('cloud', {
    loadBalancerClass: 'cloud',
    ingressEntries: ['192.0.2.1'],
    allocatedFrom: 'far',
  });
  assert.deepEqual(withPatches(new TestCluster({ pools: [WEB], services: [cloud] }).initialResults), []);
});

test('a recreated Service is another one, and the address of the first is free', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.apply(service('waits', { requests: { loadBalancerIPs: '10.0.0.0' } }));
  assert.equal(cluster.statusOf('waits'), 'AddressTaken');
  cluster.apply(service('it', { uid: 'another', requests: { 'address-pool': 'nowhere' } }));
  assert.equal(cluster.statusOf('waits'), '10.0.0.0');
  assert.equal(cluster.statusOf('it'), 'UnknownPool');
});

test('the events of an assignment are sent once it is written, however often the write is tried', () => {
  const it = service('it');
  const services = new Map([[it.key, it]]);
  const allocator = new Allocator(OPTIONS, services);
  const cluster = new TestCluster({ pools: [WEB] });
  allocator.updatePools(cluster.allocator.poolSet, 0);
  allocator.initialize(0);
  const now = { now: 0, wall: WALL };
  const [first, second] = [allocator.reconcile(it.key, now), allocator.reconcile(it.key, now)];
  assert.deepEqual(second.events, first.events);
  assert.deepEqual(second.granted, first.granted);
  allocator.confirmWrite(it.key, 0);
  assert.deepEqual(allocator.reconcile(it.key, now).events, []);
});

test('while the advertisements are not known, the condition Layer2Only stays', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')], layer2Only: ['web'] });
  assert.equal(cluster.statusOf('it'), 'Layer2Only 10.0.0.0');
  const allocator = new Allocator(OPTIONS, cluster.simulator.services);
  allocator.updatePools(cluster.allocator.poolSet, 0);
  const keys = allocator.initialize(0);
  allocator.updateLayer2OnlyPools(null);
  for (const key of keys) assert.equal(allocator.reconcile(key, { now: 0, wall: WALL }).patch, null);
  assert.deepEqual(allocator.updateLayer2OnlyPools(new Set()), ['default/it']);
});

test('the order in which Services are listed has no effect', () => {
  const services = Array.from({ length: 8 }, (_, i) =>
    service(`s${i}`, i % 3 === 0 ? { ingressEntries: ['10.0.0.1'] } : {}),
  );
  const pools = [pool('p', ['10.0.0.0/30'])];
  const first = new TestCluster({ pools, services });
  const second = new TestCluster({ pools, services: services.toReversed() });
  for (const { key } of services) assert.equal(first.statusOf(key), second.statusOf(key));
});

test('a waiter for an address is reconciled when a forced holder is added to it', () => {
  const sharing = { 'allow-shared-ip': 'k', loadBalancerIPs: '10.0.0.0' };
  const cluster = new TestCluster({
    pools: [pool('p', ['10.0.0.0/31'])],
    services: [service('first', { requests: sharing }), service('second', { requests: sharing })],
  });
  assert.equal(cluster.statusOf('second'), 'SharingRefused');
  cluster.apply(service('elsewhere', { loadBalancerClass: 'other', ingressEntries: ['10.0.0.0'] }));
  assert.equal(cluster.statusOf('second'), 'AddressTaken');
});
