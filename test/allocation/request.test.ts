import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServiceRequest } from '../../src/allocation/request.ts';
import { formatAddress } from '../../src/net/address.ts';
import { type ServiceOverrides, service } from './support/test-cluster.ts';

const parseErrors: readonly (readonly [title: string, overrides: ServiceOverrides, parseError: RegExp])[] = [
  [
    'it names the annotation',
    { requests: { loadBalancerIPs: 'x' } },
    /^In the annotation metallb\.io\/loadBalancerIPs, "x" is not an IP address$/,
  ],
  [
    'or the deprecated one',
    { annotations: { 'metallb.universe.tf/loadBalancerIPs': 'x' } },
    /the annotation metallb\.universe\.tf\/loadBalancerIPs/,
  ],
  ['or the field', { loadBalancerIP: 'x' }, /^In spec\.loadBalancerIP, /],
  [
    'of several addresses the invalid one',
    { requests: { loadBalancerIPs: '10.0.0.1, 10.0.0.300' } },
    /"10\.0\.0\.300" is not an IP address: it has 300 in part 4/,
  ],
  [
    'annotation and field exclude each other',
    { requests: { loadBalancerIPs: '10.0.0.1' }, loadBalancerIP: '10.0.0.1' },
    /keep the annotation and remove spec\.loadBalancerIP/,
  ],
];

for (const [title, overrides, parseError] of parseErrors) {
  test(title, () => {
    const request = readServiceRequest(service('it', overrides));
    assert.match(request?.parseError ?? '', parseError);
    assert.equal(request?.addresses, null);
  });
}

test('a parse error is short, however long the annotation is', () => {
  const request = readServiceRequest(service('it', { requests: { loadBalancerIPs: 'y'.repeat(100_000) } }));
  assert.ok((request?.parseError?.length ?? 0) < 500);
});

test('families are in the order of the cluster IPs, each once', () => {
  const families = (clusterIPs: readonly string[]) =>
    readServiceRequest(service('it', { clusterIPs }))?.families;
  assert.deepEqual(families(['fd00::1', '10.0.0.1']), [6, 4]);
  assert.deepEqual(families(['10.0.0.1']), [4]);
  assert.equal(families(['None']), undefined);
  assert.equal(families([]), undefined);
});

test('addresses are in the order of the annotation', () => {
  const request = readServiceRequest(service('it', { requests: { loadBalancerIPs: 'fd00::1 ,10.0.0.1' } }));
  assert.deepEqual(request?.addresses?.map(formatAddress), ['fd00::1', '10.0.0.1']);
});

test('with externalTrafficPolicy Local the selector is the backend', () => {
  const sharing = (overrides: ServiceOverrides) =>
    readServiceRequest(service('it', { requests: { 'allow-shared-ip': 'k' }, ...overrides }))?.sharing;
  assert.deepEqual(sharing({}), { key: 'k', backend: '' });
  assert.deepEqual(sharing({ externalTrafficPolicy: 'Local' }), { key: 'k', backend: 'app=web' });
});
