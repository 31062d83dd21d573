/** What a Service looks like once it is in, and what is not let in. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { has, type Row, type Stage, service } from './stage.ts';

const makes = (says: string, spec: Loose, wanted: Loose): Row => [
  says,
  async (stage) => has((await stage.service('a', spec)).spec, wanted),
];

const refuses = (says: string, spec: Loose, ...parts: readonly string[]): Row => [
  says,
  async (stage) => {
    await stage.refused(stage.call('POST', 'services', service('a', spec)), 422, 'Invalid', ...parts);
    assert.equal((await stage.call('GET', 'services/a')).status, 404);
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

const refusesChange = (says: string, spec: Loose, change: Loose, ...parts: readonly string[]): Row => [
  says,
  async (stage) => {
    const before = await stage.service('a', spec);
    await stage.refused(stage.call('PATCH', 'services/a', { spec: change }), 422, 'Invalid', ...parts);
    assert.deepEqual(await stage.get('services/a'), before);
  },
];

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

async function addresses(stage: Stage, spec: Loose): Promise<Loose> {
  return (await stage.service('a', spec)).spec;
}

export const services: readonly Row[] = [
  makes(
    'a port has a protocol and a target',
    { ports: [{ port: 81 }] },
    { type: 'LoadBalancer', sessionAffinity: 'None' },
  ),
  [
    'a port is TCP and leads to itself unless told',
    async (stage) => {
      const { ports } = await addresses(stage, { type: 'ClusterIP', ports: [{ port: 81 }] });
      assert.deepEqual(ports, [{ port: 81, protocol: 'TCP', targetPort: 81 }]);
    },
  ],
  [
    'a LoadBalancer gets a node port in the range',
    async (stage) => {
      const { ports } = await addresses(stage, {});
      assert.ok(ports[0].nodePort >= 30000 && ports[0].nodePort <= 32767, String(ports[0].nodePort));
    },
  ],
  makes(
    'a LoadBalancer without node ports gets none',
    { allocateLoadBalancerNodePorts: false },
    { ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] },
  ),
  makes(
    'both traffic policies are Cluster',
    {},
    { externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster' },
  ),
  makes('node ports are allocated by default', {}, { allocateLoadBalancerNodePorts: true }),
  makes(
    'a ClusterIP Service has no external policy',
    { type: 'ClusterIP' },
    { externalTrafficPolicy: undefined, allocateLoadBalancerNodePorts: undefined },
  ),
  makes('a Service without a type is ClusterIP', { type: undefined }, { type: 'ClusterIP' }),
  makes('one family unless told', {}, { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] }),
  [
    'one cluster address, in both fields',
    async (stage) => {
      const spec = await addresses(stage, {});
      assert.match(spec.clusterIP, IPV4);
      assert.deepEqual(spec.clusterIPs, [spec.clusterIP]);
    },
  ],
  makes(
    'an IPv6 Service on request',
    { ipFamilies: ['IPv6'] },
    { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' },
  ),
  [
    'an IPv6 Service has an IPv6 cluster address',
    async (stage) =>
      assert.match((await addresses(stage, { ipFamilies: ['IPv6'] })).clusterIP, /^[0-9a-f:]+$/),
  ],
  makes(
    'RequireDualStack fills in both families',
    { ipFamilyPolicy: 'RequireDualStack' },
    { ipFamilies: ['IPv4', 'IPv6'] },
  ),
  makes(
    'PreferDualStack fills in both families',
    { ipFamilyPolicy: 'PreferDualStack' },
    { ipFamilies: ['IPv4', 'IPv6'] },
  ),
  makes(
    'the first family asked for comes first',
    { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6'] },
    { ipFamilies: ['IPv6', 'IPv4'] },
  ),
  [
    'dual-stack brings two cluster addresses',
    async (stage) => {
      const spec = await addresses(stage, { ipFamilyPolicy: 'RequireDualStack' });
      assert.equal(spec.clusterIPs.length, 2);
      assert.equal(spec.clusterIP, spec.clusterIPs[0]);
    },
  ],
  makes(
    'a headless Service keeps None',
    { type: 'ClusterIP', clusterIP: 'None', selector: { a: 'b' } },
    { clusterIP: 'None', clusterIPs: ['None'] },
  ),
  makes(
    'a headless Service without ports is let in',
    { type: 'ClusterIP', clusterIP: 'None', ports: undefined, selector: { a: 'b' } },
    { clusterIP: 'None' },
  ),
  makes(
    'a headless Service without a selector is for both families',
    { type: 'ClusterIP', clusterIP: 'None' },
    { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] },
  ),
  makes(
    'an ExternalName has no addresses',
    { type: 'ExternalName', externalName: 'a.example', ports: undefined },
    { clusterIP: undefined, clusterIPs: undefined, ipFamilies: undefined, internalTrafficPolicy: undefined },
  ),
  makes(
    'ClientIP affinity lasts three hours',
    { sessionAffinity: 'ClientIP' },
    { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } },
  ),
  makes(
    'loadBalancerIP may be any text',
    { loadBalancerIP: 'not an address' },
    { loadBalancerIP: 'not an address' },
  ),
  makes('a class is kept', { loadBalancerClass: 'example.com/lb' }, { loadBalancerClass: 'example.com/lb' }),
  [
    'externalTrafficPolicy Local brings a health check port',
    async (stage) =>
      assert.ok((await addresses(stage, { externalTrafficPolicy: 'Local' })).healthCheckNodePort >= 30000),
  ],
  [
    'a new Service has an empty status, whatever it brought',
    async (stage) => {
      const made = await stage.must('POST', 'services', {
        ...service('a'),
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
      });
      assert.deepEqual(made.status, { loadBalancer: {} });
    },
  ],
  [
    'a Service has no generation',
    async (stage) => assert.equal((await stage.service('a')).metadata.generation, undefined),
  ],
  makes(
    'two protocols may share a port number',
    {
      ports: [
        { name: 'a', port: 53, protocol: 'UDP' },
        { name: 'b', port: 53, protocol: 'TCP' },
      ],
    },
    { type: 'LoadBalancer' },
  ),
  [
    'a node port that is asked for is given',
    async (stage) => {
      const { nodePort } = (await addresses(stage, {})).ports[0];
      await stage.must('DELETE', 'services/a');
      const again = await stage.service('b', { ports: [{ port: 80, nodePort }] });
      assert.equal(again.spec.ports[0].nodePort, nodePort);
    },
  ],
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
