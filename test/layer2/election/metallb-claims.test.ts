/** For which addresses Berth's speakers stand by while some of MetalLB run. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { leaveToMetallb } from '../../../src/layer2/election/metallb-claims.ts';
import type { MetallbSpeaker } from '../../../src/layer2/membership/metallb-speaker.ts';
import { decodeNode } from '../../../src/objects/node.ts';
import { endpointSlice, node, pool, service, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import {
  type Layer2Setup,
  layer2Advertisement,
  layer2State,
  metallbSpeaker,
  nic,
} from '../support/layer2-cluster.ts';

const NODES = ['n1', 'n2', 'n3'];
const base = [
  ...NODES.map((name) => node(name, { name })),
  ...[pool('main', ['10.0.0.0/24']), pool('other', ['10.0.1.0/24'])],
];
const all = layer2Advertisement('all');
const on = (name: string, ...names: readonly string[]): Raw =>
  layer2Advertisement(name, {
    nodeSelectors: names.map((one) => ({ matchLabels: { name: one } })),
    ipAddressPools: [name],
  });
const blog = serviceWithEndpoint('blog', '10.0.0.1');
const local = { externalTrafficPolicy: 'Local' };

const electionNode = (raw: Raw) =>
  raw['kind'] === 'Node' ? [[decodeNode(raw).name, decodeNode(raw)] as const] : [];

type Row = {
  readonly says: string;
  readonly objects?: readonly Raw[];
  readonly setup?: Layer2Setup;
  readonly metallb: readonly MetallbSpeaker[];
  readonly records?: readonly { readonly service: string; readonly pod: string | null }[];
  /** Of each Service: `metallb` and its node, or Berth's owner; '' for nobody. */
  readonly answers: Readonly<Record<string, string>>;
};

const rows: readonly Row[] = [
  {
    says: 'while a node of MetalLB may answer, by the first of its own in the order of the hash',
    metallb: ['n1', 'n3'].map((name) => metallbSpeaker(name)),
    answers: { blog: 'metallb n3' },
  },
  {
    says: 'no address where MetalLB has left all nodes that may answer for it, and the rest where it has not',
    objects: [on('main', 'n1'), on('other', 'n2', 'n3'), ...blog, ...serviceWithEndpoint('shop', '10.0.1.1')],
    metallb: [metallbSpeaker('n2'), metallbSpeaker('n3')],
    setup: { recorded: { 'web/shop': 'n2' } },
    answers: { blog: 'n1', shop: 'metallb n2' },
  },
  {
    says: 'no address of the policy Local whose endpoints are on nodes that MetalLB has left',
    objects: [
      ...[all, service('blog', ['10.0.0.1'], local), service('shop', ['10.0.0.2'], local)],
      endpointSlice('blog', [{ addresses: ['10.1.0.1'], nodeName: 'n1', conditions: { ready: true } }]),
      endpointSlice('shop', [{ addresses: ['10.1.0.2'], nodeName: 'n2', conditions: { ready: true } }]),
    ],
    metallb: [metallbSpeaker('n2'), metallbSpeaker('n3')],
    answers: { blog: 'n1', shop: 'metallb n2' },
  },
  {
    says: "no address when all of MetalLB's are gone",
    metallb: [metallbSpeaker('n1', { phase: 'gone' })],
    answers: { blog: 'n1' },
    setup: { recorded: { 'web/blog': 'n1' } },
  },
  {
    says: 'no address for one that starts, and has written nothing',
    metallb: [metallbSpeaker('n2', { phase: 'starting' })],
    answers: { blog: 'n1' },
    setup: { recorded: { 'web/blog': 'n1' } },
  },
  {
    says: 'when one that starts has written a record of another Service: it answers for all that it leads',
    metallb: [metallbSpeaker('n2', { phase: 'starting' })],
    records: [{ service: 'web/shop', pod: 'metallb-n2' }],
    answers: { blog: 'metallb n2' },
  },
  {
    says: 'where a record says so, though the rule does not: it may run by an older configuration',
    objects: [on('main', 'n1'), ...blog],
    metallb: [metallbSpeaker('n2')],
    records: [{ service: 'web/blog', pod: 'metallb-n2' }],
    answers: { blog: 'metallb n2' },
  },
  {
    says: 'for no record of a Pod that is gone, or of Berth',
    objects: [on('main', 'n1'), ...blog],
    metallb: [metallbSpeaker('n2', { phase: 'gone' }), metallbSpeaker('n3')],
    records: [
      { service: 'web/blog', pod: 'metallb-n2' },
      { service: 'web/blog', pod: null },
    ],
    answers: { blog: 'n1' },
  },
  {
    says: 'for none that announces Services of another class',
    metallb: [metallbSpeaker('n2', { lbClass: 'example.com/lb' })],
    answers: { blog: 'n1' },
    setup: { recorded: { 'web/blog': 'n1' } },
  },
  {
    says: 'for a node with the exclude label only where MetalLB ignores the label',
    objects: [node('n4', { 'node.kubernetes.io/exclude-from-external-load-balancers': '' }), all, ...blog],
    metallb: [metallbSpeaker('n4')],
    answers: { blog: 'n1' },
    setup: { recorded: { 'web/blog': 'n1' } },
  },
  {
    says: 'where MetalLB ignores the exclude label',
    objects: [node('n4', { 'node.kubernetes.io/exclude-from-external-load-balancers': '' }), all, ...blog],
    metallb: [metallbSpeaker('n4', { ignoreExcludeLabel: true })],
    answers: { blog: 'metallb n4' },
  },
  {
    says: 'where MetalLB elects a node that lacks the interface: its leader would delete the records of Berth',
    objects: [layer2Advertisement('eth1', { interfaces: ['eth1'] }), ...blog],
    setup: { interfaces: { n1: [nic('eth1')], n2: [nic('eth0')], n3: [nic('eth0')] } },
    metallb: [metallbSpeaker('n2')],
    answers: { blog: 'metallb n2' },
  },
  {
    says: 'by weight before hash',
    objects: [
      layer2Advertisement('all', {
        preferredNodeSelectors: [{ weight: 5, preference: { matchLabels: { name: 'n3' } } }],
      }),
      ...blog,
    ],
    metallb: ['n1', 'n2', 'n3'].map((name) => metallbSpeaker(name)),
    answers: { blog: 'metallb n3' },
  },
  {
    says: 'for all Services of an address where MetalLB answers for one of them',
    objects: [
      ...[all, service('blog', ['10.0.0.1']), service('shop', ['10.0.0.1'], local)],
      endpointSlice('blog', [{ addresses: ['10.1.0.1'], nodeName: 'n1', conditions: { ready: true } }]),
      endpointSlice('shop', [{ addresses: ['10.1.0.2'], nodeName: 'n1', conditions: { ready: true } }]),
    ],
    metallb: [metallbSpeaker('n2')],
    answers: { blog: 'metallb n2', shop: 'metallb n2' },
  },
];

describe("Berth's speakers stand by", () => {
  for (const { says, objects = [all, ...blog], setup = {}, metallb, records = [], answers } of rows) {
    it(says, () => {
      const raws = [...base, ...objects];
      const state = leaveToMetallb(layer2State(raws, setup), {
        ...{ speakers: metallb, lbClass: null, records: () => records },
        nodes: new Map(raws.flatMap(electionNode)),
      });
      const found = Object.fromEntries(
        state.elections.flatMap((election) =>
          election.group.map(({ service: { key } }) => [
            key.replace('web/', ''),
            election.metallb === null ? (election.owner?.node ?? '') : `metallb ${election.metallb}`,
          ]),
        ),
      );
      assert.deepEqual(found, answers);
      for (const { metallb: left, owner } of state.elections) assert.ok(left === null || owner === null);
      for (const [key, election] of state.byService)
        assert.ok(election.group.some(({ service: one }) => one.key === key));
    });
  }

  it('for nothing, and with the same state, where no speaker of MetalLB runs', () => {
    const state = layer2State([...base, all, ...blog]);
    const records = (): never => assert.fail('no record is read');
    assert.equal(leaveToMetallb(state, { speakers: [], nodes: new Map(), lbClass: null, records }), state);
  });
});
