/** Which Services are refused, and what becomes of one that changes. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { has, type Row, service } from './stage.ts';

const refuses = (says: string, spec: Loose, ...parts: readonly string[]): Row => [
  says,
  async (stage) => {
    await stage.refused(stage.call('POST', 'services', service('a', spec)), 422, 'Invalid', ...parts);
    assert.equal((await stage.call('GET', 'services/a')).status, 404);
  },
];

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
  [
    'a cluster address that is asked for is given once',
    async (stage) => {
      await stage.service('a', { clusterIP: '10.96.77.77' });
      await stage.refused(
        stage.call('POST', 'services', service('b', { clusterIP: '10.96.77.77' })),
        422,
        'Invalid',
        'spec.clusterIPs',
        'already allocated',
      );
      await stage.must('DELETE', 'services/a');
    },
  ],
  refuses('no ports', { ports: [] }, 'spec.ports: Required value'),
  refuses(
    'a type that is none',
    { type: 'Balancer' },
    'spec.type: Unsupported value: "Balancer"',
    '"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
  ),
  refuses(
    'port 0',
    { ports: [{ port: 0 }] },
    'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
  ),
  refuses('port 65536', { ports: [{ port: 65536 }] }, 'spec.ports[0].port: Invalid value: 65536'),
  refuses(
    'a protocol that is none',
    { ports: [{ port: 1, protocol: 'tcp' }] },
    'spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
  ),
  refuses(
    'several ports without names',
    { ports: [{ port: 1 }, { port: 2 }] },
    'spec.ports[0].name: Required value',
    'spec.ports[1].name: Required value',
  ),
  refuses(
    'one port twice',
    {
      ports: [
        { name: 'a', port: 1 },
        { name: 'b', port: 1 },
      ],
    },
    'spec.ports[1]: Duplicate value',
  ),
  refuses(
    'one port name twice',
    {
      ports: [
        { name: 'a', port: 1 },
        { name: 'a', port: 2 },
      ],
    },
    'spec.ports[1].name: Duplicate value: "a"',
  ),
  refuses(
    'a headless LoadBalancer',
    { clusterIP: 'None' },
    "may not be set to 'None' for LoadBalancer services",
  ),
  refuses(
    'an ExternalName without a name',
    { type: 'ExternalName', ports: undefined },
    'spec.externalName: Required value',
  ),
  refuses(
    'a class on a ClusterIP Service',
    { type: 'ClusterIP', loadBalancerClass: 'a/b' },
    "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
  ),
  refuses(
    'a class that is no qualified name',
    { loadBalancerClass: 'a b' },
    'spec.loadBalancerClass: Invalid value: "a b"',
  ),
  refuses(
    'an external policy on a ClusterIP Service',
    { type: 'ClusterIP', externalTrafficPolicy: 'Local' },
    'may only be set for externally-accessible services',
  ),
  refuses(
    'a node port on a ClusterIP Service',
    { type: 'ClusterIP', ports: [{ port: 1, nodePort: 30001 }] },
    "may not be used when `type` is 'ClusterIP'",
  ),
  refuses(
    'a node port outside the range',
    { ports: [{ port: 1, nodePort: 1234 }] },
    'provided port is not in the valid range',
  ),
  refuses(
    'two families under SingleStack',
    { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4', 'IPv6'] },
    "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
  ),
  refuses('a family that is none', { ipFamilies: ['IPv5'] }, 'spec.ipFamilies[0]: Unsupported value: "IPv5"'),
  refuses(
    'a family twice',
    { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4', 'IPv4'] },
    'spec.ipFamilies[1]: Duplicate value: "IPv4"',
  ),
  refuses(
    'an external address that is none',
    { externalIPs: ['1.2.3'] },
    'spec.externalIPs[0]: Invalid value: "1.2.3"',
  ),
  refuses(
    'a source range that is none',
    { loadBalancerSourceRanges: ['1.2.3.4'] },
    'must be a valid CIDR value',
  ),
  refuses('a selector value that is no label value', { selector: { a: '-b' } }, 'spec.selector'),
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
