/** Contract: defaults and allocated fields of a new Service. */

import assert from 'node:assert/strict';
import type { Loose } from '../client.ts';
import { type ApiFixture, assertIncludes, type ContractRow, service } from '../fixture.ts';

const createdSpecRow = (title: string, spec: Loose, expected: Loose): ContractRow => [
  title,
  async (api) => assertIncludes((await api.service('a', spec)).spec, expected),
];

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

async function createdSpec(api: ApiFixture, spec: Loose): Promise<Loose> {
  return (await api.service('a', spec)).spec;
}

export const serviceDefaults: readonly ContractRow[] = [
  createdSpecRow(
    'a port has a protocol and a targetPort',
    { ports: [{ port: 81 }] },
    { type: 'LoadBalancer', sessionAffinity: 'None' },
  ),
  [
    'a port defaults to TCP, and its targetPort to the port',
    async (api) => {
      const { ports } = await createdSpec(api, { type: 'ClusterIP', ports: [{ port: 81 }] });
      assert.deepEqual(ports, [{ port: 81, protocol: 'TCP', targetPort: 81 }]);
    },
  ],
  [
    'a LoadBalancer gets a node port in the range',
    async (api) => {
      const { ports } = await createdSpec(api, {});
      assert.ok(ports[0].nodePort >= 30000 && ports[0].nodePort <= 32767, String(ports[0].nodePort));
    },
  ],
  createdSpecRow(
    'a LoadBalancer without node ports gets none',
    { allocateLoadBalancerNodePorts: false },
    { ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] },
  ),
  createdSpecRow(
    'both traffic policies default to Cluster',
    {},
    { externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster' },
  ),
  createdSpecRow('node ports are allocated by default', {}, { allocateLoadBalancerNodePorts: true }),
  createdSpecRow(
    'a ClusterIP Service has no externalTrafficPolicy',
    { type: 'ClusterIP' },
    { externalTrafficPolicy: undefined, allocateLoadBalancerNodePorts: undefined },
  ),
  createdSpecRow('a Service without a type is ClusterIP', { type: undefined }, { type: 'ClusterIP' }),
  createdSpecRow('one family by default', {}, { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] }),
  [
    'one cluster IP, in both fields',
    async (api) => {
      const spec = await createdSpec(api, {});
      assert.match(spec.clusterIP, IPV4);
      assert.deepEqual(spec.clusterIPs, [spec.clusterIP]);
    },
  ],
  createdSpecRow(
    'an IPv6 Service on request',
    { ipFamilies: ['IPv6'] },
    { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' },
  ),
  [
    'an IPv6 Service has an IPv6 cluster IP',
    async (api) => assert.match((await createdSpec(api, { ipFamilies: ['IPv6'] })).clusterIP, /^[0-9a-f:]+$/),
  ],
  createdSpecRow(
    'RequireDualStack fills in both families',
    { ipFamilyPolicy: 'RequireDualStack' },
    { ipFamilies: ['IPv4', 'IPv6'] },
  ),
  createdSpecRow(
    'PreferDualStack fills in both families',
    { ipFamilyPolicy: 'PreferDualStack' },
    { ipFamilies: ['IPv4', 'IPv6'] },
  ),
  createdSpecRow(
    'the first requested family comes first',
    { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6'] },
    { ipFamilies: ['IPv6', 'IPv4'] },
  ),
  [
    'a dual-stack Service has two cluster IPs',
    async (api) => {
      const spec = await createdSpec(api, { ipFamilyPolicy: 'RequireDualStack' });
      assert.equal(spec.clusterIPs.length, 2);
      assert.equal(spec.clusterIP, spec.clusterIPs[0]);
    },
  ],
  createdSpecRow(
    'a headless Service has clusterIP None',
    { type: 'ClusterIP', clusterIP: 'None', selector: { a: 'b' } },
    { clusterIP: 'None', clusterIPs: ['None'] },
  ),
  createdSpecRow(
    'a headless Service needs no ports',
    { type: 'ClusterIP', clusterIP: 'None', ports: undefined, selector: { a: 'b' } },
    { clusterIP: 'None' },
  ),
  createdSpecRow(
    'a headless Service without a selector has both families',
    { type: 'ClusterIP', clusterIP: 'None' },
    { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] },
  ),
  createdSpecRow(
    'an ExternalName Service has no cluster IP',
    { type: 'ExternalName', externalName: 'a.example', ports: undefined },
    { clusterIP: undefined, clusterIPs: undefined, ipFamilies: undefined, internalTrafficPolicy: undefined },
  ),
  createdSpecRow(
    'ClientIP affinity lasts three hours',
    { sessionAffinity: 'ClientIP' },
    { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } },
  ),
  createdSpecRow(
    'loadBalancerIP may be any string',
    { loadBalancerIP: 'not an address' },
    { loadBalancerIP: 'not an address' },
  ),
  createdSpecRow(
    'loadBalancerClass is stored',
    { loadBalancerClass: 'example.com/lb' },
    { loadBalancerClass: 'example.com/lb' },
  ),
  [
    'externalTrafficPolicy Local allocates a health check port',
    async (api) =>
      assert.ok((await createdSpec(api, { externalTrafficPolicy: 'Local' })).healthCheckNodePort >= 30000),
  ],
  [
    'the status of a new Service is dropped',
    async (api) => {
      const created = await api.must('POST', 'services', {
        ...service('a'),
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
      });
      assert.deepEqual(created.status, { loadBalancer: {} });
    },
  ],
  [
    'a Service has no generation',
    async (api) => assert.equal((await api.service('a')).metadata.generation, undefined),
  ],
  createdSpecRow(
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
    'a requested node port is allocated',
    async (api) => {
      const { nodePort } = (await createdSpec(api, {})).ports[0];
      await api.must('DELETE', 'services/a');
      const again = await api.service('b', { ports: [{ port: 80, nodePort }] });
      assert.equal(again.spec.ports[0].nodePort, nodePort);
    },
  ],
];
