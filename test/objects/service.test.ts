/** Services are decoded to the fields that assigning and announcing need, whatever their shape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { compareServiceAge, decodeService } from '../../src/objects/service.ts';

const statusEntry = (manager: string, time: string, field = 'f:loadBalancer'): object => ({
  manager,
  time,
  operation: 'Update',
  subresource: 'status',
  fieldsV1: { 'f:status': { [field]: { 'f:ingress': {} } } },
});

const WEB: Raw = {
  metadata: {
    namespace: 'shop',
    name: 'web',
    uid: 'u-1',
    resourceVersion: '77',
    creationTimestamp: '2026-01-01T00:00:05Z',
    labels: { app: 'web' },
    annotations: {
      'metallb.io/ip-allocated-from-pool': 'main',
      'metallb.universe.tf/address-pool': 'main',
      'kubectl.kubernetes.io/last-applied-configuration': '{"large":true}',
    },
    managedFields: [
      statusEntry('controller', '2026-01-01T00:00:06Z'),
      statusEntry('berth', '2026-01-01T00:00:09Z'),
      statusEntry('conditions-only', '2026-01-01T00:00:10Z', 'f:conditions'),
      { manager: 'kubectl', time: '2026-01-01T00:00:11Z', fieldsV1: { 'f:spec': {} } },
    ],
  },
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.9',
    clusterIPs: ['10.96.0.9', 'fd00::9'],
    ipFamilies: ['IPv4', 'IPv6'],
    ipFamilyPolicy: 'PreferDualStack',
    externalIPs: ['198.51.100.1'],
    loadBalancerIP: ' 192.0.2.1',
    externalTrafficPolicy: 'Cluster',
    selector: { tier: 'front', app: 'web' },
    ports: [
      { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 },
      { port: 53, protocol: 'UDP' },
    ],
  },
  status: {
    loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }, { hostname: 'lb.test' }] },
    conditions: [
      {
        type: 'berth.dev/Assigned',
        status: 'True',
        reason: 'Assigned',
        message: 'm',
        lastTransitionTime: 't',
      },
      { type: 'other.dev/Seen', status: 'True' },
    ],
  },
};

describe('decoding a Service', () => {
  it('keeps the fields that are needed, and the condition types and annotations that are read', () => {
    assert.deepEqual(decodeService(WEB), {
      key: 'shop/web',
      uid: 'u-1',
      resourceVersion: '77',
      createdAt: Date.UTC(2026, 0, 1, 0, 0, 5),
      deleting: false,
      labels: { app: 'web' },
      annotations: {
        'metallb.io/ip-allocated-from-pool': 'main',
        'metallb.universe.tf/address-pool': 'main',
      },
      type: 'LoadBalancer',
      loadBalancerClass: null,
      clusterIPs: ['10.96.0.9', 'fd00::9'],
      externalIPs: ['198.51.100.1'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'PreferDualStack',
      loadBalancerIP: ' 192.0.2.1',
      externalTrafficPolicy: 'Cluster',
      selector: 'app=web,tier=front',
      ports: [
        { protocol: 'TCP', port: 80 },
        { protocol: 'UDP', port: 53 },
      ],
      ingress: [
        { ip: '192.0.2.1', hostname: null, ipMode: 'VIP' },
        { ip: null, hostname: 'lb.test', ipMode: null },
      ],
      conditions: [
        {
          type: 'berth.dev/Assigned',
          status: 'True',
          reason: 'Assigned',
          message: 'm',
          lastTransitionTime: 't',
        },
      ],
      statusWriter: 'berth',
    });
  });

  it('gives empty fields for an object with a name alone', () => {
    const bare = decodeService({ metadata: { name: 'x', namespace: 'n' } });
    assert.equal(bare?.key, 'n/x');
    assert.deepEqual([bare?.ports, bare?.ingress, bare?.clusterIPs, bare?.labels], [[], [], [], {}]);
    assert.equal(bare?.createdAt, Number.POSITIVE_INFINITY);
  });

  it('gives null for an object without a name', () => assert.equal(decodeService({ spec: {} }), null));

  it('takes spec.clusterIP where spec.clusterIPs is missing', () => {
    const { clusterIPs } =
      decodeService({ metadata: { name: 'x' }, spec: { clusterIP: 'None' } }) ?? assert.fail();
    assert.deepEqual(clusterIPs, ['None']);
  });

  it('recognises a Service that is being deleted', () => {
    const raw = { metadata: { name: 'x', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    assert.equal(decodeService(raw)?.deleting, true);
  });

  it('shares equal values between Services', () => {
    const copies = [1, 2].map(() => decodeService(JSON.parse(JSON.stringify(WEB))) ?? assert.fail());
    const [a, b] = [copies[0] ?? assert.fail(), copies[1] ?? assert.fail()];
    for (const field of ['labels', 'annotations', 'ports', 'ipFamilies'] as const)
      assert.equal(a[field], b[field], field);
  });

  it('never throws, whatever the shape', () => {
    const odd = [null, 7, 'text', [], [null], [7], {}, { a: null }, { ingress: 7 }, [[]]];
    for (const field of Object.keys(WEB)) {
      for (const key of Object.keys(WEB[field] as object)) {
        for (const value of odd) {
          const raw = { ...WEB, [field]: { ...(WEB[field] as object), [key]: value } };
          assert.doesNotThrow(() => decodeService(raw), `${field}.${key} = ${JSON.stringify(value)}`);
        }
      }
      for (const value of odd) assert.doesNotThrow(() => decodeService({ ...WEB, [field]: value }));
    }
  });
});

it('Services are ordered by age, then by key', () => {
  const created = (name: string, second: number) =>
    decodeService({
      metadata: { name, namespace: 'n', creationTimestamp: `2026-01-01T00:00:0${second}Z` },
    }) ?? assert.fail();
  const notStored = decodeService({ metadata: { name: 'a', namespace: 'n' } }) ?? assert.fail();
  const sorted = [notStored, created('c', 1), created('b', 1), created('a', 2)].sort(compareServiceAge);
  assert.deepEqual(
    sorted.map(({ key, createdAt }) => `${key} ${Number.isFinite(createdAt)}`),
    ['n/b true', 'n/c true', 'n/a true', 'n/a false'],
  );
});
