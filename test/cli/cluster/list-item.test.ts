import assert from 'node:assert/strict';
import { it } from 'node:test';
import { completeListItem } from '../../../src/cli/cluster/list-item.ts';
import { IP_ADDRESS_POOLS, NODES } from '../../../src/kube/resource.ts';

const rows = [
  ['gets the kind and version of its list', NODES, { metadata: { name: 'w1' } }, 'v1', 'Node'],
  [
    'keeps those that it has, as objects of CRDs do',
    IP_ADDRESS_POOLS,
    { metadata: { name: 'p' }, apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' },
    'metallb.io/v1beta1',
    'IPAddressPool',
  ],
  ['is of the kind that was listed, even if it names another one', NODES, { kind: 'Secret' }, 'v1', 'Node'],
] as const;

for (const [title, resource, raw, apiVersion, kind] of rows) {
  it(`an item of a list ${title}`, () => {
    const item = completeListItem(resource, raw);
    assert.deepEqual(item, { ...raw, apiVersion, kind });
    assert.deepEqual(Object.keys(item).slice(0, 2), ['apiVersion', 'kind'], 'as manifests are written');
  });
}
