/** Services that Calico's LoadBalancer controller claims, and what a change of the claims requeues. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExternalClaims, externalClaimCondition } from '../../src/allocation/external-claims.ts';
import type { IpamClaims } from '../../src/calico/objects/load-balancer-ipam.ts';
import { pool, type ServiceOverrides, service, TestCluster } from './support/test-cluster.ts';

const claimsOf = (claims: Partial<IpamClaims> = {}): ExternalClaims => ({
  ipam: { mode: 'AllServices', pools: ['balancers'], scope: 'by-class', ...claims },
});
const ON_REQUEST = claimsOf({ mode: 'RequestedServicesOnly' });
const ANNOTATED = { annotations: { 'projectcalico.org/ipv4pools': '["balancers"]' } };

const rows: readonly (readonly [
  title: string,
  claims: ExternalClaims | null,
  overrides: ServiceOverrides,
  isClaimed: boolean,
])[] = [
  ['without Calico nothing is claimed', null, ANNOTATED, false],
  ["an annotation claims even while Calico's allocator is off", { ipam: null }, ANNOTATED, true],
  ['without an annotation nothing is claimed then', { ipam: null }, {}, false],
  ['AllServices claims every Service', claimsOf(), {}, true],
  ['a class of others is not claimed', claimsOf(), { loadBalancerClass: 'x.io/y' }, false],
  [
    'before Calico 3.30.3 every class is claimed',
    claimsOf({ scope: 'any-class' }),
    { loadBalancerClass: 'x.io/y' },
    true,
  ],
  ['RequestedServicesOnly claims no Service unasked', ON_REQUEST, {}, false],
  ["RequestedServicesOnly claims Calico's own class", ON_REQUEST, { loadBalancerClass: 'calico' }, true],
  ['spec.loadBalancerIP is no request', ON_REQUEST, { loadBalancerIP: '10.0.0.1' }, false],
  [
    'after Calico 3.32.1 it is',
    claimsOf({ mode: 'RequestedServicesOnly', scope: 'by-class-or-address' }),
    { loadBalancerIP: '10.0.0.1' },
    true,
  ],
];

for (const [title, claims, overrides, isClaimed] of rows) {
  test(title, () => {
    const condition = externalClaimCondition(claims, service('it', overrides));
    assert.deepEqual(
      [condition?.status, condition?.reason],
      isClaimed ? ['Unknown', 'CalicoAllocates'] : [undefined, undefined],
    );
  });
}

test('a change of the claims requeues exactly the Services concerned', () => {
  const cluster = new TestCluster({
    pools: [pool('p', ['10.0.0.0/29'])],
    services: [
      service('plain'),
      service('annotated', ANNOTATED),
      service('classed', { loadBalancerClass: 'x.io/y' }),
    ],
  });
  const { allocator } = cluster;
  const changes: readonly (readonly [ExternalClaims | null, readonly string[]])[] = [
    [{ ipam: null }, ['default/annotated']],
    [ON_REQUEST, []],
    [claimsOf(), ['default/plain']],
    [claimsOf({ pools: ['balancers', 'more'] }), []],
    [null, ['default/plain', 'default/annotated']],
  ];
  for (const [claims, requeued] of changes)
    assert.deepEqual(allocator.updateExternalClaims(claims), requeued, JSON.stringify(claims));
});

test('a claimed Service is left alone, its address counts as taken, and it is managed again afterwards', () => {
  const cluster = new TestCluster({ pools: [pool('p', ['10.0.0.0/31'])], services: [service('web')] });
  cluster.setExternalClaims(claimsOf());
  assert.equal(cluster.statusOf('web'), 'CalicoAllocates 10.0.0.0');
  assert.equal(
    cluster.conditionMessage('web'),
    "Calico's LoadBalancer controller (AllServices) assigns addresses to this Service. Set assignIPs: RequestedServicesOnly in KubeControllersConfiguration default, or give the Service a loadBalancerClass that Berth manages.",
  );
  cluster.apply(service('late'));
  assert.equal(cluster.statusOf('late'), 'CalicoAllocates');
  assert.equal(cluster.restart().initialResults.filter(({ patch }) => patch !== null).length, 0);
  cluster.setExternalClaims(null);
  assert.deepEqual([cluster.statusOf('web'), cluster.statusOf('late')], ['10.0.0.0', '10.0.0.1']);
});

test('addresses that Calico writes on a claimed Service are no conflict', () => {
  const cluster = new TestCluster({
    pools: [pool('p', ['10.0.0.0/31'])],
    services: [service('web')],
    externalClaims: claimsOf(),
  });
  for (const ip of ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4']) {
    cluster.edit('web', {
      ingress: [{ ip, hostname: null, ipMode: 'VIP' }],
      statusWriter: 'kube-controllers',
    });
    cluster.setExternalClaims({ ipam: null });
    cluster.setExternalClaims(claimsOf());
    assert.equal(cluster.statusOf('web'), `CalicoAllocates ${ip}`);
  }
});
