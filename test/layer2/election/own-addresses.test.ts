/** A pool with an address of a node: that node alone may answer for it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainLayer2 } from '../../../src/layer2/report/explanation.ts';
import { node, pool, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { layer2Advertisement, layer2State, nicWith } from '../support/layer2-cluster.ts';

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

  const published: readonly (readonly [
    says: string,
    interfaces: readonly [n1: readonly string[], n2: readonly string[]],
    owner: string | null,
  ])[] = [
    ['moves to the node that has it on an interface', [[], ['10.0.0.9']], 'n2'],
    ['stays where it is, where both nodes have it', [['10.0.0.9'], ['10.0.0.9']], 'n1'],
    ['of the same interface does not matter', [[], ['10.0.0.8', '2001:db8::9']], 'n1'],
  ];
  for (const [says, [n1, n2], owner] of published)
    it(says, () => {
      const state = layer2State([...objects, ...serviceWithEndpoint('blog', '10.0.0.9')], {
        recorded: { 'web/blog': 'n1' },
        interfaces: { n1: [nicWith(...n1)], n2: [nicWith(...n2)] },
      });
      assert.equal(state.byService.get('web/blog')?.owner?.node ?? null, owner);
    });

  it('on a node that may not answer is answered for by nobody, and the reason names it', () => {
    const elsewhere = layer2Advertisement('all', { nodeSelectors: [{ matchLabels: { name: 'n1' } }] });
    const state = layer2State(
      [node('n1', { name: 'n1' }), node('n2'), pool('main', ['10.0.0.0/24']), elsewhere].concat(
        serviceWithEndpoint('blog', '10.0.0.9'),
      ),
      { interfaces: { n1: [nicWith()], n2: [nicWith('10.0.0.9')] } },
    );
    const { says, fix } = explainLayer2(state, 'web/blog') ?? assert.fail('it is known');
    assert.match(says, /On n1, 10\.0\.0\.9 is an address of node n2 itself, so only that node may answer/);
    assert.match(fix ?? '', /^take 10\.0\.0\.9 out of spec\.addresses of the IPAddressPool/);
  });
});
