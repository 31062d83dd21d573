/** Writing the status of a Service: the one write on which a controller of addresses lives. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { has, MERGE, type Row, STRATEGIC } from './stage.ts';

const STAMP = '2026-01-01T00:00:00Z';
export const condition = (type: string, status = 'True'): Loose => ({
  type,
  status,
  reason: 'Because',
  message: '',
  lastTransitionTime: STAMP,
});

const accepts = (says: string, ingress: readonly Loose[], stored: readonly Loose[] = ingress): Row => [
  says,
  async (stage) => {
    await stage.service('a');
    const after = await stage.patch('services/a/status', { status: { loadBalancer: { ingress } } });
    assert.deepEqual(after.status.loadBalancer.ingress, stored);
  },
];

const refuses = (says: string, ingress: readonly Loose[], ...parts: readonly string[]): Row => [
  says,
  async (stage) => {
    const before = await stage.service('a');
    await stage.refused(
      stage.call('PATCH', 'services/a/status', { status: { loadBalancer: { ingress } } }),
      422,
      'Invalid',
      ...parts,
    );
    assert.deepEqual(await stage.get('services/a'), before);
  },
];

export const serviceStatus: readonly Row[] = [
  accepts(
    'an address is delivered as VIP unless told',
    [{ ip: '192.0.2.1' }],
    [{ ip: '192.0.2.1', ipMode: 'VIP' }],
  ),
  accepts('Proxy is kept', [{ ip: '192.0.2.1', ipMode: 'Proxy' }]),
  accepts('a host name has no mode', [{ hostname: 'a.example' }]),
  accepts('two families', [
    { ip: '192.0.2.1', ipMode: 'VIP' },
    { ip: '2001:db8::1', ipMode: 'VIP' },
  ]),
  accepts(
    'three addresses',
    ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((ip) => ({ ip, ipMode: 'VIP' })),
  ),
  accepts('leading zeros pass, as written', [{ ip: '192.0.2.001', ipMode: 'VIP' }]),
  accepts('long IPv6 spellings pass, as written', [{ ip: '2001:0db8:0:0::1', ipMode: 'VIP' }]),
  accepts('IPv4-mapped addresses pass, as written', [{ ip: '::ffff:192.0.2.1', ipMode: 'VIP' }]),
  accepts('ports with errors are kept', [
    { ip: '192.0.2.1', ipMode: 'VIP', ports: [{ port: 80, protocol: 'TCP', error: 'Some' }] },
  ]),
  refuses(
    'an address that is none',
    [{ ip: '192.0.2.256' }],
    'status.loadBalancer.ingress[0].ip: Invalid value: "192.0.2.256"',
  ),
  refuses(
    'an address with a blank',
    [{ ip: ' 192.0.2.1' }],
    'status.loadBalancer.ingress[0].ip: Invalid value',
  ),
  refuses('an address with a prefix length', [{ ip: '192.0.2.1/32' }], 'Invalid value'),
  refuses(
    'the second of two is bad',
    [{ ip: '192.0.2.1' }, { ip: 'x' }],
    'status.loadBalancer.ingress[1].ip',
  ),
  refuses(
    'a mode that is none',
    [{ ip: '192.0.2.1', ipMode: 'vip' }],
    'Unsupported value: "vip": supported values: "Proxy", "VIP"',
  ),
  refuses(
    'a mode without an address',
    [{ hostname: 'a', ipMode: 'VIP' }],
    'may not be specified when `ip` is not set',
  ),
  refuses(
    'a host name that is an address',
    [{ hostname: '192.0.2.1' }],
    'must be a DNS name, not an IP address',
  ),
  [
    'a ClusterIP Service has no ingress',
    async (stage) => {
      await stage.service('a', { type: 'ClusterIP' });
      const patch = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
      await stage.refused(
        stage.call('PATCH', 'services/a/status', patch),
        422,
        'Invalid',
        'status.loadBalancer.ingress: Forbidden',
        "may only be used when `spec.type` is 'LoadBalancer'",
      );
    },
  ],
  [
    'labels, annotations and finalizers ride along with a status patch',
    async (stage) => {
      await stage.service('a');
      const metadata = { labels: { l: '1' }, annotations: { n: '2' }, finalizers: ['example.com/f'] };
      const after = await stage.patch('services/a/status', {
        metadata,
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
      });
      has(after.metadata, metadata);
      assert.equal(after.status.loadBalancer.ingress.length, 1);
      await stage.patch('services/a', { metadata: { finalizers: null } });
    },
  ],
  [
    'the spec is left alone by a status patch, without a word',
    async (stage) => {
      const before = await stage.service('a');
      const after = await stage.patch('services/a/status', {
        spec: { type: 'ClusterIP' },
        metadata: { annotations: { a: 'b' } },
      });
      assert.deepEqual(after.spec, before.spec);
    },
  ],
  [
    'an identical patch writes nothing',
    async (stage) => {
      await stage.service('a');
      const first = await stage.ingress('a', '192.0.2.1');
      assert.equal(
        (await stage.ingress('a', '192.0.2.1')).metadata.resourceVersion,
        first.metadata.resourceVersion,
      );
    },
  ],
  [
    'an identical patch makes no event',
    async (stage) => {
      await stage.service('a');
      const first = await stage.ingress('a', '192.0.2.1');
      const watch = await stage.watch('services', { resourceVersion: first.metadata.resourceVersion });
      await stage.ingress('a', '192.0.2.1');
      await stage.ingress('a', '192.0.2.2');
      assert.deepEqual((await watch.next()).object.status.loadBalancer.ingress, [
        { ip: '192.0.2.2', ipMode: 'VIP' },
      ]);
    },
  ],
  [
    'a patch under the current resourceVersion goes through',
    async (stage) => {
      const { metadata } = await stage.service('a');
      const patch = { metadata: { resourceVersion: metadata.resourceVersion, annotations: { a: 'b' } } };
      assert.equal((await stage.call('PATCH', 'services/a/status', patch)).status, 200);
    },
  ],
  ...[MERGE, STRATEGIC].map(
    (type): Row => [
      `a ${type} under an old resourceVersion is a conflict`,
      async (stage) => {
        const { metadata } = await stage.service('a');
        const after = await stage.ingress('a', '192.0.2.1');
        const patch = {
          metadata: { resourceVersion: metadata.resourceVersion },
          status: { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] } },
        };
        await stage.refused(
          stage.call('PATCH', 'services/a/status', patch, { type }),
          409,
          'Conflict',
          'Operation cannot be fulfilled on services "a"',
          'the object has been modified',
        );
        assert.deepEqual(await stage.get('services/a'), after);
      },
    ],
  ),
  [
    'an old resourceVersion is a conflict even where nothing would change',
    async (stage) => {
      const { metadata } = await stage.service('a');
      await stage.ingress('a', '192.0.2.1');
      const patch = {
        metadata: { resourceVersion: metadata.resourceVersion },
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] } },
      };
      await stage.refused(stage.call('PATCH', 'services/a/status', patch), 409, 'Conflict');
    },
  ],
  [
    'a wrong uid in a patch is 422, not a conflict',
    async (stage) => {
      await stage.service('a');
      const patch = { metadata: { uid: '00000000-0000-4000-8000-000000000000', annotations: { a: 'b' } } };
      await stage.refused(
        stage.call('PATCH', 'services/a/status', patch),
        422,
        'Invalid',
        'metadata.uid: Invalid value',
        'field is immutable',
      );
    },
  ],
  [
    'the right uid in a patch goes through',
    async (stage) => {
      const { metadata } = await stage.service('a');
      const after = await stage.patch('services/a/status', {
        metadata: { uid: metadata.uid, annotations: { a: 'b' } },
      });
      assert.equal(after.metadata.annotations.a, 'b');
    },
  ],
  [
    'null takes annotation and ingress away',
    async (stage) => {
      await stage.service('a', {}, { annotations: { a: 'b', c: 'd' } });
      await stage.ingress('a', '192.0.2.1');
      const after = await stage.patch('services/a/status', {
        metadata: { annotations: { a: null } },
        status: { loadBalancer: null },
      });
      assert.deepEqual(after.metadata.annotations, { c: 'd' });
      assert.deepEqual(after.status, { loadBalancer: {} });
    },
  ],
];
