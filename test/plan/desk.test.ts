/** Stories: how a cluster goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Desk } from '../../src/plan/desk.ts';
import { eventsOf, GRACE, ingress, OPTIONS, pool, service, WALL, World, writes } from './support.ts';

const WEB = pool('web', ['10.0.0.0/31']);

test('sixteen have an address, the seventeenth waits, and gets what one leaves', () => {
  const world = new World({ pools: [pool('p', ['172.18.1.1-172.18.1.16'])] });
  for (let i = 1; i <= 17; i++) world.apply(service(`s${i}`));
  assert.equal(world.says('s16'), '172.18.1.16');
  assert.equal(world.says('s17'), 'PoolExhausted');
  const looks = world.delete('s5');
  assert.equal(world.says('s17'), '172.18.1.5');
  assert.deepEqual(
    looks.map(({ key }) => key),
    ['default/s5', 'default/s17'],
  );
});

test('one who moves makes room for one who waits', () => {
  const world = new World({
    pools: [pool('p', ['10.0.0.0/32']), pool('q', ['10.1.0.0/32'], { autoAssign: false })],
  });
  world.apply(service('first'), service('second'));
  assert.equal(world.says('second'), 'PoolExhausted');
  world.annotate('first', { 'metallb.io/address-pool': 'q' });
  assert.equal(world.says('second'), '10.0.0.0');
});

test('who waits longest is served first, and a restart does not change that', () => {
  const world = new World({ pools: [pool('p', ['10.0.0.0/32'])], services: [service('holder')] });
  const [older, younger] = [service('older'), service('younger')];
  world.apply(younger);
  world.stage.now += 5000;
  world.apply(older);
  const fresh = world.restart();
  fresh.delete('holder');
  assert.equal(fresh.says('younger'), '10.0.0.0');
});

test('a freed address wakes those alone who wait for it', () => {
  const world = new World({ pools: [pool('p', ['10.0.0.0/32']), pool('q', ['10.1.0.0/32'])] });
  world.apply(
    service('a', { asks: { 'address-pool': 'p' } }),
    service('b', { asks: { 'address-pool': 'q' } }),
  );
  for (let i = 0; i < 50; i++) world.apply(service(`w${i}`, { asks: { 'address-pool': 'q' } }));
  world.apply(service('waits', { asks: { 'address-pool': 'p' } }));
  assert.deepEqual(
    world.delete('a').map(({ key }) => key),
    ['default/a', 'default/waits'],
  );
});

test('a deleted pool is put back within the grace: nothing moves, and conditions alone are written', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  const gone = world.setPools();
  const back = world.setPools(WEB);
  for (const { patch } of [...gone, ...back]) {
    assert.equal(patch?.ingress, null);
    assert.equal(patch?.pool, undefined);
  }
  assert.equal(world.says('it'), '10.0.0.0');
  assert.deepEqual(world.pass(2 * GRACE), []);
});

test('after the grace it is lost, and not before', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  world.setPools();
  world.pass(GRACE - 1);
  assert.equal(world.says('it'), 'PoolGone 10.0.0.0');
  world.pass(1);
  assert.equal(world.says('it'), 'NoPools');
  assert.equal(world.poolOf('it'), undefined);
});

test('a renamed pool keeps its Services: the annotation follows after the grace', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  world.setPools(pool('fresh', ['10.0.0.0/31']));
  assert.equal(world.says('it'), 'PoolGone 10.0.0.0');
  world.apply(service('new'));
  assert.equal(world.says('new'), '10.0.0.1');
  world.pass(GRACE);
  assert.equal(world.says('it'), '10.0.0.0');
  assert.equal(world.poolOf('it'), 'fresh');
});

test('a restart within the grace writes nothing, and gives a whole one', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  world.setPools();
  const fresh = world.restart();
  assert.deepEqual(writes(fresh.first), []);
  fresh.pass(GRACE - 1);
  assert.equal(fresh.says('it'), 'PoolGone 10.0.0.0');
});

test('an invalid pool keeps its holders over a restart, and gives nothing new', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  world.setPools(pool('web', ['10.0.0.0/31', 'rubbish']));
  const fresh = world.restart();
  assert.deepEqual(writes(fresh.first), []);
  fresh.apply(service('new'));
  assert.equal(fresh.says('new'), 'NoPoolMatches');
  world.apply(service('new'));
  assert.equal(world.says('new'), '10.0.0.1', 'the process that knows the last good version goes on');
  fresh.setPools(WEB);
  assert.equal(fresh.says('new'), '10.0.0.1');
  assert.equal(fresh.says('it'), '10.0.0.0');
});

test('two on one address: the one with our annotation keeps it, the other is told and moves', () => {
  const older = service('older', { shows: ['10.0.0.0'] });
  const ours = service('ours', { shows: ['10.0.0.0'], from: 'web' });
  const world = new World({ pools: [WEB], services: [older, ours] });
  assert.equal(world.says('ours'), '10.0.0.0');
  assert.equal(world.says('older'), '10.0.0.1');
  assert.match(
    eventsOf(world.first, 'default/older')[0] ?? '',
    /^ClearAssignment: .*belongs to default\/ours/,
  );
});

test('of two with our annotation the older keeps it', () => {
  const older = service('older', { shows: ['10.0.0.0'], from: 'web' });
  const younger = service('younger', { shows: ['10.0.0.0'], from: 'web' });
  const world = new World({ pools: [WEB], services: [younger, older] });
  assert.equal(world.says('older'), '10.0.0.0');
  assert.equal(world.says('younger'), '10.0.0.1');
});

test('only the address in dispute moves', () => {
  const pools = [pool('dual', ['10.1.0.0/30', 'fd01::/126'])];
  const rest = { families: [4, 6], ipFamilyPolicy: 'PreferDualStack', from: 'dual' } as const;
  const world = new World({
    pools,
    services: [
      service('a', { ...rest, shows: ['10.1.0.0', 'fd01::1'] }),
      service('b', { ...rest, shows: ['10.1.0.0', 'fd01::2'] }),
    ],
  });
  assert.equal(world.says('b'), '10.1.0.1 fd01::2');
});

test('an address on a Service of another class is taken, until it goes', () => {
  const cloud = service('cloud', { loadBalancerClass: 'cloud', shows: ['10.0.0.0'] });
  const world = new World({ pools: [WEB], services: [cloud] });
  world.apply(service('it'));
  assert.equal(world.says('it'), '10.0.0.1');
  world.apply(service('next', { asks: { loadBalancerIPs: '10.0.0.0' } }));
  assert.equal(world.says('next'), 'AddressTaken');
  world.delete('cloud');
  assert.equal(world.says('next'), '10.0.0.0');
});

test('what others wrote outside our pools is kept, and handed over on request', () => {
  const theirs = service('theirs', { shows: ['192.0.2.1'], statusWriter: 'cloud-manager' });
  const world = new World({ pools: [WEB], services: [theirs] });
  assert.equal(world.says('theirs'), 'ForeignAddress 192.0.2.1');
  assert.match(world.message('theirs'), /"cloud-manager".*berth\.dev\/foreign-addresses=replace/);
  world.annotate('theirs', { 'berth.dev/foreign-addresses': 'replace' });
  assert.equal(world.says('theirs'), '10.0.0.0');
});

test('a host name is kept as well; with --foreign-addresses=replace neither is', () => {
  const theirs = service('theirs', { shows: ['lb.cloud.example'] });
  assert.equal(
    new World({ pools: [WEB], services: [theirs] }).says('theirs'),
    'ForeignAddress lb.cloud.example',
  );
  const replace = { foreignAddresses: 'replace' } as const;
  assert.equal(new World({ pools: [WEB], services: [theirs], options: replace }).says('theirs'), '10.0.0.0');
});

test('a foreign address becomes ours when a pool comes to hold it', () => {
  const world = new World({ pools: [WEB], services: [service('it', { shows: ['192.0.2.1'] })] });
  world.setPools(WEB, pool('theirs', ['192.0.2.0/30']));
  assert.equal(world.says('it'), '192.0.2.1');
  assert.equal(world.poolOf('it'), 'theirs');
});

test('MetalLB’s Services are taken over: conditions are added, addresses and order stay', () => {
  const pools = [pool('dual', ['10.1.0.0/30', 'fd01::/126'])];
  const its = service('it', {
    families: [4, 6],
    ipFamilyPolicy: 'PreferDualStack',
    shows: ['fd01::1', '10.1.0.2'],
    from: 'dual',
  });
  const [look] = writes(new World({ pools, services: [its] }).first);
  assert.equal(look?.patch?.ingress, null);
  assert.equal(look?.patch?.pool, undefined);
  assert.equal(look?.patch?.conditions.length, 1);
});

test('a status set by hand to a free address of the pool is a wish', () => {
  const world = new World({ pools: [pool('p', ['10.0.0.0/29'])], services: [service('it')] });
  assert.deepEqual(
    writes(world.edit('it', { ingress: ingress('10.0.0.5') })).map(({ patch }) => patch?.ingress),
    [null],
  );
  assert.equal(world.says('it'), '10.0.0.5');
});

test('a Service that turns into another type gives up its address, our annotation and our condition', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  const [look] = writes(world.edit('it', { type: 'ClusterIP', ingress: [] }));
  assert.deepEqual([look?.patch?.pool, look?.patch?.dropped], [null, ['berth.dev/Assigned']]);
  world.apply(service('next'));
  assert.equal(world.says('next'), '10.0.0.0');
});

test('one that comes back with another class is let go, too', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  world.edit('it', { loadBalancerClass: 'cloud', ingress: [] });
  assert.equal(world.says('it'), 'nothing');
  assert.equal(world.poolOf('it'), undefined);
});

test('what another instance wrote on a Service of its class is left alone', () => {
  const cloud = service('cloud', { loadBalancerClass: 'cloud', shows: ['192.0.2.1'], from: 'far' });
  assert.deepEqual(writes(new World({ pools: [WEB], services: [cloud] }).first), []);
});

test('deleted and made again under one name: another Service, and what the first one had is free', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  world.apply(service('waits', { asks: { loadBalancerIPs: '10.0.0.0' } }));
  assert.equal(world.says('waits'), 'AddressTaken');
  world.apply(service('it', { uid: 'another', asks: { 'address-pool': 'nowhere' } }));
  assert.equal(world.says('waits'), '10.0.0.0');
  assert.equal(world.says('it'), 'UnknownPool');
});

test('what was granted is told once it is written, however often the write has to be tried', () => {
  const it = service('it');
  const services = new Map([[it.key, it]]);
  const desk = new Desk(OPTIONS, services);
  const world = new World({ pools: [WEB] });
  desk.poolsChanged(world.desk.book, 0);
  desk.begin(0);
  const now = { now: 0, wall: WALL };
  const [first, second] = [desk.look(it.key, now), desk.look(it.key, now)];
  assert.deepEqual(second.events, first.events);
  assert.deepEqual(second.granted, first.granted);
  desk.written(it.key, 0);
  assert.deepEqual(desk.look(it.key, now).events, []);
});

test('while the advertisements are not known, what was said of them stays', () => {
  const world = new World({ pools: [WEB], services: [service('it')], layer2Only: ['web'] });
  assert.equal(world.says('it'), 'Layer2Only 10.0.0.0');
  const desk = new Desk(OPTIONS, world.stage.services);
  desk.poolsChanged(world.desk.book, 0);
  const keys = desk.begin(0);
  desk.layer2OnlyChanged(null);
  for (const key of keys) assert.equal(desk.look(key, { now: 0, wall: WALL }).patch, null);
  assert.deepEqual(desk.layer2OnlyChanged(new Set()), ['default/it']);
});

test('the order in which Services are listed decides nothing', () => {
  const services = Array.from({ length: 8 }, (_, i) =>
    service(`s${i}`, i % 3 === 0 ? { shows: ['10.0.0.1'] } : {}),
  );
  const pools = [pool('p', ['10.0.0.0/30'])];
  const one = new World({ pools, services });
  const other = new World({ pools, services: services.toReversed() });
  for (const { key } of services) assert.equal(one.says(key), other.says(key));
});

test('who waits for an address hears of it when somebody is put beside those who stand there', () => {
  const sharing = { 'allow-shared-ip': 'k', loadBalancerIPs: '10.0.0.0' };
  const world = new World({
    pools: [pool('p', ['10.0.0.0/31'])],
    services: [service('first', { asks: sharing }), service('second', { asks: sharing })],
  });
  assert.equal(world.says('second'), 'SharingRefused');
  world.apply(service('elsewhere', { loadBalancerClass: 'other', shows: ['10.0.0.0'] }));
  assert.equal(world.says('second'), 'AddressTaken');
});
