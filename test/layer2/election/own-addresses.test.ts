/** A pool with an address of a node: that node alone may answer for it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { node, pool, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { layer2Advertisement, layer2State } from '../support/layer2-cluster.ts';

const own = (name: string, address: string) =>
  node(name, {}, { addresses: [{ type: 'InternalIP', address }] });
const objects = [
  ...[own('n1', '10.0.0.1'), own('n2', '10.0.0.2'), pool('main', ['10.0.0.0/24'])],
  layer2Advertisement('all'),
];

describe('an address that is a node’s own', () => {
  const rows: readonly (readonly [says: string, address: string, recorded: string, owner: string])[] = [
    ['moves to that node, whatever is recorded', '10.0.0.2', 'n1', 'n2'],
    ['stays on that node', '10.0.0.1', 'n1', 'n1'],
    ['of no node stays where it is', '10.0.0.9', 'n2', 'n2'],
  ];
  for (const [says, address, recorded, owner] of rows)
    it(says, () => {
      const state = layer2State([...objects, ...serviceWithEndpoint('blog', address)], {
        recorded: { 'web/blog': recorded },
      });
      assert.equal(state.byService.get('web/blog')?.owner?.node, owner);
    });
});
