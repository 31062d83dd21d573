/** Why a node does not announce a Service: each reason, and which of two applies. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAnnounceRefusal } from '../../../src/announce/decision/refusal.ts';
import type { SpeakerFlags } from '../../../src/announce/decision/should-announce.ts';
import type { Raw } from '../../../src/base/json.ts';
import * as made from '../support/cluster.ts';

const { advertisement, node, peer, pool, serviceWithEndpoint, service, endpointSlice, SimulatedSpeaker } =
  made;

const base: readonly Raw[] = [node('n1'), peer('r1'), pool('main', ['10.20.1.0/24', 'fd00:20:1::/64'])];
const all = [...base, advertisement('all')];
const SELECTS_NOBODY = { nodeSelectors: [{ matchLabels: { zone: 'elsewhere' } }] };
const gold = (name: string, localPref: number): Raw =>
  advertisement(name, { serviceSelectors: [{ matchLabels: { tier: 'gold' } }], localPref });

type Row = readonly [
  rule: string,
  objects: readonly Raw[],
  code: string | null,
  flags?: Partial<SpeakerFlags>,
];

const rows: readonly Row[] = [
  [
    'a Service with an address and an endpoint is announced',
    [...all, ...serviceWithEndpoint('s', '10.20.1.1')],
    null,
  ],
  [
    'another type than LoadBalancer',
    [...all, ...serviceWithEndpoint('s', '10.20.1.1', { type: 'NodePort' })],
    'notLoadBalancer',
  ],
  [
    'a class, where the speaker has none',
    [...all, ...serviceWithEndpoint('s', '10.20.1.1', { loadBalancerClass: 'a/b' })],
    'otherClass',
  ],
  [
    'no class, where the speaker has one',
    [...all, ...serviceWithEndpoint('s', '10.20.1.1')],
    'otherClass',
    { lbClass: 'a/b' },
  ],
  ['no address', [...all, service('s', [])], 'noIPAllocated'],
  ['an entry that is no address', [...all, service('s', ['nothing'])], 'invalidIP'],
  ['an entry without an address beside a valid one', [...all, service('s', ['10.20.1.1', ''])], 'invalidIP'],
  ['an address of no pool', [...all, ...serviceWithEndpoint('s', '198.51.100.1')], 'ipNotAllowed'],
  [
    'addresses of two pools',
    [...all, pool('spare', ['10.20.2.0/24']), service('s', ['10.20.1.1', '10.20.2.1'])],
    'ipNotAllowed',
  ],
  ['no advertisement', [...base, ...serviceWithEndpoint('s', '10.20.1.1')], 'notOwner'],
  [
    'no advertisement for this node',
    [...base, advertisement('all', SELECTS_NOBODY), ...serviceWithEndpoint('s', '10.20.1.1')],
    'notOwner',
  ],
  [
    'no advertisement for this Service',
    [...base, gold('a', 0), ...serviceWithEndpoint('s', '10.20.1.1')],
    'noMatchingAdvertisement',
  ],
  [
    'two values of LOCAL_PREF for one Service',
    [...base, gold('a', 100), gold('b', 200), ...serviceWithEndpoint('s', '10.20.1.1', {}, { tier: 'gold' })],
    'conflictingAdvertisements',
  ],
  [
    'two lengths of the AS path for one Service',
    [
      ...base,
      advertisement('a', { asPathPrepend: 2 }),
      advertisement('b', { serviceSelectors: [{ matchLabels: { tier: 'gold' } }] }),
      ...serviceWithEndpoint('s', '10.20.1.1', {}, { tier: 'gold' }),
    ],
    'conflictingAdvertisements',
  ],
  [
    'two lengths of the AS path, for different peers',
    [
      ...base,
      advertisement('a', { asPathPrepend: 2, peers: ['r1'] }),
      advertisement('b', { peers: ['r2'] }),
      ...serviceWithEndpoint('s', '10.20.1.1'),
    ],
    null,
  ],
  [
    'the conflict comes before the endpoints',
    [...base, gold('a', 100), gold('b', 200), service('s', ['10.20.1.1'], {}, { tier: 'gold' })],
    'conflictingAdvertisements',
  ],
  ['no endpoint', [...all, service('s', ['10.20.1.1'])], 'noEndpoints'],
  [
    'no endpoint on this node',
    [
      ...all,
      service('s', ['10.20.1.1'], { externalTrafficPolicy: 'Local' }),
      endpointSlice('s', [{ addresses: ['10.244.0.1'], nodeName: 'n2' }]),
    ],
    'noLocalEndpoints',
  ],
  [
    'an endpoint on an unknown node is enough',
    [...all, service('s', ['10.20.1.1']), endpointSlice('s', [{ addresses: [], nodeName: 'ghost' }])],
    null,
  ],
  [
    'NetworkUnavailable',
    [
      ...all,
      node('n2'),
      ...serviceWithEndpoint('s', '10.20.1.1'),
      { ...node('n1', {}, { conditions: [{ type: 'NetworkUnavailable', status: 'True' }] }) },
    ].slice(1),
    'nodeNetworkUnavailable',
  ],
  [
    'NetworkUnavailable with status Unknown is no reason',
    [
      ...all.slice(1),
      ...serviceWithEndpoint('s', '10.20.1.1'),
      node('n1', {}, { conditions: [{ type: 'NetworkUnavailable', status: 'Unknown' }] }),
    ],
    null,
  ],
  [
    'the exclude label, whatever its value',
    [
      ...all.slice(1),
      ...serviceWithEndpoint('s', '10.20.1.1'),
      node('n1', { 'node.kubernetes.io/exclude-from-external-load-balancers': 'false' }),
    ],
    'nodeLabeledExcludeBalancers',
  ],
  [
    'the exclude label, with --ignore-exclude-lb',
    [
      ...all.slice(1),
      ...serviceWithEndpoint('s', '10.20.1.1'),
      node('n1', { 'node.kubernetes.io/exclude-from-external-load-balancers': '' }),
    ],
    null,
    { ignoreExcludeLabel: true },
  ],
];

describe('a Service on a node', () => {
  for (const [rule, objects, code, flags] of rows) {
    it(rule, () => {
      const cluster = new SimulatedSpeaker(objects, { flags: { ...made.DEFAULT_SPEAKER.flags, ...flags } });
      assert.equal(cluster.refusalCode('s'), code);
      const verdict = cluster.state.decisions.get('web/s');
      assert.equal(verdict?.kind, code === null ? 'announced' : 'refused');
      if (verdict?.kind === 'refused') assert.match(formatAnnounceRefusal(verdict.refusal), /^\S.*[^.]$/);
    });
  }

  it('is not announced where there is no Node, and the node has no sessions', () => {
    const cluster = new SimulatedSpeaker([...all.slice(1), ...serviceWithEndpoint('s', '10.20.1.1')]);
    assert.equal(cluster.refusalCode('s'), 'notOwner');
    assert.deepEqual(cluster.state.sessions, []);
  });
});
