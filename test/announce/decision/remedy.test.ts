/** Every refusal has a reason and a remedy. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type AnnounceRefusal, formatAnnounceRefusal } from '../../../src/announce/decision/refusal.ts';
import { announceRemedy } from '../../../src/announce/decision/remedy.ts';

const rows: readonly (readonly [refusal: AnnounceRefusal, change: RegExp])[] = [
  [{ code: 'notLoadBalancer', type: 'NodePort' }, /spec\.type/],
  [{ code: 'otherClass', has: null, wanted: 'x' }, /spec\.loadBalancerClass "x"/],
  [{ code: 'otherClass', has: 'x', wanted: null }, /--lb-class x/],
  [{ code: 'noIPAllocated' }, /berth explain service edge -n shop$/],
  [{ code: 'invalidIP', text: null }, /status\.loadBalancer/],
  [{ code: 'ipNotAllowed', addresses: ['10.0.0.1'] }, /list 10\.0\.0\.1 in spec\.addresses/],
  [{ code: 'notOwner', pool: 'p' }, /spec\.nodeSelectors select w1/],
  [{ code: 'noMatchingAdvertisement', pool: 'p' }, /spec\.serviceSelectors .* pool "p"/],
  [
    { code: 'conflictingAdvertisements', field: 'localPref', names: ['a', 'b'], prefix: '10.0.0.1/32' },
    /spec\.localPref of "a" and "b"/,
  ],
  [
    { code: 'conflictingAdvertisements', field: 'asPathPrepend', names: ['a', 'b'], prefix: '10.0.0.1/32' },
    /spec\.asPathPrepend of "a" and "b"/,
  ],
  [{ code: 'nodeUnknown' }, /--node-name/],
  [{ code: 'nodeNetworkUnavailable' }, /network plugin on w1/],
  [{ code: 'nodeLabeledExcludeBalancers' }, /kubectl label node w1 .*-, or/],
  [{ code: 'noLocalEndpoints' }, /ready on w1, or set spec\.externalTrafficPolicy to Cluster/],
  [{ code: 'noEndpoints' }, /-n shop -l kubernetes\.io\/service-name=edge/],
  [{ code: 'noWeight' }, /berth\.dev\/weighted-ecmp/],
];

for (const [refusal, change] of rows) {
  it(`${refusal.code}: ${formatAnnounceRefusal(refusal)}`, () => {
    const remedy = announceRemedy(refusal, { service: 'shop/edge', node: 'w1' });
    assert.match(remedy, change);
    assert.doesNotMatch(remedy, /\.$/);
  });
}
