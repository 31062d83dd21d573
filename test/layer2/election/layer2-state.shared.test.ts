/** Services that share an address: the one node that answers for all of them, or for as many as it can. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeShare } from '../../../src/layer2/election/node-share.ts';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { endpointSlice, node, pool, service, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { layer2Advertisement, layer2State, ownersOf } from '../support/layer2-cluster.ts';

const base = [node('n1'), node('n2', { zone: 'b' }), pool('main', ['10.0.0.0/24', 'fd00::/120'])];
const all = layer2Advertisement('all');

describe('Services of one address', () => {
  const local = { externalTrafficPolicy: 'Local' };
  const on = (...nodes: string[]) => nodes.map((nodeName) => ({ addresses: ['10.244.0.1'], nodeName }));
  const sharing = (
    blog: readonly string[],
    wiki: readonly string[],
    recorded = {},
    alive: readonly string[] = ['n1', 'n2', 'n3'],
  ) =>
    layer2State(
      [
        ...[...base, node('n3'), all],
        ...[service('blog', ['10.0.0.1'], local), endpointSlice('blog', on(...blog))],
        ...[service('wiki', ['10.0.0.1', 'fd00::1'], local), endpointSlice('wiki', on(...wiki))],
      ],
      { recorded, alive: aliveAlways(alive) },
    );

  it('have the node that suits both', () => {
    assert.deepEqual(ownersOf(sharing(['n1', 'n2'], ['n2', 'n3'])), { 'web/blog': 'n2', 'web/wiki': 'n2' });
  });

  it('have a node that suits one where none suits both, and the other is named', () => {
    const state = sharing(['n1'], ['n2']);
    const [election] = state.elections;
    assert.equal(election?.isSplit, true);
    assert.equal(election?.owner?.node, 'n2', 'it reaches two addresses instead of one');
    assert.deepEqual(election?.unreachable, ['web/blog']);
    assert.deepEqual(
      [...nodeShare(state, 'n2').services.values()].map((one) => one.service.key),
      ['web/wiki'],
    );
  });

  it('stay with the recorded node where none suits both', () => {
    const recorded = { 'web/blog': 'n1' };
    const state = sharing(['n1'], ['n2'], recorded);
    assert.equal(state.elections[0]?.owner?.node, 'n1');
    assert.deepEqual(
      nodeShare(state, 'n1').addresses.map(({ address }) => formatAddress(address)),
      ['10.0.0.1'],
    );
  });

  it('have another node while the one that suits both is dead', () => {
    const state = sharing(['n1', 'n2'], ['n2'], { 'web/blog': 'n2', 'web/wiki': 'n2' }, ['n1', 'n3']);
    assert.equal(state.elections[0]?.owner?.node, 'n1');
    assert.deepEqual(state.elections[0]?.unreachable, ['web/wiki']);
  });

  it('stay where they are when another node dies that alone could serve one of them', () => {
    const recorded = { 'web/blog': 'n3', 'web/wiki': 'n3', 'web/mail': 'n3' };
    const withAlive = (...alive: string[]) =>
      layer2State(
        [
          ...[...base, node('n3'), all],
          ...[service('blog', ['10.0.0.1'], local), endpointSlice('blog', on('n1'))],
          ...[service('wiki', ['10.0.0.1'], local), endpointSlice('wiki', on('n2', 'n3'))],
          ...[service('mail', ['10.0.0.1'], local), endpointSlice('mail', on('n2'))],
        ],
        { recorded, alive: aliveAlways(alive) },
      );
    assert.equal(withAlive('n1', 'n2', 'n3').elections[0]?.owner?.node, 'n3');
    assert.equal(withAlive('n2', 'n3').elections[0]?.owner?.node, 'n3', 'n2 could serve all others');
  });

  it('have the node that suits all those that any can serve, whatever is recorded', () => {
    const state = layer2State(
      [
        ...[...base, node('n3'), all],
        ...[service('blog', ['10.0.0.1'], local), endpointSlice('blog', on('n1', 'n2'))],
        ...[service('wiki', ['10.0.0.1'], local), endpointSlice('wiki', on('n2', 'n3'))],
        ...[service('mail', ['10.0.0.1'], local), endpointSlice('mail', on('elsewhere'))],
      ],
      { recorded: { 'web/blog': 'n1' } },
    );
    assert.equal(state.elections[0]?.owner?.node, 'n2');
    assert.equal(state.elections[0]?.isSplit, false);
  });

  it('share the interfaces of both', () => {
    const state = layer2State([
      ...base,
      layer2Advertisement('a', { interfaces: ['eth0'], serviceSelectors: [{ matchLabels: { s: 'blog' } }] }),
      layer2Advertisement('b', { interfaces: ['eth1'], serviceSelectors: [{ matchLabels: { s: 'wiki' } }] }),
      ...serviceWithEndpoint('blog', '10.0.0.1', {}, { s: 'blog' }),
      ...serviceWithEndpoint('wiki', '10.0.0.1', {}, { s: 'wiki' }),
    ]);
    const owner = ownersOf(state)['web/blog'] ?? '';
    assert.deepEqual(nodeShare(state, owner).addresses, [
      { address: { family: 4, bits: 0x0a000001n }, interfaces: ['eth0', 'eth1'], isProbed: true },
    ]);
  });
});
