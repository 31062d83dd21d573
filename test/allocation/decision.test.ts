/** Texts of decisions: their length, and the events that users of MetalLB know. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DUAL, DUAL_REQUIRED, requestsAddress, requestsPool, WEB } from './support/outcomes.ts';
import { eventsOf, pool, type ServiceOverrides, service, TestCluster } from './support/test-cluster.ts';

test('conditions and events are of limited length, whatever an annotation contains', () => {
  const rubbish = 'x'.repeat(100_000);
  for (const requests of [
    { loadBalancerIPs: rubbish },
    { loadBalancerIPs: `${'10.0.0.1,'.repeat(10_000)}` },
    { 'address-pool': rubbish },
    { 'allow-shared-ip': rubbish },
  ]) {
    const cluster = new TestCluster({ pools: [WEB] });
    const results = cluster.apply(service('it', { requests }));
    assert.ok(cluster.conditionMessage('it').length <= 1024);
    for (const event of eventsOf(results)) assert.ok(event.length <= 1024, event.slice(0, 80));
  }
});

test('the events have the reasons and messages of MetalLB', () => {
  const cluster = new TestCluster({ pools: [DUAL, pool('one', ['10.8.0.0/32'])] });
  const eventsFor = (name: string, overrides: ServiceOverrides) =>
    eventsOf(cluster.apply(service(name, overrides)));
  assert.deepEqual(eventsFor('a', {}), ['IPAllocated: Assigned IP ["10.1.0.0"]']);
  assert.deepEqual(eventsFor('b', { ...DUAL_REQUIRED }), ['IPAllocated: Assigned IP ["10.1.0.1" "fd01::"]']);
  assert.deepEqual(eventsFor('c', requestsPool('nowhere')), [
    'AllocationFailed: Failed to allocate IP for "default/c": unknown pool "nowhere". There is no pool "nowhere"; request one that exists, or create it.',
  ]);
  // As with MetalLB: LoadBalancerFailed only while it has an address.
  const unreadable = 'In the annotation metallb.io/loadBalancerIPs, "rubbish" is not an IP address.';
  assert.deepEqual(eventsFor('d', requestsAddress('rubbish')), [
    `AllocationFailed: Failed to allocate IP for "default/d": invalid requested loadbalancer IPs: ${unreadable}`,
  ]);
  eventsFor('h', {});
  assert.deepEqual(eventsOf(cluster.annotate('h', { 'metallb.io/loadBalancerIPs': 'rubbish' })), [
    `LoadBalancerFailed: invalid requested loadbalancer IPs: Keeps 10.1.0.2 from pool "dual", since the request is invalid. ${unreadable}`,
  ]);
  assert.deepEqual(eventsFor('e', { families: [4], ipFamilyPolicy: 'RequireDualStack' }), [
    'not enough clusterips: Service requires dual stack but not enough clusterips [10.96.0.1]. The Service has ipFamilyPolicy RequireDualStack, but cluster IPs of one family only. Set PreferDualStack or SingleStack.',
  ]);
  assert.deepEqual(eventsFor('f', { annotations: { 'metallb.universe.tf/address-pool': 'one' } }), [
    'IPAllocated: Assigned IP ["10.8.0.0"]',
    'deprecatedAnnotation: Service uses deprecated annotation "metallb.universe.tf/address-pool"',
  ]);
  assert.deepEqual(eventsFor('g', { requests: { loadBalancerIPs: '10.1.0.0' } }), [
    'AllocationFailed: Failed to allocate IP for "default/g": "10.1.0.0" is in use by default/a. 10.1.0.0 is taken by another Service; `berth explain address 10.1.0.0` names it. This Service gets the address when it is released.',
  ]);
  assert.deepEqual(eventsOf(cluster.reconcileAll()), []);
});
