/** What a Service looks like once it is in, and what is not let in. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { has, type Row, type Stage, service } from './stage.ts';

const makes = (says: string, spec: Loose, wanted: Loose): Row => [
  says,
  async (stage) => has((await stage.service('a', spec)).spec, wanted),
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
];
