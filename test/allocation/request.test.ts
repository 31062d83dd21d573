import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServiceRequest } from '../../src/allocation/request.ts';
import { formatAddress } from '../../src/net/address.ts';
import { type ServiceOverrides, service } from './support/test-cluster.ts';

const parseErrors: readonly (readonly [says: string, wish: ServiceOverrides, complaint: RegExp])[] = [
  [
    'the annotation is named',
    { requests: { loadBalancerIPs: 'x' } },
    /^In the annotation metallb\.io\/loadBalancerIPs, "x" is not an IP address$/,
  ],
  [
    'so is the deprecated one',
    { annotations: { 'metallb.universe.tf/loadBalancerIPs': 'x' } },
    /the annotation metallb\.universe\.tf\/loadBalancerIPs/,
  ],
  ['so is the field', { loadBalancerIP: 'x' }, /^In spec\.loadBalancerIP, /],
  [
    'of several, the one that is wrong',
    { requests: { loadBalancerIPs: '10.0.0.1, 10.0.0.300' } },
    /"10\.0\.0\.300" is not an IP address: it has 300 in part 4/,
  ],
  [
    'both are one too many',
    { requests: { loadBalancerIPs: '10.0.0.1' }, loadBalancerIP: '10.0.0.1' },
    /keep the annotation and remove spec\.loadBalancerIP/,
  ],
];

for (const [says, wish, complaint] of parseErrors) {
  test(says, () => {
    const read = readServiceRequest(service('it', wish));
    assert.match(read?.parseError ?? '', complaint);
    assert.equal(read?.addresses, null);
  });
}

test('a complaint stays short, however long the annotation is', () => {
  const read = readServiceRequest(service('it', { requests: { loadBalancerIPs: 'y'.repeat(100_000) } }));
  assert.ok((read?.parseError?.length ?? 0) < 500);
});

test('families come in the order of the cluster IPs, each once', () => {
  const families = (clusterIPs: readonly string[]) =>
    readServiceRequest(service('it', { clusterIPs }))?.families;
  assert.deepEqual(families(['fd00::1', '10.0.0.1']), [6, 4]);
  assert.deepEqual(families(['10.0.0.1']), [4]);
  assert.equal(families(['None']), undefined);
  assert.equal(families([]), undefined);
});

test('addresses come in the order in which they were asked for', () => {
  const read = readServiceRequest(service('it', { requests: { loadBalancerIPs: 'fd00::1 ,10.0.0.1' } }));
  assert.deepEqual(read?.addresses?.map(formatAddress), ['fd00::1', '10.0.0.1']);
});

test('with externalTrafficPolicy Local the pods belong to the sharing', () => {
  const sharing = (wish: ServiceOverrides) =>
    readServiceRequest(service('it', { requests: { 'allow-shared-ip': 'k' }, ...wish }))?.sharing;
  assert.deepEqual(sharing({}), { key: 'k', backend: '' });
  assert.deepEqual(sharing({ externalTrafficPolicy: 'Local' }), { key: 'k', backend: 'app=web' });
});
