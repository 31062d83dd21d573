/** Edits of a request: what a Service with an address keeps, and what it gives up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AllocatorOptions } from '../../src/allocation/allocator.ts';
import { REQUEST_EDITS, type RequestEdit } from './support/request-edits.ts';
import { eventsOf, pool, service, TestCluster, withPatches } from './support/test-cluster.ts';

/** The cluster before the edit. */
function clusterOf(
  { setup, overrides = {}, before = '10.0.0.0' }: RequestEdit,
  options: Partial<AllocatorOptions> = {},
): TestCluster {
  const { others = [], ...rest } = setup;
  const cluster = new TestCluster({ ...rest, services: [service('it', overrides)], options });
  cluster.apply(...others);
  assert.equal(cluster.statusOf('it'), before);
  return cluster;
}

for (const row of REQUEST_EDITS) {
  test(`${row.edit} Then it is ${row.after}`, () => {
    const cluster = clusterOf(row);
    const undone = cluster.get('it');
    cluster.edit('it', row.change);
    assert.equal(cluster.statusOf('it'), row.after);
    assert.deepEqual(withPatches(cluster.reconcileAll()), []);
    const restarted = cluster.restart();
    assert.deepEqual(withPatches(restarted.initialResults), []);
    cluster.allocator.ledger.audit();

    // What is kept against a request is kept when the edit is undone, too.
    if (!row.after.endsWith(row.before ?? '10.0.0.0')) return;
    const { annotations, labels, ports, ipFamilyPolicy, externalTrafficPolicy } = undone;
    for (const one of [cluster, restarted]) {
      one.edit('it', { annotations, labels, ports, ipFamilyPolicy, externalTrafficPolicy });
      if (one.get('it').loadBalancerClass !== null) continue;
      assert.match(one.statusOf('it'), new RegExp(`(^|^AssignedOneFamily )${row.before ?? '10.0.0.0'}$`));
      one.allocator.ledger.audit();
    }
  });

  test(`${row.edit} With --unmet-requests=release it is ${row.released}`, () => {
    const cluster = clusterOf(row, { unmetRequests: 'release' });
    cluster.edit('it', row.change);
    assert.equal(cluster.statusOf('it'), row.released);
    assert.deepEqual(withPatches(cluster.restart().initialResults), []);
  });
}

const WEB = pool('web', ['10.0.0.0/30']);

test('a typo in the pool annotation: condition and event say what was probably meant', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  const results = cluster.annotate('it', { 'metallb.io/address-pool': 'wbe' });
  const sentence =
    'Keeps 10.0.0.0 from pool "web", since its request cannot be met. There is no pool "wbe"; request one that exists, or create it. Did you mean "web"?';
  assert.equal(cluster.conditionMessage('it'), sentence);
  assert.equal(cluster.get('it').conditions[0]?.status, 'True');
  assert.deepEqual(eventsOf(results), [
    `AllocationFailed: Failed to allocate IP for "default/it": unknown pool "wbe". ${sentence}`,
  ]);
  assert.equal(cluster.allocatedPool('it'), 'web');
  cluster.annotate('it', { 'metallb.io/address-pool': 'web' });
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
});

test('a request that could not be met is met when that becomes possible', () => {
  const one = pool('one', ['10.8.0.0/32'], { autoAssign: false });
  const cluster = new TestCluster({ pools: [WEB, one], services: [service('it')] });
  cluster.apply(service('holder', { requests: { 'address-pool': 'one' } }));
  cluster.annotate('it', { 'metallb.io/address-pool': 'one' });
  assert.equal(cluster.statusOf('it'), 'PoolExhausted 10.0.0.0');
  cluster.delete('holder');
  assert.equal(cluster.statusOf('it'), '10.8.0.0');
  cluster.annotate('it', { 'metallb.io/address-pool': 'later' });
  assert.equal(cluster.statusOf('it'), 'UnknownPool 10.8.0.0');
  cluster.setPools(WEB, one, pool('later', ['10.9.0.0/32'], { autoAssign: false }));
  assert.equal(cluster.statusOf('it'), '10.9.0.0');
});

test('a Service that keeps addresses against its request loses them for the usual reasons', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.annotate('it', { 'metallb.io/address-pool': 'wbe' });
  cluster.setPools(pool('web', ['10.0.0.2/31']));
  assert.equal(cluster.statusOf('it'), 'UnknownPool');
});

test('its own pool is deleted meanwhile: it keeps them for the grace period', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.annotate('it', { 'metallb.io/address-pool': 'wbe' });
  cluster.setPools();
  assert.equal(cluster.statusOf('it'), 'PoolGone 10.0.0.0');
  cluster.pass(60_000);
  assert.equal(cluster.statusOf('it'), 'NoPools');
});

// --- a Service that stays on an address against its sharing key

const shared = (key: string): Readonly<Record<string, string>> => ({ 'metallb.io/allow-shared-ip': key });

/** `it` and `x` shared 10.0.0.0, and `it` has another key now. */
function unshared(): TestCluster {
  const cluster = new TestCluster({
    pools: [pool('web', ['10.0.0.0/32'])],
    services: [
      service('it', { requests: { 'allow-shared-ip': 'k' } }),
      service('x', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [443] }),
    ],
  });
  cluster.annotate('it', shared('l'));
  assert.equal(cluster.statusOf('it'), 'SharingRefused 10.0.0.0');
  return cluster;
}

for (const restarts of [false, true]) {
  const titled = (title: string): string => `${title}${restarts ? ', after a restart' : ''}`;
  const start = (): TestCluster => (restarts ? unshared().restart() : unshared());

  test(titled('the others take its key as well: all share again'), () => {
    const cluster = start();
    cluster.annotate('x', shared('l'));
    assert.deepEqual([cluster.statusOf('it'), cluster.statusOf('x')], ['10.0.0.0', '10.0.0.0']);
    cluster.allocator.ledger.audit();
  });

  test(titled('the others have no key any more: it stays'), () => {
    const cluster = start();
    const { 'metallb.io/allow-shared-ip': _, ...rest } = cluster.get('x').annotations;
    cluster.edit('x', { annotations: rest });
    assert.deepEqual(
      [cluster.statusOf('it'), cluster.statusOf('x')],
      ['SharingRefused 10.0.0.0', '10.0.0.0'],
    );
    cluster.allocator.ledger.audit();
  });

  test(titled('the others leave: the address is its own'), () => {
    const cluster = start();
    cluster.delete('x');
    assert.equal(cluster.statusOf('it'), '10.0.0.0');
  });

  test(titled('another one takes its port: the other one was there by right, so it leaves'), () => {
    const cluster = start();
    cluster.edit('x', { ports: [{ protocol: 'TCP', port: 80 }] });
    assert.deepEqual([cluster.statusOf('it'), cluster.statusOf('x')], ['PoolExhausted', '10.0.0.0']);
  });

  test(titled('a Service with the key of the others does not join them meanwhile'), () => {
    const cluster = start();
    cluster.apply(service('new', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [90] }));
    assert.equal(cluster.statusOf('new'), 'PoolExhausted');
    cluster.annotate('it', shared('k'));
    assert.deepEqual([cluster.statusOf('it'), cluster.statusOf('new')], ['10.0.0.0', '10.0.0.0']);
  });

  test(titled('the pool grows: it gets an address of its own'), () => {
    const cluster = start();
    cluster.setPools(pool('web', ['10.0.0.0/31']));
    assert.deepEqual([cluster.statusOf('it'), cluster.statusOf('x')], ['10.0.0.1', '10.0.0.0']);
  });
}

// --- a pool that was overlooked when the addresses were assigned

test('a reconsidered Service moves to an overlooked pool that would have served it, and to no other', () => {
  const bound = pool('bound', ['10.9.0.0/30'], { serviceAllocation: { namespaces: ['default'] } });
  const rows = [
    [['bound'], {}, '10.9.0.0'],
    [['web'], {}, '10.0.0.0'],
    [['bound'], { 'metallb.io/address-pool': 'web' }, '10.0.0.0'],
    [['bound'], { 'metallb.io/loadBalancerIPs': '10.0.0.0' }, '10.0.0.0'],
    [['bound'], { 'metallb.io/address-pool': 'wbe' }, 'UnknownPool 10.0.0.0'],
  ] as const;
  for (const [pools, annotations, outcome] of rows) {
    const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
    cluster.setPools(WEB, bound);
    cluster.annotate('it', annotations);
    const overlooked = new Map([['default/it', { pools: new Set<string>(pools), namespaces: false }]]);
    cluster.simulator.runUntilIdle(cluster.allocator.reconsider(overlooked));
    assert.equal(cluster.statusOf('it'), outcome);
    assert.deepEqual(withPatches(cluster.reconcileAll()), []);
    cluster.allocator.ledger.audit();
  }
});

test('a reconsidered Service stays while its own pool is missing, since that one may still be the choice', () => {
  const late = pool('late', ['10.9.0.0/30']);
  for (const [because, pools, outcome] of [
    ['missing', [late], 'PoolGone 10.0.0.0'],
    ['there', [WEB, late], '10.9.0.0'],
  ] as const) {
    const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
    assert.equal(cluster.statusOf('it'), '10.0.0.0', because);
    cluster.setPools(...pools);
    const overlooked = new Map([['default/it', { pools: new Set(['late']), namespaces: false }]]);
    cluster.simulator.runUntilIdle(cluster.allocator.reconsider(overlooked));
    assert.equal(cluster.statusOf('it'), outcome, because);
    cluster.allocator.ledger.audit();
  }
});

test('a Service whose Namespace was overlooked moves to a pool that selects it', () => {
  const selects = { serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] } };
  const red = pool('red', ['10.9.0.0/30'], selects);
  const cluster = new TestCluster({ pools: [WEB, red], services: [service('it')] });
  cluster.label('default', { team: 'red' });
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
  const overlooked = new Map([['default/it', { pools: new Set<string>(), namespaces: true }]]);
  cluster.simulator.runUntilIdle(cluster.allocator.reconsider(overlooked));
  assert.equal(cluster.statusOf('it'), '10.9.0.0');
});

test('a label of the namespace goes: another pool that lists the address and admits the Service keeps it', () => {
  const red = { serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] } };
  const all = pool('all', ['10.0.0.0/29'], { age: 9, autoAssign: false });
  for (const [others, after] of [
    [[all], '10.0.0.0'],
    [[], 'NoPoolMatches'],
  ] as const) {
    const pools = [pool('web', ['10.0.0.0/30'], red), ...others];
    const cluster = new TestCluster({
      pools,
      namespaces: { default: { team: 'red' } },
      services: [service('it')],
    });
    assert.equal(cluster.statusOf('it'), '10.0.0.0');
    cluster.label('default', {});
    assert.equal(cluster.statusOf('it'), after);
    assert.deepEqual(withPatches(cluster.restart().initialResults), []);
  }
});
