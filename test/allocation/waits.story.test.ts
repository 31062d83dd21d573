/** Stories of Services whose request is not met: what others do reaches them, and no process needs a second look. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pool, service, TestCluster, withPatches } from './support/test-cluster.ts';

const SHOP = { serviceAllocation: { namespaces: ['shop'] } };

/** No reconcile would change anything, neither in this process nor in the next one. */
function assertSettled(cluster: TestCluster): void {
  assert.deepEqual(withPatches(cluster.reconcileAll()), []);
  assert.deepEqual(withPatches(cluster.restart().initialResults), []);
}

test('a requested address is released that a pool refuses and the last valid version of another one lists', () => {
  const bound = pool('bound', ['10.0.0.0/32'], { age: 1, ...SHOP });
  const cluster = new TestCluster({
    pools: [pool('web', ['10.0.0.0/32']), bound],
    services: [service('holder'), service('it', { requests: { loadBalancerIPs: '10.0.0.0' } })],
  });
  assert.equal(cluster.statusOf('it'), 'AddressTaken');
  cluster.setPools(pool('web', ['rubbish']), bound);
  assert.equal(cluster.statusOf('it'), 'PoolNotCompatible');
  cluster.delete('holder');
  assert.equal(cluster.statusOf('it'), '10.0.0.0');
});

for (const [request, reason] of [
  ['10.0.0.1,10.0.0.2', 'InvalidRequest'],
  ['fd00::1', 'FamilyMismatch'],
] as const)
  test(`${reason}: the Service moves with its address when the requested pool lists it`, () => {
    const web = pool('web', ['10.0.0.0/30']);
    const cluster = new TestCluster({ pools: [web], services: [service('it')] });
    cluster.annotate('it', { 'metallb.io/address-pool': 'next', 'metallb.io/loadBalancerIPs': request });
    assert.equal(cluster.statusOf('it'), `${reason} 10.0.0.0`);
    cluster.setPools(web, pool('next', ['10.0.0.0/29'], { age: 1 }));
    assert.equal(cluster.allocatedPool('it'), 'next');
    assert.equal(cluster.statusOf('it'), `${reason} 10.0.0.0`);
    assertSettled(cluster);
  });

test('with --unmet-requests=release, an unreadable request keeps the address, whatever else it lacks', () => {
  const cluster = new TestCluster({
    pools: [pool('web', ['10.0.0.0/30'])],
    services: [service('it')],
    options: { unmetRequests: 'release' },
  });
  cluster.annotate('it', { 'metallb.io/loadBalancerIPs': 'rubbish' });
  assert.equal(cluster.statusOf('it'), 'InvalidRequest 10.0.0.0');
  cluster.edit('it', { ipFamilyPolicy: 'RequireDualStack' });
  assert.equal(cluster.statusOf('it'), 'DualStackUnavailable 10.0.0.0');
  assertSettled(cluster);
});

const DUAL = { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' } as const;
const SHARED = { requests: { 'allow-shared-ip': 'k' } };
const UNSHARES = { 'metallb.io/allow-shared-ip': 'l' };

test('a Service leaves a shared address for one of its family in a later pool than that of another family', () => {
  const six = pool('six', ['fd06::/128']);
  const cluster = new TestCluster({
    pools: [six],
    services: [service('it', { ...DUAL, ...SHARED }), service('x', { ...DUAL, ...SHARED, tcpPorts: [443] })],
  });
  assert.deepEqual(cluster.get('x').ingress, cluster.get('it').ingress);
  cluster.setPools(six, pool('four', ['10.0.0.0/32']), pool('more', ['fd07::/128']));
  cluster.annotate('it', UNSHARES);
  assert.equal(cluster.statusOf('it'), 'AssignedOneFamily fd07::');
  assertSettled(cluster);
});

test('a Service stays on two shared addresses: its condition does not follow what others take meanwhile', () => {
  const cluster = new TestCluster({
    pools: [pool('web', ['10.0.0.0/31', 'fd00::/128'])],
    services: [service('it', { ...DUAL, ...SHARED }), service('x', { ...DUAL, ...SHARED, tcpPorts: [443] })],
  });
  cluster.annotate('it', UNSHARES);
  assert.equal(cluster.statusOf('it'), 'SharingRefused 10.0.0.0 fd00::');
  assert.match(cluster.conditionMessage('it'), /IPv4 and IPv6 addresses are not both free in pool "web"/);
  cluster.apply(service('new'));
  assert.equal(cluster.statusOf('new'), '10.0.0.1');
  assertSettled(cluster);
});

test('a Service stays on a shared address of a pool that is gone: no restart lets it displace the others', () => {
  const web = pool('web', ['10.0.0.0/32']);
  const spare = pool('spare', ['10.9.0.0/32']);
  const cluster = new TestCluster({
    pools: [web],
    services: [service('it', SHARED), service('x', { ...SHARED, tcpPorts: [443] })],
  });
  cluster.setPools(spare);
  cluster.annotate('it', { ...UNSHARES, 'metallb.io/address-pool': 'web' });
  assert.equal(cluster.statusOf('it'), 'SharingRefused 10.0.0.0');
  assert.match(
    cluster.conditionMessage('it'),
    /^Keeps 10\.0\.0\.0 for now, although pool "web" was deleted\./,
  );
  assert.match(
    cluster.conditionMessage('it'),
    /Other Services on it have another metallb\.io\/allow-shared-ip/,
  );
  assertSettled(cluster);
});
