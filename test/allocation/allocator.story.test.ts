/** Stories: how a cluster goes on. */
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

test('sixteen have an address, the seventeenth waits, and gets what one leaves', () => {
  const world = new TestCluster({ pools: [pool('p', ['172.18.1.1-172.18.1.16'])] });
  for (let i = 1; i <= 17; i++) world.apply(service(`s${i}`));
  assert.equal(world.statusOf('s16'), '172.18.1.16');
  assert.equal(world.statusOf('s17'), 'PoolExhausted');
  const looks = world.delete('s5');
  assert.equal(world.statusOf('s17'), '172.18.1.5');
  assert.deepEqual(
    looks.map(({ key }) => key),
    ['default/s5', 'default/s17'],
  );
});

test('one who moves makes room for one who waits', () => {
  const world = new TestCluster({
    pools: [pool('p', ['10.0.0.0/32']), pool('q', ['10.1.0.0/32'], { autoAssign: false })],
  });
  world.apply(service('first'), service('second'));
  assert.equal(world.statusOf('second'), 'PoolExhausted');
  world.annotate('first', { 'metallb.io/address-pool': 'q' });
  assert.equal(world.statusOf('second'), '10.0.0.0');
});

test('who waits longest is served first, and a restart does not change that', () => {
  const world = new TestCluster({ pools: [pool('p', ['10.0.0.0/32'])], services: [service('holder')] });
  const [older, younger] = [service('older'), service('younger')];
  world.apply(younger);
  world.simulator.now += 5000;
  world.apply(older);
  const fresh = world.restart();
  fresh.delete('holder');
  assert.equal(fresh.statusOf('younger'), '10.0.0.0');
});

test('a freed address wakes those alone who wait for it', () => {
  const world = new TestCluster({ pools: [pool('p', ['10.0.0.0/32']), pool('q', ['10.1.0.0/32'])] });
  world.apply(
    service('a', { requests: { 'address-pool': 'p' } }),
    service('b', { requests: { 'address-pool': 'q' } }),
  );
  for (let i = 0; i < 50; i++) world.apply(service(`w${i}`, { requests: { 'address-pool': 'q' } }));
  world.apply(service('waits', { requests: { 'address-pool': 'p' } }));
  assert.deepEqual(
    world.delete('a').map(({ key }) => key),
    ['default/a', 'default/waits'],
  );
});

test('a deleted pool is put back within the grace: nothing moves, and conditions alone are written', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  const gone = world.setPools();
  const back = world.setPools(WEB);
  for (const { patch } of [...gone, ...back]) {
    assert.equal(patch?.ingress, null);
    assert.equal(patch?.pool, undefined);
  }
  assert.equal(world.statusOf('it'), '10.0.0.0');
  assert.deepEqual(world.pass(2 * GRACE), []);
});

test('after the grace it is lost, and not before', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  world.setPools();
  world.pass(GRACE - 1);
  assert.equal(world.statusOf('it'), 'PoolGone 10.0.0.0');
  world.pass(1);
  assert.equal(world.statusOf('it'), 'NoPools');
  assert.equal(world.allocatedPool('it'), undefined);
});

test('a renamed pool keeps its Services: the annotation follows after the grace', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  world.setPools(pool('fresh', ['10.0.0.0/31']));
  assert.equal(world.statusOf('it'), 'PoolGone 10.0.0.0');
  world.apply(service('new'));
  assert.equal(world.statusOf('new'), '10.0.0.1');
  world.pass(GRACE);
  assert.equal(world.statusOf('it'), '10.0.0.0');
  assert.equal(world.allocatedPool('it'), 'fresh');
});

test('a restart within the grace writes nothing, and gives a whole one', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  world.setPools();
  const fresh = world.restart();
  assert.deepEqual(withPatches(fresh.initialResults), []);
  fresh.pass(GRACE - 1);
  assert.equal(fresh.statusOf('it'), 'PoolGone 10.0.0.0');
});

test('an invalid pool keeps its holders over a restart, and gives nothing new', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  world.setPools(pool('web', ['10.0.0.0/31', 'rubbish']));
  const fresh = world.restart();
  assert.deepEqual(withPatches(fresh.initialResults), []);
  fresh.apply(service('new'));
  assert.equal(fresh.statusOf('new'), 'NoPoolMatches');
  world.apply(service('new'));
  assert.equal(world.statusOf('new'), '10.0.0.1', 'the process that knows the last good version goes on');
  fresh.setPools(WEB);
  assert.equal(fresh.statusOf('new'), '10.0.0.1');
  assert.equal(fresh.statusOf('it'), '10.0.0.0');
});

test('two on one address: the one with our annotation keeps it, the other is told and moves', () => {
  const older = service('older', { ingressEntries: ['10.0.0.0'] });
  const ours = service('ours', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'web' });
  const world = new TestCluster({ pools: [WEB], services: [older, ours] });
  assert.equal(world.statusOf('ours'), '10.0.0.0');
  assert.equal(world.statusOf('older'), '10.0.0.1');
  assert.match(
    eventsOf(world.initialResults, 'default/older')[0] ?? '',
    /^ClearAssignment: .*belongs to default\/ours/,
  );
});

test('of two with our annotation the older keeps it', () => {
  const older = service('older', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'web' });
  const younger = service('younger', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'web' });
  const world = new TestCluster({ pools: [WEB], services: [younger, older] });
  assert.equal(world.statusOf('older'), '10.0.0.0');
  assert.equal(world.statusOf('younger'), '10.0.0.1');
});

test('only the address in dispute moves', () => {
  const pools = [pool('dual', ['10.1.0.0/30', 'fd01::/126'])];
  const rest = { families: [4, 6], ipFamilyPolicy: 'PreferDualStack', from: 'dual' } as const;
  const world = new TestCluster({
    pools,
    services: [
      service('a', { ...rest, ingressEntries: ['10.1.0.0', 'fd01::1'] }),
      service('b', { ...rest, ingressEntries: ['10.1.0.0', 'fd01::2'] }),
    ],
  });
  assert.equal(world.statusOf('b'), '10.1.0.1 fd01::2');
});

test('an address on a Service of another class is taken, until it goes', () => {
  const cloud = service('cloud', { loadBalancerClass: 'cloud', ingressEntries: ['10.0.0.0'] });
  const world = new TestCluster({ pools: [WEB], services: [cloud] });
  world.apply(service('it'));
  assert.equal(world.statusOf('it'), '10.0.0.1');
  world.apply(service('next', { requests: { loadBalancerIPs: '10.0.0.0' } }));
  assert.equal(world.statusOf('next'), 'AddressTaken');
  world.delete('cloud');
  assert.equal(world.statusOf('next'), '10.0.0.0');
});

test('what others wrote outside our pools is kept, and handed over on request', () => {
  const theirs = service('theirs', { ingressEntries: ['192.0.2.1'], statusWriter: 'cloud-manager' });
  const world = new TestCluster({ pools: [WEB], services: [theirs] });
  assert.equal(world.statusOf('theirs'), 'ForeignAddress 192.0.2.1');
  assert.match(world.conditionMessage('theirs'), /"cloud-manager".*berth\.dev\/foreign-addresses=replace/);
  world.annotate('theirs', { 'berth.dev/foreign-addresses': 'replace' });
  assert.equal(world.statusOf('theirs'), '10.0.0.0');
});

test('a host name is kept as well; with --foreign-addresses=replace neither is', () => {
  const theirs = service('theirs', { ingressEntries: ['lb.cloud.example'] });
  assert.equal(
    new TestCluster({ pools: [WEB], services: [theirs] }).statusOf('theirs'),
    'ForeignAddress lb.cloud.example',
  );
  const replace = { foreignAddresses: 'replace' } as const;
  assert.equal(
    new TestCluster({ pools: [WEB], services: [theirs], options: replace }).statusOf('theirs'),
    '10.0.0.0',
  );
});

test('a foreign address becomes ours when a pool comes to hold it', () => {
  const world = new TestCluster({
    pools: [WEB],
    services: [service('it', { ingressEntries: ['192.0.2.1'] })],
  });
  world.setPools(WEB, pool('theirs', ['192.0.2.0/30']));
  assert.equal(world.statusOf('it'), '192.0.2.1');
  assert.equal(world.allocatedPool('it'), 'theirs');
});

test('MetalLB’s Services are taken over: conditions are added, addresses and order stay', () => {
  const pools = [pool('dual', ['10.1.0.0/30', 'fd01::/126'])];
  const its = service('it', {
    families: [4, 6],
    ipFamilyPolicy: 'PreferDualStack',
    ingressEntries: ['fd01::1', '10.1.0.2'],
    allocatedFrom: 'dual',
  });
  const [look] = withPatches(new TestCluster({ pools, services: [its] }).initialResults);
  assert.equal(look?.patch?.ingress, null);
  assert.equal(look?.patch?.pool, undefined);
  assert.equal(look?.patch?.conditions.length, 1);
});

test('a status set by hand to a free address of the pool is a wish', () => {
  const world = new TestCluster({ pools: [pool('p', ['10.0.0.0/29'])], services: [service('it')] });
  assert.deepEqual(
    withPatches(world.edit('it', { ingress: ingress('10.0.0.5') })).map(({ patch }) => patch?.ingress),
    [null],
  );
  assert.equal(world.statusOf('it'), '10.0.0.5');
});

test('a Service that turns into another type gives up its address, our annotation and our condition', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  const [look] = withPatches(world.edit('it', { type: 'ClusterIP', ingress: [] }));
  assert.deepEqual([look?.patch?.pool, look?.patch?.removedConditions], [null, ['berth.dev/Assigned']]);
  world.apply(service('next'));
  assert.equal(world.statusOf('next'), '10.0.0.0');
});

test('one that comes back with another class is let go, too', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  world.edit('it', { loadBalancerClass: 'cloud', ingress: [] });
  assert.equal(world.statusOf('it'), 'nothing');
  assert.equal(world.allocatedPool('it'), undefined);
});

test('what another instance wrote on a Service of its class is left alone', () => {
  const cloud = service('cloud', {
    loadBalancerClass: 'cloud',
    ingressEntries: ['192.0.2.1'],
    allocatedFrom: 'far',
  });
  assert.deepEqual(withPatches(new TestCluster({ pools: [WEB], services: [cloud] }).initialResults), []);
});

test('deleted and made again under one name: another Service, and what the first one had is free', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  world.apply(service('waits', { requests: { loadBalancerIPs: '10.0.0.0' } }));
  assert.equal(world.statusOf('waits'), 'AddressTaken');
  world.apply(service('it', { uid: 'another', requests: { 'address-pool': 'nowhere' } }));
  assert.equal(world.statusOf('waits'), '10.0.0.0');
  assert.equal(world.statusOf('it'), 'UnknownPool');
});

test('what was granted is told once it is written, however often the write has to be tried', () => {
  const it = service('it');
  const services = new Map([[it.key, it]]);
  const desk = new Allocator(OPTIONS, services);
  const world = new TestCluster({ pools: [WEB] });
  desk.updatePools(world.allocator.poolSet, 0);
  desk.initialize(0);
  const now = { now: 0, wall: WALL };
  const [first, second] = [desk.reconcile(it.key, now), desk.reconcile(it.key, now)];
  assert.deepEqual(second.events, first.events);
  assert.deepEqual(second.granted, first.granted);
  desk.confirmWrite(it.key, 0);
  assert.deepEqual(desk.reconcile(it.key, now).events, []);
});

test('while the advertisements are not known, what was said of them stays', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')], layer2Only: ['web'] });
  assert.equal(world.statusOf('it'), 'Layer2Only 10.0.0.0');
  const desk = new Allocator(OPTIONS, world.simulator.services);
  desk.updatePools(world.allocator.poolSet, 0);
  const keys = desk.initialize(0);
  desk.updateLayer2OnlyPools(null);
  for (const key of keys) assert.equal(desk.reconcile(key, { now: 0, wall: WALL }).patch, null);
  assert.deepEqual(desk.updateLayer2OnlyPools(new Set()), ['default/it']);
});

test('the order in which Services are listed decides nothing', () => {
  const services = Array.from({ length: 8 }, (_, i) =>
    service(`s${i}`, i % 3 === 0 ? { ingressEntries: ['10.0.0.1'] } : {}),
  );
  const pools = [pool('p', ['10.0.0.0/30'])];
  const one = new TestCluster({ pools, services });
  const other = new TestCluster({ pools, services: services.toReversed() });
  for (const { key } of services) assert.equal(one.statusOf(key), other.statusOf(key));
});

test('who waits for an address hears of it when somebody is put beside those who stand there', () => {
  const sharing = { 'allow-shared-ip': 'k', loadBalancerIPs: '10.0.0.0' };
  const world = new TestCluster({
    pools: [pool('p', ['10.0.0.0/31'])],
    services: [service('first', { requests: sharing }), service('second', { requests: sharing })],
  });
  assert.equal(world.statusOf('second'), 'SharingRefused');
  world.apply(service('elsewhere', { loadBalancerClass: 'other', ingressEntries: ['10.0.0.0'] }));
  assert.equal(world.statusOf('second'), 'AddressTaken');
});
