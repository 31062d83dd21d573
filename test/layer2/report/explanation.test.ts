/** What people are told about who answers, and why nobody does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import { explainLayer2, type Layer2Verdict } from '../../../src/layer2/report/explanation.ts';
import { endpointSlice, node, pool, service, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { type Layer2Setup, layer2Advertisement, layer2State, nic } from '../support/layer2-cluster.ts';

const pools = pool('main', ['10.0.0.0/24']);
const blog = serviceWithEndpoint('blog', '10.0.0.1');
const all = layer2Advertisement('all');
const local = { externalTrafficPolicy: 'Local' };

type Row = {
  readonly objects: readonly Raw[];
  readonly setup?: Layer2Setup;
  readonly verdict: Layer2Verdict;
  readonly says: RegExp;
  readonly fix: RegExp | null;
};

const rows: readonly Row[] = [
  {
    objects: [node('n1'), all, ...blog],
    verdict: 'answered',
    says: /^node n1 answers by layer 2, since no other node can$/,
    fix: null,
  },
  {
    objects: [node('n1'), node('n2'), all, ...blog],
    setup: { recorded: { 'web/blog': 'n2' } },
    verdict: 'answered',
    says: /^node n2 answers by layer 2, since it answered before$/,
    fix: null,
  },
  {
    objects: [node('n1'), ...blog],
    verdict: 'refused',
    says: /no L2Advertisement covers pool "main"/,
    fix: /name the pool "main" in spec.ipAddressPools of an L2Advertisement/,
  },
  {
    objects: [
      node('n1', { zone: 'a' }),
      node('n2', {}, { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] }),
      ...[layer2Advertisement('x', { nodeSelectors: [{ matchLabels: { zone: 'a' } }] }), ...blog],
    ],
    verdict: 'refused',
    says: /no node may. On n1, 10\.0\.0\.1 is an address of node n2 itself, so only that node may answer for it/,
    fix: /take 10\.0\.0\.1 out of spec.addresses of the IPAddressPool/,
  },
  {
    objects: [node('n1'), layer2Advertisement('x', { interfaces: ['eth7'] }), ...blog],
    setup: { interfaces: { n1: [nic('eth0')] } },
    verdict: 'refused',
    says: /no node may. On n1, none of the interfaces eth7 of the node can answer by ARP/,
    fix: /name an interface of n1 that is up, and not excluded, in spec.interfaces of the L2Advertisement "x"/,
  },
  {
    objects: [
      node('n1', { zone: 'a' }),
      layer2Advertisement('x', { nodeSelectors: [{ matchLabels: { zone: 'b' } }] }),
      ...blog,
    ],
    verdict: 'refused',
    says: /On n1, no L2Advertisement of the Service selects this node/,
    fix: /let spec.nodeSelectors of an L2Advertisement match the labels of n1/,
  },
  {
    objects: [node('n1'), all, ...blog],
    setup: { alive: aliveAlways([]) },
    verdict: 'noneAlive',
    says: /no speaker runs on n1/,
    fix: /see why the speakers/,
  },
  {
    objects: [all, ...blog],
    verdict: 'refused',
    says: /no speaker does so on any node/,
    fix: /deploy\/layer2/,
  },
  {
    objects: [
      ...[
        node('n1'),
        node('n2'),
        all,
        service('blog', ['10.0.0.1'], local),
        service('wiki', ['10.0.0.1'], local),
      ],
      endpointSlice('blog', [{ addresses: ['10.244.0.1'], nodeName: 'n1' }]),
      endpointSlice('wiki', [{ addresses: ['10.244.0.2'], nodeName: 'n2' }]),
    ],
    setup: { recorded: { 'web/wiki': 'n2' } },
    verdict: 'unreachable',
    says: /^node n2 answers for its address, which other Services share/,
    fix: /an address of its own/,
  },
];

describe('the explanation of a Service', () => {
  for (const { objects, setup, verdict, says, fix } of rows) {
    it(`${verdict}: ${says.source}`, () => {
      const explained = explainLayer2(layer2State([pools, ...objects], setup), 'web/blog') ?? assert.fail();
      assert.equal(explained.verdict, verdict);
      assert.match(explained.says, says);
      if (fix === null) assert.equal(explained.fix, null);
      else assert.match(explained.fix ?? '', fix);
      assert.equal(explained.nodes.filter(({ isOwner }) => isOwner).length, explained.node === null ? 0 : 1);
    });
  }

  it('names the node that takes the address soon', () => {
    const preferring = layer2Advertisement('x', {
      preferredNodeSelectors: [{ weight: 5, preference: { matchLabels: { zone: 'a' } } }],
    });
    const state = layer2State([pools, node('n1', { zone: 'a' }), node('n2'), preferring, ...blog], {
      ...{ recorded: { 'web/blog': 'n2' }, returned: ['n1'] },
    });
    const explained = explainLayer2(state, 'web/blog') ?? assert.fail();
    assert.equal(explained.node, 'n2');
    assert.equal(
      explained.nodes.find((one) => one.node === 'n1')?.says,
      'may answer (preferred with weight 5), when it has run for --l2-failback-delay',
    );
  });

  it('is null for one that does not exist', () => {
    assert.equal(explainLayer2(layer2State([node('n1'), pools, all]), 'web/blog'), null);
  });
});
