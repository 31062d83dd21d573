/** The routes that a router learns from the examples, as the model predicts them. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { fieldsOf, listOf, type Raw } from '../../../src/base/json.ts';
import { predictCalicoCase } from '../../../src/calico/cases/case-file.ts';
import { validationErrors } from '../../../src/calico/objects/validation.ts';
import { hashedRouterId } from '../../../src/kube/node-router-id.ts';

const example = (name: string): readonly Raw[] =>
  parseAllDocuments(readFileSync(new URL(`../../../examples/${name}.yaml`, import.meta.url), 'utf8')).map(
    (one) => one.toJS(),
  );

const CALICO = [...example('bgpconfiguration'), ...example('bgppeer')];

const node = (name: string, last: number, labels: Raw = {}): Raw => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels, annotations: { 'projectcalico.org/IPv4Address': `10.10.0.${last}/24` } },
});

const NODES = [
  node('cp1', 10, { 'node-role.kubernetes.io/control-plane': '' }),
  ...[11, 12, 13].map((last, index) => node(`w${index + 1}`, last)),
];

const SECRET: Raw = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'tor-peer', namespace: 'kube-system' },
  stringData: { 'tor-pw': 's3cret' },
};

function service(name: string, address: string, policy: string, on: string): readonly Raw[] {
  const [shown] = example('service');
  return [
    {
      ...shown,
      metadata: { name, namespace: 'default' },
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.43.7.7',
        ipFamilies: ['IPv4'],
        externalTrafficPolicy: policy,
      },
      status: { loadBalancer: { ingress: [{ ip: address }] } },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.1.5'], conditions: { ready: true }, nodeName: on }],
    },
  ];
}

const learned = (more: readonly Raw[]) => {
  const { observed } = predictCalicoCase(
    { objects: [...NODES, SECRET, ...CALICO, ...more], routers: [{ password: 's3cret' }] },
    hashedRouterId,
  );
  const router = observed.routers['10.10.0.1'];
  assert.ok(router);
  return router;
};

it('the workers peer with the router and announce the range with both communities', () => {
  const { routes, sessions } = learned(service('web', '192.168.5.0', 'Cluster', 'w1'));
  assert.deepEqual(
    sessions.filter(({ state }) => state === 'Established').map((one) => one.node),
    ['w1', 'w2', 'w3'],
  );
  const range = routes.find(({ prefix }) => prefix === '192.168.5.0/24');
  assert.deepEqual(range?.forwardsTo, ['10.10.0.11', '10.10.0.12', '10.10.0.13']);
  for (const { asPath, communities, largeCommunities } of range?.paths ?? []) {
    assert.equal(asPath, '64700');
    assert.deepEqual(communities, ['64700:120']);
    assert.deepEqual(largeCommunities, ['64700:300:100']);
  }
});

it('a Service with externalTrafficPolicy Local is announced by the node of its pod', () => {
  const { routes } = learned(service('edge', '192.168.5.1', 'Local', 'w2'));
  const host = routes.find(({ prefix }) => prefix === '192.168.5.1/32');
  assert.deepEqual(host?.forwardsTo, ['10.10.0.12']);
});

it('an API server accepts every example', () => {
  for (const raw of CALICO) assert.deepEqual(validationErrors(raw), []);
});

it('the announced range contains the pool', () => {
  const specOfFirst = (name: string): Raw => fieldsOf(example(name)[0]?.['spec']);
  const ranges = listOf(specOfFirst('bgpconfiguration')['serviceLoadBalancerIPs']);
  assert.deepEqual(
    specOfFirst('ipaddresspool')['addresses'],
    ranges.map((one) => fieldsOf(one)['cidr']),
  );
});
