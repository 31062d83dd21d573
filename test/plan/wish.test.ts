import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress } from '../../src/net/address.ts';
import { readWish } from '../../src/plan/wish.ts';
import { service, type Wish } from './support.ts';

const complaints: readonly (readonly [says: string, wish: Wish, complaint: RegExp])[] = [
  [
    'the annotation is named',
    { asks: { loadBalancerIPs: 'x' } },
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
    { asks: { loadBalancerIPs: '10.0.0.1, 10.0.0.300' } },
    /"10\.0\.0\.300" is not an IP address: it has 300 in part 4/,
  ],
  [
    'both are one too many',
    { asks: { loadBalancerIPs: '10.0.0.1' }, loadBalancerIP: '10.0.0.1' },
    /keep the annotation and remove spec\.loadBalancerIP/,
  ],
];

for (const [says, wish, complaint] of complaints) {
  test(says, () => {
    const read = readWish(service('it', wish));
    assert.match(read?.complaint ?? '', complaint);
    assert.equal(read?.addresses, null);
  });
}

test('a complaint stays short, however long the annotation is', () => {
  const read = readWish(service('it', { asks: { loadBalancerIPs: 'y'.repeat(100_000) } }));
  assert.ok((read?.complaint?.length ?? 0) < 500);
});

test('families come in the order of the cluster IPs, each once', () => {
  const families = (clusterIPs: readonly string[]) => readWish(service('it', { clusterIPs }))?.families;
  assert.deepEqual(families(['fd00::1', '10.0.0.1']), [6, 4]);
  assert.deepEqual(families(['10.0.0.1']), [4]);
  assert.equal(families(['None']), undefined);
  assert.equal(families([]), undefined);
});

test('addresses come in the order in which they were asked for', () => {
  const read = readWish(service('it', { asks: { loadBalancerIPs: 'fd00::1 ,10.0.0.1' } }));
  assert.deepEqual(read?.addresses?.map(formatAddress), ['fd00::1', '10.0.0.1']);
});

test('with externalTrafficPolicy Local the pods belong to the sharing', () => {
  const sharing = (wish: Wish) =>
    readWish(service('it', { asks: { 'allow-shared-ip': 'k' }, ...wish }))?.sharing;
  assert.deepEqual(sharing({}), { key: 'k', backend: '' });
  assert.deepEqual(sharing({ externalTrafficPolicy: 'Local' }), { key: 'k', backend: 'app=web' });
});
