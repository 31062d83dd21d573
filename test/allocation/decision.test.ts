/** What is told, and that it is never too long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DUAL, DUAL_REQUIRED, requestsAddress, requestsPool, WEB } from './support/outcomes.ts';
import { eventsOf, pool, type ServiceOverrides, service, TestCluster } from './support/test-cluster.ts';

test('every verdict fits a condition, whatever an annotation holds', () => {
  const rubbish = 'x'.repeat(100_000);
  for (const requests of [
    { loadBalancerIPs: rubbish },
    { loadBalancerIPs: `${'10.0.0.1,'.repeat(10_000)}` },
    { 'address-pool': rubbish },
    { 'allow-shared-ip': rubbish },
  ]) {
    const world = new TestCluster({ pools: [WEB] });
    const looks = world.apply(service('it', { requests }));
    assert.ok(world.conditionMessage('it').length <= 1024);
    for (const event of eventsOf(looks)) assert.ok(event.length <= 1024, event.slice(0, 80));
  }
});

test('the events are those that MetalLB’s users know', () => {
  const world = new TestCluster({ pools: [DUAL, pool('one', ['10.8.0.0/32'])] });
  const told = (name: string, wish: ServiceOverrides) => eventsOf(world.apply(service(name, wish)));
  assert.deepEqual(told('a', {}), ['IPAllocated: Assigned IP ["10.1.0.0"]']);
  assert.deepEqual(told('b', { ...DUAL_REQUIRED }), ['IPAllocated: Assigned IP ["10.1.0.1" "fd01::"]']);
  assert.deepEqual(told('c', requestsPool('nowhere')), [
    'AllocationFailed: Failed to allocate IP for "default/c": unknown pool "nowhere"',
  ]);
  assert.match(
    told('d', requestsAddress('rubbish'))[0] ?? '',
    /^LoadBalancerFailed: invalid requested loadbalancer IPs: /,
  );
  assert.deepEqual(told('e', { families: [4], ipFamilyPolicy: 'RequireDualStack' }), [
    'not enough clusterips: Service requires dual stack but not enough clusterips [10.96.0.1]',
  ]);
  assert.deepEqual(told('f', { annotations: { 'metallb.universe.tf/address-pool': 'one' } }), [
    'IPAllocated: Assigned IP ["10.8.0.0"]',
    'deprecatedAnnotation: Service uses deprecated annotation "metallb.universe.tf/address-pool"',
  ]);
  assert.deepEqual(told('g', { requests: { loadBalancerIPs: '10.1.0.0' } }), [
    'AllocationFailed: Failed to allocate IP for "default/g": "10.1.0.0" is in use by default/a',
  ]);
  assert.deepEqual(eventsOf(world.reconcileAll()), []);
});
