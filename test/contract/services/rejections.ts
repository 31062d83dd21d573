/** Contract: Services that are refused. */

import assert from 'node:assert/strict';
import type { Loose } from '../client.ts';
import { type ContractRow, service } from '../fixture.ts';

const rejectedRow = (title: string, spec: Loose, ...parts: readonly string[]): ContractRow => [
  title,
  async (api) => {
    await api.mustRefuse(api.call('POST', 'services', service('a', spec)), 422, 'Invalid', ...parts);
    assert.equal((await api.call('GET', 'services/a')).status, 404);
  },
];

export const serviceRejections: readonly ContractRow[] = [
  [
    'a requested cluster IP is allocated once',
    async (api) => {
      await api.service('a', { clusterIP: '10.96.77.77' });
      await api.mustRefuse(
        api.call('POST', 'services', service('b', { clusterIP: '10.96.77.77' })),
        422,
        'Invalid',
        'spec.clusterIPs',
        'already allocated',
      );
      await api.must('DELETE', 'services/a');
    },
  ],
  rejectedRow('no ports', { ports: [] }, 'spec.ports: Required value'),
  rejectedRow(
    'an invalid type',
    { type: 'Balancer' },
    'spec.type: Unsupported value: "Balancer"',
    '"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
  ),
  rejectedRow(
    'port 0',
    { ports: [{ port: 0 }] },
    'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
  ),
  rejectedRow('port 65536', { ports: [{ port: 65536 }] }, 'spec.ports[0].port: Invalid value: 65536'),
  rejectedRow(
    'an invalid protocol',
    { ports: [{ port: 1, protocol: 'tcp' }] },
    'spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
  ),
  rejectedRow(
    'several ports without names',
    { ports: [{ port: 1 }, { port: 2 }] },
    'spec.ports[0].name: Required value',
    'spec.ports[1].name: Required value',
  ),
  rejectedRow(
    'a duplicate port',
    {
      ports: [
        { name: 'a', port: 1 },
        { name: 'b', port: 1 },
      ],
    },
    'spec.ports[1]: Duplicate value',
  ),
  rejectedRow(
    'a duplicate port name',
    {
      ports: [
        { name: 'a', port: 1 },
        { name: 'a', port: 2 },
      ],
    },
    'spec.ports[1].name: Duplicate value: "a"',
  ),
  rejectedRow(
    'a headless LoadBalancer',
    { clusterIP: 'None' },
    "may not be set to 'None' for LoadBalancer services",
  ),
  rejectedRow(
    'an ExternalName without a name',
    { type: 'ExternalName', ports: undefined },
    'spec.externalName: Required value',
  ),
  rejectedRow(
    'a class on a ClusterIP Service',
    { type: 'ClusterIP', loadBalancerClass: 'a/b' },
    "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
  ),
  rejectedRow(
    'a class that is not a qualified name',
    { loadBalancerClass: 'a b' },
    'spec.loadBalancerClass: Invalid value: "a b"',
  ),
  rejectedRow(
    'an external policy on a ClusterIP Service',
    { type: 'ClusterIP', externalTrafficPolicy: 'Local' },
    'may only be set for externally-accessible services',
  ),
  rejectedRow(
    'a node port on a ClusterIP Service',
    { type: 'ClusterIP', ports: [{ port: 1, nodePort: 30001 }] },
    "may not be used when `type` is 'ClusterIP'",
  ),
  rejectedRow(
    'a node port outside the range',
    { ports: [{ port: 1, nodePort: 1234 }] },
    'provided port is not in the valid range',
  ),
  rejectedRow(
    'two families with SingleStack',
    { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4', 'IPv6'] },
    "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
  ),
  rejectedRow('an invalid family', { ipFamilies: ['IPv5'] }, 'spec.ipFamilies[0]: Unsupported value: "IPv5"'),
  rejectedRow(
    'a duplicate family',
    { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4', 'IPv4'] },
    'spec.ipFamilies[1]: Duplicate value: "IPv4"',
  ),
  rejectedRow(
    'an invalid external address',
    { externalIPs: ['1.2.3'] },
    'spec.externalIPs[0]: Invalid value: "1.2.3"',
  ),
  rejectedRow(
    'an invalid source range',
    { loadBalancerSourceRanges: ['1.2.3.4'] },
    'must be a valid CIDR value',
  ),
  rejectedRow('a selector value that is not a label value', { selector: { a: '-b' } }, 'spec.selector'),
];
