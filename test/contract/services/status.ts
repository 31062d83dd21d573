/** Writing the status of a Service: the one write on which a controller of addresses lives. */

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
    'an address is delivered as VIP unless told',
    [{ ip: '192.0.2.1' }],
    [{ ip: '192.0.2.1', ipMode: 'VIP' }],
  ),
  acceptedIngressRow('Proxy is kept', [{ ip: '192.0.2.1', ipMode: 'Proxy' }]),
  acceptedIngressRow('a host name has no mode', [{ hostname: 'a.example' }]),
  acceptedIngressRow('two families', [
    { ip: '192.0.2.1', ipMode: 'VIP' },
    { ip: '2001:db8::1', ipMode: 'VIP' },
  ]),
  acceptedIngressRow(
    'three addresses',
    ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((ip) => ({ ip, ipMode: 'VIP' })),
  ),
  acceptedIngressRow('leading zeros pass, as written', [{ ip: '192.0.2.001', ipMode: 'VIP' }]),
  acceptedIngressRow('long IPv6 spellings pass, as written', [{ ip: '2001:0db8:0:0::1', ipMode: 'VIP' }]),
  acceptedIngressRow('IPv4-mapped addresses pass, as written', [{ ip: '::ffff:192.0.2.1', ipMode: 'VIP' }]),
  acceptedIngressRow('ports with errors are kept', [
    { ip: '192.0.2.1', ipMode: 'VIP', ports: [{ port: 80, protocol: 'TCP', error: 'Some' }] },
  ]),
  refusedIngressRow(
    'an address that is none',
    [{ ip: '192.0.2.256' }],
    'status.loadBalancer.ingress[0].ip: Invalid value: "192.0.2.256"',
  ),
  refusedIngressRow(
    'an address with a blank',
    [{ ip: ' 192.0.2.1' }],
    'status.loadBalancer.ingress[0].ip: Invalid value',
  ),
  refusedIngressRow('an address with a prefix length', [{ ip: '192.0.2.1/32' }], 'Invalid value'),
  refusedIngressRow(
    'the second of two is bad',
    [{ ip: '192.0.2.1' }, { ip: 'x' }],
    'status.loadBalancer.ingress[1].ip',
  ),
  refusedIngressRow(
    'a mode that is none',
    [{ ip: '192.0.2.1', ipMode: 'vip' }],
    'Unsupported value: "vip": supported values: "Proxy", "VIP"',
  ),
  refusedIngressRow(
    'a mode without an address',
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
    'labels, annotations and finalizers ride along with a status patch',
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
    'the spec is left alone by a status patch, without a word',
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
    'an identical patch writes nothing',
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
    'an identical patch makes no event',
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
    'a patch under the current resourceVersion goes through',
    async (api) => {
      const { metadata } = await api.service('a');
      const patch = { metadata: { resourceVersion: metadata.resourceVersion, annotations: { a: 'b' } } };
      assert.equal((await api.call('PATCH', 'services/a/status', patch)).status, 200);
    },
  ],
  ...[MERGE_PATCH, STRATEGIC_MERGE_PATCH].map(
    (type): ContractRow => [
      `a ${type} under an old resourceVersion is a conflict`,
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
    'an old resourceVersion is a conflict even where nothing would change',
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
    'the right uid in a patch goes through',
    async (api) => {
      const { metadata } = await api.service('a');
      const after = await api.patch('services/a/status', {
        metadata: { uid: metadata.uid, annotations: { a: 'b' } },
      });
      assert.equal(after.metadata.annotations.a, 'b');
    },
  ],
  [
    'null takes annotation and ingress away',
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
