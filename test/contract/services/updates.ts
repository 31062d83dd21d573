/** Contract: updates of Services, and updates that are refused. */

import assert from 'node:assert/strict';
import type { Loose } from '../client.ts';
import { assertIncludes, type ContractRow, service } from '../fixture.ts';

const refusedUpdateRow = (
  title: string,
  spec: Loose,
  change: Loose,
  ...parts: readonly string[]
): ContractRow => [
  title,
  async (api) => {
    const before = await api.service('a', spec);
    await api.mustRefuse(api.call('PATCH', 'services/a', { spec: change }), 422, 'Invalid', ...parts);
    assert.deepEqual(await api.get('services/a'), before);
  },
];

/** Creates a Service, merges `change` into its spec, and checks the result. */
const updateRow = (
  title: string,
  spec: Loose,
  change: Loose,
  check: (before: Loose, after: Loose) => void,
): ContractRow => [
  title,
  async (api) => {
    const before = await api.service('a', spec);
    check(before, await api.patch('services/a', { spec: change }));
  },
];

export const serviceUpdates: readonly ContractRow[] = [
  refusedUpdateRow(
    'loadBalancerClass cannot be changed',
    { loadBalancerClass: 'a.b/c' },
    { loadBalancerClass: 'a.b/d' },
    'spec.loadBalancerClass: Invalid value: "a.b/d": may not change once set',
  ),
  refusedUpdateRow(
    'loadBalancerClass cannot be set later',
    {},
    { loadBalancerClass: 'a.b/d' },
    'may not change once set',
  ),
  refusedUpdateRow(
    'the cluster IP cannot be changed',
    {},
    { clusterIP: '10.96.200.200', clusterIPs: ['10.96.200.200'] },
    'may not change once set',
  ),
  refusedUpdateRow(
    'the first IP family cannot be changed',
    {},
    { ipFamilies: ['IPv6'] },
    'spec.clusterIPs[0]: Invalid value',
    'expected an IPv6 value as indicated by `ipFamilies[0]`',
  ),
  updateRow(
    'a ClusterIP Service that becomes a LoadBalancer keeps its cluster IP',
    { type: 'ClusterIP' },
    { type: 'LoadBalancer' },
    (before, after) => {
      assert.equal(after.spec.clusterIP, before.spec.clusterIP);
      assert.ok(after.spec.ports[0].nodePort >= 30000);
      assert.equal(after.spec.allocateLoadBalancerNodePorts, true);
      assert.equal(after.spec.externalTrafficPolicy, 'Cluster');
    },
  ),
  updateRow(
    'a LoadBalancer that becomes ClusterIP loses its own fields',
    { loadBalancerClass: 'a.b/c' },
    { type: 'ClusterIP' },
    (before, after) => {
      assert.equal(after.spec.clusterIP, before.spec.clusterIP);
      assert.deepEqual(after.spec.ports, [{ port: 80, protocol: 'TCP', targetPort: 80 }]);
      assertIncludes(after.spec, {
        loadBalancerClass: undefined,
        allocateLoadBalancerNodePorts: undefined,
        externalTrafficPolicy: undefined,
      });
    },
  ),
  updateRow(
    'a LoadBalancer that becomes ExternalName loses its cluster IP',
    {},
    { type: 'ExternalName', externalName: 'a.example' },
    (_, after) => {
      assertIncludes(after.spec, {
        clusterIP: undefined,
        clusterIPs: undefined,
        ipFamilies: undefined,
        ipFamilyPolicy: undefined,
      });
    },
  ),
  updateRow(
    'an upgrade to dual-stack adds the second cluster IP',
    {},
    { ipFamilyPolicy: 'PreferDualStack' },
    (before, after) => {
      assert.deepEqual(after.spec.ipFamilies, ['IPv4', 'IPv6']);
      assert.equal(after.spec.clusterIPs.length, 2);
      assert.equal(after.spec.clusterIPs[0], before.spec.clusterIP);
    },
  ),
  updateRow(
    'a downgrade to one family drops the second cluster IP',
    { ipFamilyPolicy: 'PreferDualStack' },
    { ipFamilyPolicy: 'SingleStack' },
    (before, after) => {
      assert.deepEqual(after.spec.ipFamilies, ['IPv4']);
      assert.deepEqual(after.spec.clusterIPs, [before.spec.clusterIP]);
    },
  ),
  updateRow('a merge patch of ports replaces them', {}, { ports: [{ port: 81 }] }, (before, after) => {
    assert.equal(after.spec.ports.length, 1);
    assert.equal(after.spec.ports[0].port, 81);
    assert.equal(
      after.spec.ports[0].nodePort,
      before.spec.ports[0].nodePort,
      'a port without a name keeps its node port',
    );
  }),
  [
    'a change of type from LoadBalancer clears the addresses in the same write',
    async (api) => {
      await api.service('a');
      await api.ingress('a', '192.0.2.1');
      const after = await api.patch('services/a', { spec: { type: 'ClusterIP' } });
      assert.deepEqual(after.status, { loadBalancer: {} });
    },
  ],
  [
    'a change of type back to LoadBalancer restores no address',
    async (api) => {
      await api.service('a');
      await api.ingress('a', '192.0.2.1');
      await api.patch('services/a', { spec: { type: 'ClusterIP' } });
      assert.deepEqual((await api.patch('services/a', { spec: { type: 'LoadBalancer' } })).status, {
        loadBalancer: {},
      });
    },
  ],
  [
    'an update of the spec keeps the addresses',
    async (api) => {
      await api.service('a');
      await api.ingress('a', '192.0.2.1');
      const after = await api.patch('services/a', {
        spec: { ports: [{ port: 90 }] },
        status: { loadBalancer: null },
      });
      assert.deepEqual(after.status.loadBalancer.ingress, [{ ip: '192.0.2.1', ipMode: 'VIP' }]);
    },
  ],
  [
    'a PUT without allocated values keeps them',
    async (api) => {
      const before = await api.service('a');
      const after = await api.must('PUT', 'services/a', service('a', { ports: [{ port: 85 }] }));
      assert.equal(after.spec.clusterIP, before.spec.clusterIP);
      assert.equal(after.spec.ports[0].nodePort, before.spec.ports[0].nodePort);
    },
  ],
  [
    'a strategic merge adds a port, by its number',
    async (api) => {
      await api.service('a', { ports: [{ name: 'a', port: 80 }] });
      const after = await api.patch(
        'services/a',
        { spec: { ports: [{ name: 'b', port: 81 }] } },
        'application/strategic-merge-patch+json',
      );
      assert.deepEqual(after.spec.ports.map((port: Loose) => port.port).sort(), [80, 81]);
    },
  ],
  [
    'a strategic merge removes a port by directive',
    async (api) => {
      await api.service('a', {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      });
      const after = await api.patch(
        'services/a',
        { spec: { ports: [{ port: 80, $patch: 'delete' }] } },
        'application/strategic-merge-patch+json',
      );
      assert.deepEqual(
        after.spec.ports.map((port: Loose) => port.port),
        [81],
      );
    },
  ],
];
