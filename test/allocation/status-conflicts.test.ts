/** Writers who do not leave us alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STREAK_RESET_AFTER } from '../../src/allocation/status-conflicts.ts';
import { eventsOf, GRACE, ingress, pool, service, TestCluster, withPatches } from './support/test-cluster.ts';

const WEB = pool('web', ['10.0.0.0/31']);

test('a writer that insists three times is left alone, after one event', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  const replace = () => world.edit('it', { ingress: ingress('192.0.2.9'), statusWriter: 'rival' });
  assert.deepEqual(eventsOf([...replace(), ...replace()]), []);
  assert.equal(world.statusOf('it'), '10.0.0.0');
  assert.match(eventsOf(replace()).join(), /^AddressesReplaced: "rival" keeps replacing/);
  assert.equal(world.statusOf('it'), 'StatusContested 192.0.2.9');
  for (let i = 0; i < 5; i++) assert.deepEqual(withPatches(replace()), []);
  world.apply(service('new'));
  assert.equal(world.statusOf('new'), '10.0.0.1', 'its address stays reserved');
  const fresh = world.restart();
  assert.deepEqual(withPatches(fresh.initialResults), [], 'a restart begins nothing anew');
});

test('so is one that insists on an address of ours which the Service does not want', () => {
  const its = service('it', { requests: { loadBalancerIPs: '10.0.0.0' } });
  const world = new TestCluster({ pools: [WEB], services: [its] });
  for (let i = 0; i < 3; i++) world.edit('it', { ingress: ingress('10.0.0.1'), statusWriter: 'rival' });
  assert.equal(world.statusOf('it'), 'StatusContested 10.0.0.1');
});

test('a contest ends when the owner changes the Service, and the writer has been quiet', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 3; i++) world.edit('it', { ingress: ingress('192.0.2.9') });
  world.edit('it', { labels: { tried: 'again' } });
  assert.equal(world.statusOf('it'), 'StatusContested 192.0.2.9', 'not yet');
  world.simulator.now += STREAK_RESET_AFTER + 1;
  world.reconcileAll();
  assert.equal(world.statusOf('it'), 'StatusContested 192.0.2.9', 'nobody has done anything');
  world.edit('it', { labels: { tried: 'once more' } });
  assert.equal(world.statusOf('it'), '10.0.0.0');
});

test('replacements that are far apart are no contest', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 6; i++) {
    world.edit('it', { ingress: ingress('192.0.2.9') });
    world.simulator.now += STREAK_RESET_AFTER + 1;
  }
  assert.equal(world.statusOf('it'), '10.0.0.0');
});

/** Somebody takes off what is named, in as many rounds; and how many of our writes that brought about. */
function removeOurStatus(
  cluster: TestCluster,
  what: 'annotation' | 'condition' | 'both',
  rounds: number,
): number {
  let written = 0;
  for (let i = 0; i < rounds; i++) {
    const { annotations, conditions } = cluster.get('it');
    const { 'metallb.io/ip-allocated-from-pool': _, ...rest } = annotations;
    const results = cluster.edit('it', {
      annotations: what === 'condition' ? annotations : rest,
      conditions: what === 'annotation' ? conditions : [],
    });
    written += withPatches(results).length;
  }
  return written;
}

const fights: readonly [
  says: string,
  pools: readonly object[],
  what: Parameters<typeof removeOurStatus>[1],
][] = [
  ['the annotation of one that has an address', [WEB], 'annotation'],
  ['the condition of one that has an address', [WEB], 'condition'],
  ['both', [WEB], 'both'],
  ['the condition of one that waits', [], 'condition'],
];

for (const [says, pools, what] of fights) {
  test(`a writer that strips ${says} is answered twice, told so once, and then left alone`, () => {
    const world = new TestCluster({ pools, services: [service('it')] });
    const shown = world.get('it').ingress;
    assert.equal(removeOurStatus(world, what, 20), 3);
    assert.deepEqual(world.get('it').ingress, shown, 'its address stays');
    assert.deepEqual(withPatches(world.reconcileAll()), []);
    world.apply(service('new'));
    assert.equal(world.statusOf('new'), pools.length === 0 ? 'NoPools' : '10.0.0.1');
  });
}

test('the condition of a foreign address is no reason to fight for ever, either', () => {
  const world = new TestCluster({
    pools: [WEB],
    services: [service('it', { ingressEntries: ['192.0.2.1'] })],
  });
  assert.equal(removeOurStatus(world, 'condition', 20), 3);
  assert.deepEqual(world.get('it').ingress, ingress('192.0.2.1'));
});

test('when everything of ours is put back, the contest is over', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  const { annotations } = world.get('it');
  assert.equal(removeOurStatus(world, 'annotation', 3), 3);
  assert.equal(world.statusOf('it'), 'StatusContested 10.0.0.0');
  world.edit('it', { annotations });
  assert.equal(world.statusOf('it'), '10.0.0.0');
});

test('two replacements, and a third one after a long while, are no contest', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  const replace = () => world.edit('it', { ingress: ingress('192.0.2.9') });
  replace();
  replace();
  world.simulator.now += STREAK_RESET_AFTER + 1;
  replace();
  assert.equal(world.statusOf('it'), '10.0.0.0');
});

test('a verdict that changes by itself is no replacement, however often', () => {
  const world = new TestCluster({ pools: [], services: [service('it')] });
  for (let i = 0; i < 5; i++) {
    world.edit('it', { labels: { round: String(i) } });
    world.setPools(pool('set-aside', ['10.4.0.0/30'], { autoAssign: false }));
    assert.equal(world.statusOf('it'), 'NoPoolMatches');
    world.setPools();
    assert.equal(world.statusOf('it'), 'NoPools');
  }
});

test('what is said again, since somebody took it off, is marked as such', () => {
  const world = new TestCluster({ services: [service('it')] });
  assert.deepEqual(
    withPatches(world.initialResults).map(({ isRewrite }) => isRewrite),
    [false],
  );
  assert.deepEqual(
    withPatches(world.edit('it', { conditions: [] })).map(({ isRewrite }) => isRewrite),
    [true],
  );
});

test('looks that nothing comes of do not count, however many there are between two writes', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  const { allocator, services } = world.simulator;
  const replace = () => {
    const before = world.get('it');
    const after = { ...before, ingress: ingress('192.0.2.9'), statusWriter: 'rival' };
    services.set(before.key, after);
    allocator.recordServiceChange(before, after);
    for (let i = 0; i < 5; i++) allocator.reconcile(before.key, { now: 0, wall: 0 }); // their writes were all refused
    return world.reconcileAll();
  };
  assert.deepEqual(eventsOf([...replace(), ...replace()]), []);
  assert.equal(world.statusOf('it'), '10.0.0.0');
  assert.match(eventsOf(replace()).join(), /^AddressesReplaced: /);
  assert.equal(world.statusOf('it'), 'StatusContested 192.0.2.9');
  for (let i = 0; i < 5; i++) assert.deepEqual(withPatches(replace()), []);
});

test('the writer that goes on keeps the contest going, whatever the owner does', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 3; i++) world.edit('it', { ingress: ingress('192.0.2.9') });
  world.simulator.now += STREAK_RESET_AFTER + 1;
  world.edit('it', { ingress: ingress('192.0.2.10') });
  world.edit('it', { labels: { tried: 'again' } });
  assert.equal(world.statusOf('it'), 'StatusContested 192.0.2.10');
});

test('addresses that moved to another pool with their range were replaced by nobody', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 4; i++) {
    const name = i % 2 === 0 ? 'other' : 'web';
    world.setPools(pool(name, ['10.0.0.0/31']));
    world.pass(GRACE + 1);
    assert.equal(world.statusOf('it'), '10.0.0.0');
    assert.equal(world.allocatedPool('it'), name);
  }
});

test('only the writer of other addresses is named', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it', { statusWriter: 'berth' })] });
  removeOurStatus(world, 'annotation', 3);
  assert.match(world.conditionMessage('it'), /^Another writer keeps replacing/);
});
