import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import {
  EXPECT_ANNOTATION,
  readServiceRow,
  type ServiceRow,
} from '../../../src/playground/cluster/service-row.ts';

type Parts = {
  readonly annotations?: Record<string, string>;
  readonly spec?: Record<string, unknown>;
  readonly ips?: readonly string[];
  readonly reason?: string;
};

const raw = ({ annotations = {}, spec = {}, ips = [], reason }: Parts): Raw => ({
  metadata: { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '7', annotations },
  spec: {
    type: 'LoadBalancer',
    clusterIPs: ['10.96.0.9'],
    ipFamilies: ['IPv4'],
    ports: [{ port: 80 }],
    ...spec,
  },
  status: {
    loadBalancer: { ingress: ips.map((ip) => ({ ip })) },
    conditions:
      reason === undefined
        ? []
        : [
            {
              type: 'berth.dev/Assigned',
              status: ips.length > 0 ? 'True' : 'False',
              reason,
              message: 'So it is.',
            },
          ],
  },
});

const row = (parts: Parts): ServiceRow => {
  const read = readServiceRow(raw(parts));
  assert.ok(read);
  return read;
};

describe('the request of a Service', () => {
  const dual = { clusterIPs: ['10.96.0.9', 'fd00::9'] };
  const rows: readonly [says: string, parts: Parts, want: string][] = [
    ['an address of the only family', {}, 'IPv4'],
    ['IPv6 alone', { spec: { clusterIPs: ['fd00::9'] } }, 'IPv6'],
    ['both', { spec: { ...dual, ipFamilyPolicy: 'RequireDualStack' } }, 'IPv4 and IPv6'],
    [
      'both, on a cluster of one family',
      { spec: { ipFamilyPolicy: 'PreferDualStack' } },
      'IPv4, both if possible',
    ],
    ['an address', { annotations: { 'metallb.io/loadBalancerIPs': '192.0.2.7' } }, '192.0.2.7'],
    ['an address in the field', { spec: { loadBalancerIP: '192.0.2.7' } }, '192.0.2.7'],
    [
      'two addresses, a pool and a sharing key',
      {
        spec: dual,
        annotations: {
          'metallb.io/loadBalancerIPs': '192.0.2.7,2001:db8::7',
          'metallb.io/address-pool': 'a',
          'metallb.io/allow-shared-ip': 'k',
        },
      },
      '192.0.2.7 and 2001:db8::7, pool a, shared as k',
    ],
    [
      'an invalid address is shown as it is',
      { annotations: { 'metallb.io/loadBalancerIPs': 'over there' } },
      'over there',
    ],
    ['no cluster IP', { spec: { clusterIPs: [] } }, 'no cluster IP yet'],
    [
      'a long name is truncated',
      { annotations: { 'metallb.io/address-pool': 'x'.repeat(200) } },
      `IPv4, pool ${'x'.repeat(48)}…`,
    ],
  ];
  for (const [says, parts, want] of rows) it(says, () => assert.equal(row(parts).request, want));
});

describe('the state of a Service', () => {
  const rows: readonly [says: string, parts: Parts, want: Partial<ServiceRow>][] = [
    ['not reconciled yet', {}, { state: 'unreconciled', note: null, shouldHaveAddress: true }],
    [
      'assigned',
      { ips: ['192.0.2.1'], reason: 'Assigned', annotations: { 'metallb.io/ip-allocated-from-pool': 'a' } },
      { state: 'assigned', note: null, pool: 'a', addresses: ['192.0.2.1'] },
    ],
    [
      'served, with a warning',
      { ips: ['192.0.2.1'], reason: 'Layer2Only' },
      { state: 'assigned', note: 'Layer2Only: So it is.', pool: null },
    ],
    ['waiting', { reason: 'PoolExhausted' }, { state: 'waiting', note: 'PoolExhausted: So it is.' }],
    [
      'of another controller',
      { spec: { loadBalancerClass: 'acme' } },
      { state: 'others', note: 'Its class "acme" is for another controller.', shouldHaveAddress: false },
    ],
    [
      'expected to have no address',
      { annotations: { [EXPECT_ANNOTATION]: 'waiting' } },
      { shouldHaveAddress: false },
    ],
    [
      'any other value of the annotation is ignored',
      { annotations: { [EXPECT_ANNOTATION]: 'luck' } },
      { shouldHaveAddress: true },
    ],
  ];
  for (const [says, parts, want] of rows) {
    it(says, () => {
      const read = row(parts);
      assert.deepEqual(
        Object.fromEntries(Object.keys(want).map((key) => [key, read[key as keyof ServiceRow]])),
        want,
      );
    });
  }

  it('an object without a name has no row', () => assert.equal(readServiceRow({ metadata: {} }), null));
});
