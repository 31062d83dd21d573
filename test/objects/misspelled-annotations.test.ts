import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decodeMisspelledAnnotations,
  judgeAnnotation,
  MISSPELLED_MAX,
  unreadKeys,
} from '../../src/objects/misspelled-annotations.ts';

/** Null: no mistake. '': a mistake, and nothing like it is read. */
const ROWS: readonly (readonly [key: string, meant: string | null])[] = [
  ['metallb.io/address-pool', null],
  ['metallb.universe.tf/loadBalancerIPs', null],
  ['metallb.io/ip-allocated-from-pool', null],
  ['metallb.universe.tf/ip-allocated-from-pool', null],
  ['berth.dev/foreign-addresses', null],
  ['metallb.universe.tf/adress-pool', 'metallb.universe.tf/address-pool'],
  ['metallb.universe.tf/address_pool', 'metallb.universe.tf/address-pool'],
  ['metallb.io/addresspool', 'metallb.io/address-pool'],
  ['metallb.io/loadBalancerIP', 'metallb.io/loadBalancerIPs'],
  ['metallb.universe.tf/loadbalancerips', 'metallb.universe.tf/loadBalancerIPs'],
  ['metallb.universe.tf/allow-shared-IP', 'metallb.universe.tf/allow-shared-ip'],
  ['metallb.io/allow-shared-ips', 'metallb.io/allow-shared-ip'],
  ['metalb.io/address-pool', 'metallb.io/address-pool'],
  ['metallb.universe.ft/address-pool', 'metallb.universe.tf/address-pool'],
  ['metallb.universe.io/address-pool', 'metallb.universe.tf/address-pool'],
  ['metallb/loadBalancerIPs', 'metallb.io/loadBalancerIPs'],
  ['berth.dev/address-pool', 'metallb.io/address-pool'],
  ['berth.dev/foreign-adresses', 'berth.dev/foreign-addresses'],
  ['address-pool', 'metallb.io/address-pool'],
  ['loadBalancerIPs', 'metallb.io/loadBalancerIPs'],
  ['metallb.io/colour', ''],
  ['example.com/address-pool', null],
  ['kube-vip.io/loadbalancerIPs', null],
  ['io.cilium/lb-ipam-ips', null],
  ['service.beta.kubernetes.io/aws-load-balancer-ip-address-type', null],
  ['my-address-pool', null],
  ['meta.helm.sh/release-name', null],
];

describe('an annotation of a Service', () => {
  for (const [key, meant] of ROWS)
    it(`${key} ${meant === null ? 'is no mistake' : meant === '' ? 'is read by nobody' : `is meant as ${meant}`}`, () =>
      assert.deepEqual(judgeAnnotation(key), {
        isMistake: meant !== null,
        meant: meant === '' ? null : meant,
      }));
});

it('a Service keeps few of them, at a length that is of use', () => {
  const many = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`metallb.io/x${i}`, 'v'.repeat(99_999)]),
  );
  const kept = decodeMisspelledAnnotations(many);
  assert.equal(Object.keys(kept).length, MISSPELLED_MAX);
  assert.ok(JSON.stringify(kept).length < 20_000);
  assert.deepEqual(
    decodeMisspelledAnnotations({ 'metallb.io/loadBalancerIP': 7, 'metallb.io/address-pool': 'a' }),
    {},
  );
});

it('a request that is a label is a mistake, too', () => {
  const found = unreadKeys({ annotations: {}, labels: { 'metallb.io/address-pool': 'a', app: 'b' } });
  assert.deepEqual(found, [
    {
      field: 'metadata.labels',
      key: 'metallb.io/address-pool',
      value: 'a',
      meant: 'metallb.io/address-pool',
    },
  ]);
});
