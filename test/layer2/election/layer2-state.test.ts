/** Who may answer for a Service, who does, and why nobody does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { nodeShare } from '../../../src/layer2/election/node-share.ts';
import { formatLayer2Refusal } from '../../../src/layer2/election/refusal.ts';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import { EXCLUDE_LABEL } from '../../../src/objects/node.ts';
import { endpointSlice, node, pool, service, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import {
  type Layer2Setup,
  layer2Advertisement,
  layer2State,
  nic,
  ownersOf,
} from '../support/layer2-cluster.ts';

const base = [node('n1'), node('n2', { zone: 'b' }), pool('main', ['10.0.0.0/24', 'fd00::/120'])];
const all = layer2Advertisement('all');
const web = serviceWithEndpoint('blog', '10.0.0.1');
const SHARING = { 'metallb.io/allow-shared-ip': 'k' };

const annotated = (raw: Raw, annotations: Raw): Raw => ({
  ...raw,
  metadata: { ...(raw['metadata'] as Raw), annotations },
});

const serviceRows: readonly {
  readonly says: string;
  readonly objects: readonly Raw[];
  readonly refusal: RegExp | null;
}[] = [
  { says: 'with a pool and an advertisement it is answered for', objects: [all, ...web], refusal: null },
  {
    says: 'without an advertisement it is not',
    objects: web,
    refusal: /no L2Advertisement covers pool "main"/,
  },
  {
    says: 'an advertisement of another pool does not count',
    objects: [layer2Advertisement('x', { ipAddressPools: ['other'] }), ...web],
    refusal: /no L2Advertisement covers/,
  },
  {
    says: 'an advertisement for other Services does not count',
    objects: [layer2Advertisement('x', { serviceSelectors: [{ matchLabels: { a: 'b' } }] }), ...web],
    refusal: /of pool "main" selects this Service/,
  },
  {
    says: 'a Service that shares its address has no advertisement with serviceSelectors',
    objects: [
      layer2Advertisement('x', { serviceSelectors: [{ matchLabels: { a: 'b' } }] }),
      annotated(service('blog', ['10.0.0.1'], {}, { a: 'b' }), SHARING),
    ],
    refusal: /asks to share its address, and the L2Advertisement "x" has serviceSelectors/,
  },
  {
    says: 'an address outside of all pools is not answered for',
    objects: [all, ...serviceWithEndpoint('blog', '192.0.2.1')],
    refusal: /no pool contains 192.0.2.1/,
  },
  {
    says: 'without a usable endpoint it is not',
    objects: [all, service('blog', ['10.0.0.1'])],
    refusal: /no endpoint is ready or serving/,
  },
  {
    says: 'another class is not served',
    objects: [all, ...serviceWithEndpoint('blog', '10.0.0.1', { loadBalancerClass: 'x' })],
    refusal: /its loadBalancerClass is "x"/,
  },
  {
    says: 'one invalid advertisement keeps a new process from all',
    objects: [all, layer2Advertisement('bad', { interfaces: ['a', 'a'] }), ...web],
    refusal: /no L2Advertisement covers/,
  },
];

describe('a Service', () => {
  for (const { says, objects, refusal } of serviceRows) {
    it(says, () => {
      const state = layer2State([...base, ...objects]);
      const found = state.refusals.get('web/blog');
      if (refusal === null) assert.equal(found, undefined);
      else assert.match(found === undefined ? '' : formatLayer2Refusal(found), refusal);
      assert.equal(Object.hasOwn(ownersOf(state), 'web/blog'), refusal === null);
    });
  }

  it('keeps its last pool while no pool has its address', () => {
    const before = layer2State([...base, all, ...web]);
    const without = [node('n1'), node('n2'), all];
    assert.equal(layer2State([...without, ...web], { before }).elections.length, 1);
    const changed = serviceWithEndpoint('blog', '10.0.0.2');
    assert.equal(layer2State([...without, ...changed], { before }).elections.length, 0);
  });
});

const nodeRows: readonly {
  readonly says: string;
  readonly node: Raw;
  readonly spec?: Raw;
  readonly service?: Raw;
  readonly setup?: Layer2Setup;
  readonly refusal: RegExp | null;
}[] = [
  { says: 'may answer', node: node('n1'), refusal: null },
  {
    says: 'with NetworkUnavailable may not',
    node: node('n1', {}, { conditions: [{ type: 'NetworkUnavailable', status: 'True' }] }),
    refusal: /has the condition NetworkUnavailable/,
  },
  {
    says: 'with NetworkUnavailable Unknown may',
    node: node('n1', {}, { conditions: [{ type: 'NetworkUnavailable', status: 'Unknown' }] }),
    refusal: null,
  },
  {
    says: 'with the exclude label may not',
    node: node('n1', { [EXCLUDE_LABEL]: '' }),
    refusal: /carries the label/,
  },
  {
    says: 'with the exclude label may where it is ignored',
    node: node('n1', { [EXCLUDE_LABEL]: '' }),
    setup: { flags: { ignoreExcludeLabel: true } },
    refusal: null,
  },
  {
    says: 'that no nodeSelector matches may not',
    node: node('n1'),
    spec: { nodeSelectors: [{ matchLabels: { zone: 'b' } }] },
    refusal: /no L2Advertisement of the Service selects this node/,
  },
  {
    says: 'without an endpoint may not under Local',
    node: node('n3'),
    service: { externalTrafficPolicy: 'Local' },
    refusal: /externalTrafficPolicy is Local/,
  },
  {
    says: 'without the interface may not',
    node: node('n1'),
    spec: { interfaces: ['eth1', 'eth2'] },
    setup: { interfaces: { n1: [nic('eth0')] } },
    refusal: /none of the interfaces eth1, eth2 of the node can answer by ARP/,
  },
  {
    says: 'whose interfaces cannot answer by ARP may not',
    node: node('n1'),
    setup: { interfaces: { n1: [nic('eth0', { 4: false, 6: true })] } },
    refusal: /no interface of the node can answer by ARP/,
  },
  {
    says: 'that has not published its interfaces may',
    node: node('n1'),
    spec: { interfaces: ['eth1'] },
    refusal: null,
  },
];

describe('a node', () => {
  for (const { says, node: raw, spec, service: fields, setup, refusal } of nodeRows) {
    it(says, () => {
      const objects = [raw, pool('main', ['10.0.0.0/24']), layer2Advertisement('all', spec)];
      const state = layer2State([...objects, ...serviceWithEndpoint('blog', '10.0.0.1', fields)], setup);
      const standing = state.elections[0]?.standings[0]?.standings[0];
      if (refusal === null) assert.equal(standing?.kind, 'eligible');
      else assert.match(standing?.kind === 'refused' ? formatLayer2Refusal(standing.refusal) : '', refusal);
      assert.equal(Object.hasOwn(ownersOf(state), 'web/blog'), refusal === null);
    });
  }

  it('that is not alive owns nothing', () => {
    const setup = { alive: aliveAlways(['n2']), recorded: { 'web/blog': 'n1' } };
    assert.deepEqual(ownersOf(layer2State([...base, all, ...web], setup)), { 'web/blog': 'n2' });
  });

  it('that is about to stop keeps what it has, and takes nothing', () => {
    const owners = (leaving: readonly string[], owner: string | null, alive = ['n1', 'n2']) =>
      ownersOf(
        layer2State([...base, all, ...web], {
          ...{ leaving, alive: aliveAlways(alive), recorded: owner === null ? {} : { 'web/blog': owner } },
        }),
      )['web/blog'];
    assert.equal(owners(['n1'], 'n1'), 'n1');
    assert.equal(owners(['n1'], 'n1', ['n2']), 'n2');
    assert.equal(owners(['n1'], 'n2', ['n1']), undefined);
    assert.equal(owners(['n1', 'n2'], 'n1', ['n2']), undefined, 'all are about to stop');
    assert.equal(owners(['n1'], null), 'n2');
    assert.equal(owners(['n2'], null), 'n1');
  });

  it('that would answer if it had the interface is named where none has', () => {
    const setup = { interfaces: { n1: [nic('eth0')], n2: [] } };
    const only = layer2Advertisement('all', { interfaces: ['lan7'] });
    const [election] = layer2State([...base, only, ...web], setup).elections;
    assert.equal(election?.owner, null);
    assert.match(election?.withoutInterface ?? '', /^n[12]$/);
  });

  it('that alone can answer for both families, and is dead, leaves one family to another node', () => {
    const slice = endpointSlice('blog', [{ addresses: ['10.244.0.9'], nodeName: 'n1' }]);
    const both = [all, service('blog', ['10.0.0.1', 'fd00::1']), slice];
    const interfaces = { n1: [nic('eth0')], n2: [nic('eth0', { 4: true, 6: false })] };
    const ownersWith = (...alive: string[]) =>
      ownersOf(layer2State([...base, ...both], { interfaces, alive: aliveAlways(alive) }));
    assert.deepEqual(ownersWith('n1', 'n2'), { 'web/blog': 'n1' });
    assert.deepEqual(ownersWith('n2'), { 'web/blog': 'n2' });
  });
});

describe('an owned address', () => {
  it('is probed only where no node is recorded', () => {
    const objects = [...base, all, ...web];
    const owner = ownersOf(layer2State(objects))['web/blog'] ?? '';
    const probed = (recorded: Readonly<Record<string, string>>) =>
      nodeShare(layer2State(objects, { recorded }), owner).addresses.map(({ isProbed }) => isProbed);
    assert.deepEqual(probed({}), [true]);
    assert.deepEqual(probed({ 'web/blog': owner }), [false]);
  });
});
