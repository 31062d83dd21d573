/** Another writer of the same status. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STREAK_RESET_AFTER } from '../../src/allocation/status-conflicts.ts';
import { eventsOf, GRACE, ingress, pool, service, TestCluster, withPatches } from './support/test-cluster.ts';

const WEB = pool('web', ['10.0.0.0/31']);

test('after three replacements Berth stops writing, with one event', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  const replace = () => cluster.edit('it', { ingress: ingress('192.0.2.9'), statusWriter: 'rival' });
  assert.deepEqual(eventsOf([...replace(), ...replace()]), []);
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
  assert.match(eventsOf(replace()).join(), /^AddressesReplaced: "rival" keeps replacing/);
  assert.equal(cluster.statusOf('it'), 'StatusContested 192.0.2.9');
  for (let i = 0; i < 5; i++) assert.deepEqual(withPatches(replace()), []);
  cluster.apply(service('new'));
  assert.equal(cluster.statusOf('new'), '10.0.0.1', 'its address stays reserved');
  const restarted = cluster.restart();
  assert.deepEqual(withPatches(restarted.initialResults), [], 'a restart does not start again');
});

test('also if the writer puts an address of our pool that the Service does not request', () => {
  const subject = service('it', { requests: { loadBalancerIPs: '10.0.0.0' } });
  const cluster = new TestCluster({ pools: [WEB], services: [subject] });
  for (let i = 0; i < 3; i++) cluster.edit('it', { ingress: ingress('10.0.0.1'), statusWriter: 'rival' });
  assert.equal(cluster.statusOf('it'), 'StatusContested 10.0.0.1');
});

test('a conflict ends when the owner changes the Service after the writer was quiet', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 3; i++) cluster.edit('it', { ingress: ingress('192.0.2.9') });
  cluster.edit('it', { labels: { tried: 'again' } });
  assert.equal(cluster.statusOf('it'), 'StatusContested 192.0.2.9', 'not yet');
  cluster.simulator.now += STREAK_RESET_AFTER + 1;
  cluster.reconcileAll();
  assert.equal(cluster.statusOf('it'), 'StatusContested 192.0.2.9', 'the Service was not changed');
  cluster.edit('it', { labels: { tried: 'once more' } });
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
});

test('replacements that are far apart are no conflict', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 6; i++) {
    cluster.edit('it', { ingress: ingress('192.0.2.9') });
    cluster.simulator.now += STREAK_RESET_AFTER + 1;
  }
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
});

/** Another writer removes this part of our status `rounds` times; returns the number of our writes. */
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
  title: string,
  pools: readonly object[],
  what: Parameters<typeof removeOurStatus>[1],
][] = [
  ['the annotation of one that has an address', [WEB], 'annotation'],
  ['the condition of one that has an address', [WEB], 'condition'],
  ['both', [WEB], 'both'],
  ['the condition of one that waits', [], 'condition'],
];

for (const [title, pools, what] of fights) {
  test(`a writer that removes ${title} is overwritten twice, then the conflict is reported, then it is left alone`, () => {
    const cluster = new TestCluster({ pools, services: [service('it')] });
    const shown = cluster.get('it').ingress;
    assert.equal(removeOurStatus(cluster, what, 20), 3);
    assert.deepEqual(cluster.get('it').ingress, shown, 'its address stays');
    assert.deepEqual(withPatches(cluster.reconcileAll()), []);
    cluster.apply(service('new'));
    assert.equal(cluster.statusOf('new'), pools.length === 0 ? 'NoPools' : '10.0.0.1');
  });
}

test('the same for the condition of a foreign address', () => {
  const cluster = new TestCluster({
    pools: [WEB],
    services: [service('it', { ingressEntries: ['192.0.2.1'] })],
  });
  assert.equal(removeOurStatus(cluster, 'condition', 20), 3);
  assert.deepEqual(cluster.get('it').ingress, ingress('192.0.2.1'));
});

test('a conflict ends when our status is restored', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  const { annotations } = cluster.get('it');
  assert.equal(removeOurStatus(cluster, 'annotation', 3), 3);
  assert.equal(cluster.statusOf('it'), 'StatusContested 10.0.0.0');
  cluster.edit('it', { annotations });
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
});

test('two replacements, and a third one after a long time, are no conflict', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  const replace = () => cluster.edit('it', { ingress: ingress('192.0.2.9') });
  replace();
  replace();
  cluster.simulator.now += STREAK_RESET_AFTER + 1;
  replace();
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
});

test('a condition that changes with the pools is no replacement', () => {
  const cluster = new TestCluster({ pools: [], services: [service('it')] });
  for (let i = 0; i < 5; i++) {
    cluster.edit('it', { labels: { round: String(i) } });
    cluster.setPools(pool('set-aside', ['10.4.0.0/30'], { autoAssign: false }));
    assert.equal(cluster.statusOf('it'), 'NoPoolMatches');
    cluster.setPools();
    assert.equal(cluster.statusOf('it'), 'NoPools');
  }
});

test('a write that repeats a removed one is marked as a rewrite', () => {
  const cluster = new TestCluster({ services: [service('it')] });
  assert.deepEqual(
    withPatches(cluster.initialResults).map(({ isRewrite }) => isRewrite),
    [false],
  );
  assert.deepEqual(
    withPatches(cluster.edit('it', { conditions: [] })).map(({ isRewrite }) => isRewrite),
    [true],
  );
});

test('reconciles without a write do not count', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  const { allocator, services } = cluster.simulator;
  const replace = () => {
    const before = cluster.get('it');
    const after = { ...before, ingress: ingress('192.0.2.9'), statusWriter: 'rival' };
    services.set(before.key, after);
    allocator.recordServiceChange(before, after);
    for (let i = 0; i < 5; i++) allocator.reconcile(before.key, { now: 0, wall: 0 }); // their writes all failed
    return cluster.reconcileAll();
  };
  assert.deepEqual(eventsOf([...replace(), ...replace()]), []);
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
  assert.match(eventsOf(replace()).join(), /^AddressesReplaced: /);
  assert.equal(cluster.statusOf('it'), 'StatusContested 192.0.2.9');
  for (let i = 0; i < 5; i++) assert.deepEqual(withPatches(replace()), []);
});

test('a conflict does not end while the writer goes on', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 3; i++) cluster.edit('it', { ingress: ingress('192.0.2.9') });
  cluster.simulator.now += STREAK_RESET_AFTER + 1;
  cluster.edit('it', { ingress: ingress('192.0.2.10') });
  cluster.edit('it', { labels: { tried: 'again' } });
  assert.equal(cluster.statusOf('it'), 'StatusContested 192.0.2.10');
});

test('addresses that change pools with their range are no replacement', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 4; i++) {
    const name = i % 2 === 0 ? 'other' : 'web';
    cluster.setPools(pool(name, ['10.0.0.0/31']));
    cluster.pass(GRACE + 1);
    assert.equal(cluster.statusOf('it'), '10.0.0.0');
    assert.equal(cluster.allocatedPool('it'), name);
  }
});

test('the message names a writer only if the addresses were replaced', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it', { statusWriter: 'berth' })] });
  removeOurStatus(cluster, 'annotation', 3);
  assert.match(cluster.conditionMessage('it'), /^Another writer keeps replacing/);
});
