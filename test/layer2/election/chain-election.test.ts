/** Chains of Services that share addresses: which of them one node has to answer for, and which have a node of their own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { nodeShare } from '../../../src/layer2/election/node-share.ts';
import { explainLayer2 } from '../../../src/layer2/report/explanation.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { endpointSlice, node, pool, service } from '../../announce/support/cluster.ts';
import { layer2Advertisement, layer2State, ownersOf } from '../support/layer2-cluster.ts';

const base = [
  ...[node('n1'), node('n2', { zone: 'b' }), node('n3'), pool('main', ['10.0.0.0/24', 'fd00::/120'])],
  layer2Advertisement('all', {
    preferredNodeSelectors: [{ weight: 5, preference: { matchLabels: { zone: 'b' } } }],
  }),
];

/** A Service with endpoints on these nodes alone. */
const local = (name: string, ips: readonly string[], nodes: readonly string[]): readonly Raw[] => [
  service(name, [...ips], { externalTrafficPolicy: 'Local' }),
  endpointSlice(
    name,
    nodes.map((nodeName) => ({ addresses: ['10.244.0.1'], nodeName })),
  ),
];

describe('a chain of Services', () => {
  it('is held together by no Service that nobody can serve, so each part has the node that it prefers', () => {
    const state = layer2State([
      ...base,
      ...local('blog', ['10.0.0.1'], ['n1']),
      ...local('mail', ['10.0.0.1', 'fd00::1'], ['elsewhere']),
      ...local('wiki', ['fd00::1'], ['n1', 'n2']),
    ]);
    assert.deepEqual(ownersOf(state), { 'web/blog': 'n1', 'web/wiki': 'n2' });
    const mail = explainLayer2(state, 'web/mail');
    assert.equal(mail?.verdict, 'refused', 'the Service that nobody can serve has its own reason');
  });

  it('has the node that leaves the fewest Services silent, before the preferred one', () => {
    const state = layer2State([
      ...base,
      ...local('blog', ['10.0.0.1'], ['n1']),
      ...local('wiki', ['10.0.0.1', 'fd00::1'], ['n1']),
      ...local('mail', ['fd00::1', '10.0.0.2'], ['n2']),
    ]);
    assert.deepEqual(new Set(Object.values(ownersOf(state))), new Set(['n1']));
  });

  it('leaves no address silent that a node can answer for', () => {
    const state = layer2State([
      ...base,
      ...local('blog', ['10.0.0.1'], ['n1']),
      ...local('wiki', ['10.0.0.1', 'fd00::1'], ['n1']),
      ...local('mail', ['fd00::1', '10.0.0.2'], ['n3']),
      ...local('chat', ['10.0.0.2'], ['n3']),
    ]);
    const answered = ['n1', 'n2', 'n3'].flatMap((name) =>
      nodeShare(state, name).addresses.map(({ address }) => formatAddress(address)),
    );
    assert.deepEqual(answered.toSorted(), ['10.0.0.1', '10.0.0.2', 'fd00::1']);
    assert.deepEqual([ownersOf(state)['web/blog'], ownersOf(state)['web/chat']], ['n1', 'n3']);
  });

  it('is left to a speaker of MetalLB as a whole', () => {
    const objects = [
      ...base,
      ...local('blog', ['10.0.0.1'], ['n1']),
      ...local('mail', ['10.0.0.1', 'fd00::1'], ['elsewhere']),
      ...local('wiki', ['fd00::1'], ['n2']),
    ];
    assert.deepEqual(ownersOf(layer2State(objects, { metallb: ['n1'] })), {});
  });
});
