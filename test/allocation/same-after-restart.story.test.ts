/** Stories in which a process that has seen every change decides what one decides that starts now. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GRACE, pool, service, TestCluster, withPatches } from './support/test-cluster.ts';

const CALICO = 'projectcalico.org/ipv4pools';
const SHARED = { 'allow-shared-ip': 'k' };
const ONE = pool('web', ['10.0.0.0/32']);

/** A Service with an address of ours, which Calico claims then; its claim ends with the edit that deletes the Service. */
function clusterWithLeaving(): TestCluster {
  const cluster = new TestCluster({
    pools: [ONE],
    services: [service('leaving', { requests: SHARED })],
    externalClaims: { ipam: null },
  });
  cluster.annotate('leaving', { [CALICO]: '["balancers"]' });
  assert.equal(cluster.statusOf('leaving'), 'CalicoAllocates 10.0.0.0');
  return cluster;
}

function releaseFromCalico(cluster: TestCluster): void {
  const { [CALICO]: _, ...annotations } = cluster.get('leaving').annotations;
  cluster.edit('leaving', { annotations, deleting: true });
}

test("Calico's claim ends while the Service is deleted: others may share its address again", () => {
  const cluster = clusterWithLeaving();
  cluster.apply(service('new', { requests: SHARED, tcpPorts: [443] }));
  assert.equal(cluster.statusOf('new'), 'PoolExhausted');
  releaseFromCalico(cluster);
  assert.equal(cluster.statusOf('new'), '10.0.0.0');
  assert.deepEqual(withPatches(cluster.restart().initialResults), []);
});

test('so it is where its pool lists the address only later', () => {
  const cluster = clusterWithLeaving();
  cluster.setPools(pool('web', ['10.0.0.1/32']));
  releaseFromCalico(cluster);
  cluster.setPools(ONE);
  cluster.apply(service('new', { requests: SHARED, tcpPorts: [443] }));
  assert.equal(cluster.statusOf('new'), '10.0.0.0');
  assert.deepEqual(withPatches(cluster.restart().initialResults), []);
});

test('what is left of two addresses moves to the requested pool at once', () => {
  const cluster = new TestCluster({ pools: [pool('old', ['10.0.0.0/32', 'fd00::/128'])] });
  cluster.apply(service('it', { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' }));
  cluster.annotate('it', { 'metallb.io/address-pool': 'next' });
  assert.equal(cluster.statusOf('it'), 'UnknownPool 10.0.0.0 fd00::');
  cluster.setPools(pool('old', ['10.0.0.0/32']), pool('next', ['10.0.0.0/32'], { age: 1 }));
  assert.equal(cluster.allocatedPool('it'), 'next');
  assert.equal(cluster.statusOf('it'), 'AssignedOneFamily 10.0.0.0');
  assert.deepEqual(withPatches(cluster.reconcileAll()), []);
});

test('one of two addresses leaves its pool while no controller runs: a pool that avoids the other one does not take both', () => {
  const both = ['10.0.0.0/32', 'fd00::/128'];
  const cluster = new TestCluster({ pools: [pool('old', both, { age: 1 })] });
  cluster.apply(service('it', { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' }));
  assert.equal(cluster.statusOf('it'), '10.0.0.0 fd00::');
  cluster.pools = [pool('old', ['10.0.0.0/32'], { age: 1 }), pool('shy', both, { avoidBuggyIPs: true })];
  const restarted = cluster.restart();
  assert.equal(restarted.allocatedPool('it'), 'old');
  assert.equal(restarted.statusOf('it'), 'AssignedOneFamily 10.0.0.0');
});

test('one of two addresses leaves the requested pool while no controller runs: the other one stays there', () => {
  const both = ['10.0.0.1/32', 'fd00::/128'];
  const cluster = new TestCluster({ pools: [pool('own', both)] });
  cluster.apply(service('it', { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' }));
  cluster.annotate('it', { 'metallb.io/address-pool': 'own' });
  cluster.pools = [
    pool('own', ['10.0.0.0/31', 'fd00::1/128']),
    pool('other', both, { age: 1, autoAssign: false }),
  ];
  const restarted = cluster.restart();
  assert.equal(restarted.allocatedPool('it'), 'own');
  assert.equal(restarted.statusOf('it'), '10.0.0.1 fd00::1');
});

test('the requested pool is invalid, and the present one is gone: the request is named, also after the grace period', () => {
  const other = ['10.0.1.0/32'];
  const cluster = new TestCluster({
    pools: [ONE, pool('other', other, { serviceAllocation: { namespaces: ['shop'] } })],
    services: [service('it')],
  });
  cluster.annotate('it', { 'metallb.io/address-pool': 'other' });
  assert.equal(cluster.statusOf('it'), 'PoolNotCompatible 10.0.0.0');
  cluster.setPools(pool('other', [...other, 'rubbish']));
  for (const ms of [0, GRACE + 1]) {
    cluster.pass(ms);
    assert.equal(cluster.statusOf('it'), 'PoolInvalid 10.0.0.0');
    assert.deepEqual(withPatches(cluster.restart().initialResults), []);
  }
});

test('a requested address comes from the younger last valid version that admits the Service', () => {
  const shop = { serviceAllocation: { namespaces: ['shop'] } };
  const cluster = new TestCluster({
    pools: [pool('a', ['10.0.0.0/31'], shop), pool('b', ['10.0.0.0/31'], { age: 1 })],
    services: [service('it', { requests: { loadBalancerIPs: '10.0.0.0' } })],
  });
  assert.equal(cluster.statusOf('it'), 'PoolNotCompatible');
  cluster.setPools(pool('a', ['rubbish'], shop), pool('b', ['rubbish'], { age: 1 }));
  assert.equal(cluster.allocatedPool('it'), 'b');
  assert.deepEqual(withPatches(cluster.restart().initialResults), []);
});
