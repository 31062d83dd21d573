/** What becomes of a Service that changes, and which changes are refused. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { has, type Row, service } from './stage.ts';

const refusesChange = (says: string, spec: Loose, change: Loose, ...parts: readonly string[]): Row => [
  says,
  async (stage) => {
    const before = await stage.service('a', spec);
    await stage.refused(stage.call('PATCH', 'services/a', { spec: change }), 422, 'Invalid', ...parts);
    assert.deepEqual(await stage.get('services/a'), before);
  },
];

/** Makes a Service, merges `change` into its spec, and looks at what came of it. */
const becomes = (
  says: string,
  spec: Loose,
  change: Loose,
  look: (before: Loose, after: Loose) => void,
): Row => [
  says,
  async (stage) => {
    const before = await stage.service('a', spec);
    look(before, await stage.patch('services/a', { spec: change }));
  },
];

export const serviceChanges: readonly Row[] = [
  refusesChange(
    'the class of a LoadBalancer stays',
    { loadBalancerClass: 'a.b/c' },
    { loadBalancerClass: 'a.b/d' },
    'spec.loadBalancerClass: Invalid value: "a.b/d": may not change once set',
  ),
  refusesChange(
    'a LoadBalancer does not get a class later',
    {},
    { loadBalancerClass: 'a.b/d' },
    'may not change once set',
  ),
  refusesChange(
    'the cluster address stays',
    {},
    { clusterIP: '10.96.200.200', clusterIPs: ['10.96.200.200'] },
    'may not change once set',
  ),
  refusesChange(
    'the first family stays',
    {},
    { ipFamilies: ['IPv6'] },
    'spec.clusterIPs[0]: Invalid value',
    'expected an IPv6 value as indicated by `ipFamilies[0]`',
  ),
  becomes(
    'a ClusterIP Service becomes a LoadBalancer and keeps its address',
    { type: 'ClusterIP' },
    { type: 'LoadBalancer' },
    (before, after) => {
      assert.equal(after.spec.clusterIP, before.spec.clusterIP);
      assert.ok(after.spec.ports[0].nodePort >= 30000);
      assert.equal(after.spec.allocateLoadBalancerNodePorts, true);
      assert.equal(after.spec.externalTrafficPolicy, 'Cluster');
    },
  ),
  becomes(
    'a LoadBalancer becomes ClusterIP and loses what only it had',
    { loadBalancerClass: 'a.b/c' },
    { type: 'ClusterIP' },
    (before, after) => {
      assert.equal(after.spec.clusterIP, before.spec.clusterIP);
      assert.deepEqual(after.spec.ports, [{ port: 80, protocol: 'TCP', targetPort: 80 }]);
      has(after.spec, {
        loadBalancerClass: undefined,
        allocateLoadBalancerNodePorts: undefined,
        externalTrafficPolicy: undefined,
      });
    },
  ),
  becomes(
    'a LoadBalancer becomes ExternalName and loses its cluster address',
    {},
    { type: 'ExternalName', externalName: 'a.example' },
    (_, after) => {
      has(after.spec, {
        clusterIP: undefined,
        clusterIPs: undefined,
        ipFamilies: undefined,
        ipFamilyPolicy: undefined,
      });
    },
  ),
  becomes(
    'an upgrade to dual-stack adds the second address',
    {},
    { ipFamilyPolicy: 'PreferDualStack' },
    (before, after) => {
      assert.deepEqual(after.spec.ipFamilies, ['IPv4', 'IPv6']);
      assert.equal(after.spec.clusterIPs.length, 2);
      assert.equal(after.spec.clusterIPs[0], before.spec.clusterIP);
    },
  ),
  becomes(
    'a downgrade to one family drops the second address',
    { ipFamilyPolicy: 'PreferDualStack' },
    { ipFamilyPolicy: 'SingleStack' },
    (before, after) => {
      assert.deepEqual(after.spec.ipFamilies, ['IPv4']);
      assert.deepEqual(after.spec.clusterIPs, [before.spec.clusterIP]);
    },
  ),
  becomes('a merge patch of ports replaces them', {}, { ports: [{ port: 81 }] }, (before, after) => {
    assert.equal(after.spec.ports.length, 1);
    assert.equal(after.spec.ports[0].port, 81);
    assert.equal(
      after.spec.ports[0].nodePort,
      before.spec.ports[0].nodePort,
      'a port without a name keeps its node port',
    );
  }),
  [
    'leaving LoadBalancer clears the addresses, in the same write',
    async (stage) => {
      await stage.service('a');
      await stage.ingress('a', '192.0.2.1');
      const after = await stage.patch('services/a', { spec: { type: 'ClusterIP' } });
      assert.deepEqual(after.status, { loadBalancer: {} });
    },
  ],
  [
    'coming back to LoadBalancer brings no old address',
    async (stage) => {
      await stage.service('a');
      await stage.ingress('a', '192.0.2.1');
      await stage.patch('services/a', { spec: { type: 'ClusterIP' } });
      assert.deepEqual((await stage.patch('services/a', { spec: { type: 'LoadBalancer' } })).status, {
        loadBalancer: {},
      });
    },
  ],
  [
    'an update of the spec leaves the addresses alone',
    async (stage) => {
      await stage.service('a');
      await stage.ingress('a', '192.0.2.1');
      const after = await stage.patch('services/a', {
        spec: { ports: [{ port: 90 }] },
        status: { loadBalancer: null },
      });
      assert.deepEqual(after.status.loadBalancer.ingress, [{ ip: '192.0.2.1', ipMode: 'VIP' }]);
    },
  ],
  [
    'a PUT without what the server gave keeps it',
    async (stage) => {
      const before = await stage.service('a');
      const after = await stage.must('PUT', 'services/a', service('a', { ports: [{ port: 85 }] }));
      assert.equal(after.spec.clusterIP, before.spec.clusterIP);
      assert.equal(after.spec.ports[0].nodePort, before.spec.ports[0].nodePort);
    },
  ],
  [
    'a strategic merge adds a port by its number',
    async (stage) => {
      await stage.service('a', { ports: [{ name: 'a', port: 80 }] });
      const after = await stage.patch(
        'services/a',
        { spec: { ports: [{ name: 'b', port: 81 }] } },
        'application/strategic-merge-patch+json',
      );
      assert.deepEqual(after.spec.ports.map((port: Loose) => port.port).sort(), [80, 81]);
    },
  ],
  [
    'a strategic merge removes a port by directive',
    async (stage) => {
      await stage.service('a', {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      });
      const after = await stage.patch(
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
