import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { findReservedAddresses } from '../../../../src/controller/main/pools/reserved-addresses.ts';
import type { ApiOutcome, ApiRequest } from '../../../../src/kube/http/api-request.ts';
import { formatAddress } from '../../../../src/net/address.ts';
import { formatRange } from '../../../../src/net/range.ts';
import { decodeNode } from '../../../../src/objects/node.ts';
import { decodeService, type Service } from '../../../../src/objects/service.ts';

const NODE: Raw = {
  metadata: { name: 'one', uid: 'u', resourceVersion: '7', managedFields: [{}] },
  spec: { podCIDR: '10.244.0.0/24' },
  status: {
    addresses: [
      { type: 'InternalIP', address: '192.0.2.10' },
      { type: 'ExternalIP', address: '2001:db8::10' },
      { type: 'Hostname', address: '192.0.2.99' },
      { type: 'InternalDNS', address: 'one.example' },
      { type: 'InternalIP', address: 'rubbish' },
    ],
    images: [{ names: ['large'] }],
  },
};

const SERVICES: readonly Raw[] = [
  { metadata: { name: 'web', namespace: 'default' }, spec: { clusterIPs: ['10.96.0.1', 'fd00::1'] } },
  { metadata: { name: 'headless', namespace: 'default' }, spec: { clusterIP: 'None' } },
];

async function describeReserved(outcome: ApiOutcome): Promise<readonly string[]> {
  const asked: string[] = [];
  const send = (request: ApiRequest): Promise<ApiOutcome> => {
    asked.push(`${request.method} ${request.path}`);
    return Promise.resolve(outcome);
  };
  const { addresses, ranges } = await findReservedAddresses({
    client: { send },
    nodes: () => [decodeNode(NODE)],
    services: () => SERVICES.map((raw): Service => decodeService(raw) ?? assert.fail()),
  });
  assert.deepEqual(asked, ['GET /apis/networking.k8s.io/v1/servicecidrs?limit=500']);
  return [
    ...addresses.map(({ owner, address }) => `${formatAddress(address)} ${owner}`),
    ...ranges.map(({ owner, range }) => `${formatRange(range)} ${owner}`),
  ];
}

test('internal and external addresses of nodes are reserved, and the ranges that the server names', async () => {
  const items = [
    { metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/12', 'fd00:10:96::/108'] } },
    { metadata: { name: 'odd' }, spec: { cidrs: [7] } },
  ];
  assert.deepEqual(await describeReserved({ kind: 'ok', status: 200, body: { metadata: {}, items } }), [
    '192.0.2.10 node one',
    '2001:db8::10 node one',
    '10.96.0.0/12 the cluster IPs',
    'fd00:10:96::/108 the cluster IPs',
  ]);
});

const failures: readonly [says: string, outcome: ApiOutcome][] = [
  ['has no such kind', { kind: 'refused', status: 404, reason: 'NotFound', message: '', retryAfter: null }],
  [
    'does not let us ask',
    { kind: 'refused', status: 403, reason: 'Forbidden', message: '', retryAfter: null },
  ],
  ['cannot be asked', { kind: 'unknown', because: 'reset' }],
];

for (const [says, outcome] of failures) {
  test(`where the server ${says}, those of the cached Services are reserved`, async () => {
    assert.deepEqual(await describeReserved(outcome), [
      '192.0.2.10 node one',
      '2001:db8::10 node one',
      '10.96.0.1 Service default/web',
      'fd00::1 Service default/web',
    ]);
  });
}
