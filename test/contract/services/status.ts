/** Contract: patches of the status of a Service, the main write of the controller. */

import assert from 'node:assert/strict';
import { MERGE_PATCH, STRATEGIC_MERGE_PATCH } from '../../../src/objects/patch-type.ts';
import type { Loose } from '../client.ts';
import { assertIncludes, type ContractRow } from '../fixture.ts';

const TIMESTAMP = '2026-01-01T00:00:00Z';
export const condition = (type: string, status = 'True'): Loose => ({
  type,
  status,
  reason: 'Because',
  message: '',
  lastTransitionTime: TIMESTAMP,
});

const acceptedIngressRow = (
  title: string,
  ingress: readonly Loose[],
  stored: readonly Loose[] = ingress,
): ContractRow => [
  title,
  async (api) => {
    await api.service('a');
    const after = await api.patch('services/a/status', { status: { loadBalancer: { ingress } } });
    assert.deepEqual(after.status.loadBalancer.ingress, stored);
  },
];

const refusedIngressRow = (
  title: string,
  ingress: readonly Loose[],
  ...parts: readonly string[]
): ContractRow => [
  title,
  async (api) => {
    const before = await api.service('a');
    await api.mustRefuse(
      api.call('PATCH', 'services/a/status', { status: { loadBalancer: { ingress } } }),
      422,
      'Invalid',
      ...parts,
    );
    assert.deepEqual(await api.get('services/a'), before);
  },
];

export const serviceStatus: readonly ContractRow[] = [
  acceptedIngressRow(
    'an address has ipMode VIP by default',
    [{ ip: '192.0.2.1' }],
    [{ ip: '192.0.2.1', ipMode: 'VIP' }],
  ),
  acceptedIngressRow('Proxy is kept', [{ ip: '192.0.2.1', ipMode: 'Proxy' }]),
  acceptedIngressRow('a host name has no ipMode', [{ hostname: 'a.example' }]),
  acceptedIngressRow('two families', [
    { ip: '192.0.2.1', ipMode: 'VIP' },
    { ip: '2001:db8::1', ipMode: 'VIP' },
  ]),
  acceptedIngressRow(
    'three addresses',
    ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((ip) => ({ ip, ipMode: 'VIP' })),
  ),
  acceptedIngressRow('leading zeros are accepted, as written', [{ ip: '192.0.2.001', ipMode: 'VIP' }]),
  acceptedIngressRow('IPv6 addresses in long form are accepted, as written', [
    { ip: '2001:0db8:0:0::1', ipMode: 'VIP' },
  ]),
  acceptedIngressRow('IPv4-mapped addresses pass, as written', [{ ip: '::ffff:192.0.2.1', ipMode: 'VIP' }]),
  acceptedIngressRow('ports with errors are stored', [
    { ip: '192.0.2.1', ipMode: 'VIP', ports: [{ port: 80, protocol: 'TCP', error: 'Some' }] },
  ]),
  refusedIngressRow(
    'an invalid address',
    [{ ip: '192.0.2.256' }],
    'status.loadBalancer.ingress[0].ip: Invalid value: "192.0.2.256"',
  ),
  refusedIngressRow(
    'an address with a space',
    [{ ip: ' 192.0.2.1' }],
    'status.loadBalancer.ingress[0].ip: Invalid value',
  ),
  refusedIngressRow('an address with a prefix length', [{ ip: '192.0.2.1/32' }], 'Invalid value'),
  refusedIngressRow(
    'an invalid second address',
    [{ ip: '192.0.2.1' }, { ip: 'x' }],
    'status.loadBalancer.ingress[1].ip',
  ),
  refusedIngressRow(
    'an invalid mode',
    [{ ip: '192.0.2.1', ipMode: 'vip' }],
    'Unsupported value: "vip": supported values: "Proxy", "VIP"',
  ),
  refusedIngressRow(
    'an ipMode without an address',
    [{ hostname: 'a', ipMode: 'VIP' }],
    'may not be specified when `ip` is not set',
  ),
  refusedIngressRow(
    'a host name that is an address',
    [{ hostname: '192.0.2.1' }],
    'must be a DNS name, not an IP address',
  ),
  [
    'a ClusterIP Service has no ingress',
    async (api) => {
      await api.service('a', { type: 'ClusterIP' });
      const patch = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
      await api.mustRefuse(
        api.call('PATCH', 'services/a/status', patch),
        422,
        'Invalid',
        'status.loadBalancer.ingress: Forbidden',
        "may only be used when `spec.type` is 'LoadBalancer'",
      );
    },
  ],
  [
    'a status patch may change labels, annotations and finalizers',
    async (api) => {
      await api.service('a');
      const metadata = { labels: { l: '1' }, annotations: { n: '2' }, finalizers: ['example.com/f'] };
      const after = await api.patch('services/a/status', {
        metadata,
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
      });
      assertIncludes(after.metadata, metadata);
      assert.equal(after.status.loadBalancer.ingress.length, 1);
      await api.patch('services/a', { metadata: { finalizers: null } });
    },
  ],
  [
    'a status patch ignores changes of the spec, without a warning',
    async (api) => {
      const before = await api.service('a');
      const after = await api.patch('services/a/status', {
        spec: { type: 'ClusterIP' },
        metadata: { annotations: { a: 'b' } },
      });
      assert.deepEqual(after.spec, before.spec);
    },
  ],
  [
    'a patch without a change writes nothing',
    async (api) => {
      await api.service('a');
      const first = await api.ingress('a', '192.0.2.1');
      assert.equal(
        (await api.ingress('a', '192.0.2.1')).metadata.resourceVersion,
        first.metadata.resourceVersion,
      );
    },
  ],
  [
    'a patch without a change causes no event',
    async (api) => {
      await api.service('a');
      const first = await api.ingress('a', '192.0.2.1');
      const watch = await api.watch('services', { resourceVersion: first.metadata.resourceVersion });
      await api.ingress('a', '192.0.2.1');
      await api.ingress('a', '192.0.2.2');
      assert.deepEqual((await watch.next()).object.status.loadBalancer.ingress, [
        { ip: '192.0.2.2', ipMode: 'VIP' },
      ]);
    },
  ],
  [
    'a patch with the current resourceVersion is applied',
    async (api) => {
      const { metadata } = await api.service('a');
      const patch = { metadata: { resourceVersion: metadata.resourceVersion, annotations: { a: 'b' } } };
      assert.equal((await api.call('PATCH', 'services/a/status', patch)).status, 200);
    },
  ],
  ...[MERGE_PATCH, STRATEGIC_MERGE_PATCH].map(
    (type): ContractRow => [
      `a ${type} with an old resourceVersion is a conflict`,
      async (api) => {
        const { metadata } = await api.service('a');
        const after = await api.ingress('a', '192.0.2.1');
        const patch = {
          metadata: { resourceVersion: metadata.resourceVersion },
          status: { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] } },
        };
        await api.mustRefuse(
          api.call('PATCH', 'services/a/status', patch, { type }),
          409,
          'Conflict',
          'Operation cannot be fulfilled on services "a"',
          'the object has been modified',
        );
        assert.deepEqual(await api.get('services/a'), after);
      },
    ],
  ),
  [
    'an old resourceVersion is a conflict even without a change',
    async (api) => {
      const { metadata } = await api.service('a');
      await api.ingress('a', '192.0.2.1');
      const patch = {
        metadata: { resourceVersion: metadata.resourceVersion },
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] } },
      };
      await api.mustRefuse(api.call('PATCH', 'services/a/status', patch), 409, 'Conflict');
    },
  ],
  [
    'a wrong uid in a patch is 422, not a conflict',
    async (api) => {
      await api.service('a');
      const patch = { metadata: { uid: '00000000-0000-4000-8000-000000000000', annotations: { a: 'b' } } };
      await api.mustRefuse(
        api.call('PATCH', 'services/a/status', patch),
        422,
        'Invalid',
        'metadata.uid: Invalid value',
        'field is immutable',
      );
    },
  ],
  [
    'a patch with the right uid is applied',
    async (api) => {
      const { metadata } = await api.service('a');
      const after = await api.patch('services/a/status', {
        metadata: { uid: metadata.uid, annotations: { a: 'b' } },
      });
      assert.equal(after.metadata.annotations.a, 'b');
    },
  ],
  [
    'null removes annotation and ingress',
    async (api) => {
      await api.service('a', {}, { annotations: { a: 'b', c: 'd' } });
      await api.ingress('a', '192.0.2.1');
      const after = await api.patch('services/a/status', {
        metadata: { annotations: { a: null } },
        status: { loadBalancer: null },
      });
      assert.deepEqual(after.metadata.annotations, { c: 'd' });
      assert.deepEqual(after.status, { loadBalancer: {} });
    },
  ],
];
