/** Simulated sessions: which are established, and what is observed of them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulateCase } from '../../../src/announce/simulator/case-file.ts';
import type { SimulatedSession } from '../../../src/announce/simulator/observation.ts';
import type { Raw } from '../../../src/base/json.ts';
import { advertisement, node, peer, pool, serviceWithEndpoint } from '../support/cluster.ts';

const clusterObjects = [
  node('n1'),
  pool('main', ['10.20.1.0/24', 'fd00:20:1::/64']),
  advertisement('all', { localPref: 150 }),
  ...serviceWithEndpoint('four', '10.20.1.4'),
  ...serviceWithEndpoint('six', 'fd00:20:1::6'),
];

type Row = readonly [what: string, router: Raw, peer: Raw, seen: Partial<SimulatedSession> | null];

const EXTERNAL_ROUTES = { '10.20.1.4/32': { nextHop: 'self' } } as const;
const INTERNAL_ROUTES = { '10.20.1.4/32': { localPref: 150, nextHop: 'self' } } as const;

const rows: readonly Row[] = [
  ['default settings', {}, {}, { as: 64500, hold: 90, id: '10.213.0.11', routes: EXTERNAL_ROUTES }],
  ['another AS number than configured', { as: 64513 }, {}, null],
  ['any external AS', { as: 64513 }, { peerASN: null, dynamicASN: 'external' }, { routes: EXTERNAL_ROUTES }],
  ['an external AS where an internal one is expected', {}, { peerASN: null, dynamicASN: 'internal' }, null],
  [
    'an internal AS, which receives LOCAL_PREF',
    { as: 64500 },
    { peerASN: null, dynamicASN: 'internal' },
    { routes: INTERNAL_ROUTES },
  ],
  ['localASN', {}, { localASN: 64540 }, { as: 64540, routes: EXTERNAL_ROUTES }],
  [
    'a four-octet AS number and a router without support for it',
    { fourOctet: false },
    { myASN: 4_200_000_000 },
    { as: 23456 },
  ],
  ['a four-octet AS number', {}, { myASN: 4_200_000_000 }, { as: 4_200_000_000 }],
  ['a password at the router alone', { password: 'x' }, {}, null],
  ['a password at the node alone', {}, { password: 'x' }, null],
  ['the same password on both sides', { password: 'x' }, { password: 'x' }, {}],
  ['another port', { port: 1179 }, {}, null],
  ['the same other port', { port: 1179 }, { peerPort: 1179 }, {}],
  ['a source address that the node does not have', {}, { sourceAddress: '10.213.0.99' }, null],
  ['a source address of the other family', {}, { sourceAddress: 'fd00:213::11' }, null],
  ['a router ID', {}, { routerID: '192.0.2.7' }, { id: '192.0.2.7' }],
  ['no hold time', {}, { holdTime: '0s' }, { hold: 0 }],
  [
    'IPv6, which carries IPv6',
    { family: 'ipv6' },
    { peerAddress: 'fd00:213::1' },
    { routes: { 'fd00:20:1::6/128': { nextHop: 'self' } } },
  ],
  [
    'dualStackAddressFamily, which carries both families',
    {},
    { dualStackAddressFamily: true },
    { routes: { ...EXTERNAL_ROUTES, 'fd00:20:1::6/128': { nextHop: 'self' } } },
  ],
];

describe('a session', () => {
  for (const [what, router, spec, seen] of rows) {
    it(`with ${what}`, () => {
      const [state] = simulateCase({
        routers: { r1: router },
        objects: [...clusterObjects, peer('r1', spec)],
      });
      const session = state?.nodes['n1']?.['r1'];
      if (seen === null) assert.equal(session, undefined);
      else assert.deepEqual({ ...session, ...seen }, session, 'differs');
      if (seen !== null) assert.notEqual(session, undefined);
    });
  }

  it('counts for statuses and events, whether or not it is established', () => {
    const [state] = simulateCase({ objects: [...clusterObjects, peer('r1', { peerASN: 64513 })] });
    assert.deepEqual(state?.nodes, {});
    assert.deepEqual(state?.status['web/four'], { n1: ['r1'] });
    assert.deepEqual(state?.assigned['web/six'], ['n1']);
  });

  it('ends with its speaker, whose status objects stay', () => {
    const steps = [
      { do: [{ kill: 'n1' }] },
      { do: [{ delete: 'Service web/four' }] },
      { do: [{ start: 'n1' }] },
    ];
    const [, killed, later, again] = simulateCase({ objects: [...clusterObjects, peer('r1')], steps });
    assert.deepEqual([killed?.nodes, later?.nodes], [{}, {}]);
    assert.deepEqual(Object.keys(later?.status ?? {}), ['web/four', 'web/six']);
    assert.deepEqual(again?.nodes['n1']?.['r1']?.routes, {});
    assert.deepEqual(Object.keys(again?.assigned ?? {}), ['web/four', 'web/six']);
  });

  it('is established again with a router that comes back, with changed settings', () => {
    const steps = [
      { do: [{ routerDown: 'r1' }] },
      { do: [{ routerUp: 'r1', as: { password: 'x' } }] },
      { do: [{ patch: 'BGPPeer r1', with: { spec: { password: 'x' } } }] },
      { do: [{ routerReset: 'r1' }, { wait: 10 }] },
    ];
    const states = simulateCase({ objects: [...clusterObjects, peer('r1')], steps });
    assert.deepEqual(
      states.map(({ nodes }) => Object.keys(nodes['n1'] ?? {})),
      [['r1'], [], [], ['r1'], ['r1']],
    );
  });
});
