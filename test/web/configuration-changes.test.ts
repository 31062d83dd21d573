/** The timeline of the dashboard: what two documents in a row tell of an edit of the configuration. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnnouncingOverview } from '../../src/overview/announcing-document.ts';
import type { ConfigurationObject, OverviewDocument, PoolOverview } from '../../src/overview/document.ts';
import { configurationChanges } from '../../web/configuration-changes.ts';
import { announcing, session, speaker } from './topology/support/announcing.ts';

const pool = (name: string, change: Partial<PoolOverview> = {}): PoolOverview => ({
  ...{ name, state: 'valid', addresses: ['192.0.2.0/24'], ipv4: null, ipv6: null, countedFrom: null },
  ...{ exhausted: false, exhaustedSoon: false, services: null, waiting: null, autoAssign: true, issues: [] },
  ...{ avoidBuggyIPs: false, notGranted: [] },
  ...change,
});
const speakers = (...peers: readonly string[]): AnnouncingOverview =>
  announcing({
    speakers: [
      speaker(
        'n1',
        peers.map((peer) => session(peer, 'up')),
      ),
    ],
  });

const read = (...kinds: readonly string[]): OverviewDocument['kinds'] =>
  kinds.map((kind) => ({ kind, state: 'read', objects: 1, namespace: null, says: null }));
const advertisement = (
  fields: ConfigurationObject['fields'],
  change: Partial<ConfigurationObject> = {},
): ConfigurationObject => ({
  ...{ kind: 'BGPAdvertisement', name: 'all', fields, generation: null, edited: null },
  ...change,
});
const peer = (generation: number): ConfigurationObject => advertisement({}, { kind: 'BGPPeer', generation });

type Part = Partial<Pick<OverviewDocument, 'configuration' | 'kinds'>> & {
  readonly pools?: readonly PoolOverview[] | null;
  readonly announcing?: AnnouncingOverview;
};
const NOBODY = announcing({});

const rows: readonly (readonly [string, Part, Part, readonly string[]])[] = [
  [
    'a pool that is added',
    { pools: [] },
    { pools: [pool('main')] },
    ['IPAddressPool main is new, with 192.0.2.0/24'],
  ],
  ['a pool that is deleted', { pools: [pool('main')] }, { pools: [] }, ['IPAddressPool main is gone']],
  [
    'other ranges',
    { pools: [pool('main')] },
    { pools: [pool('main', { addresses: ['192.0.2.0/25', '2001:db8::/64'] })] },
    ['IPAddressPool main has 192.0.2.0/25, 2001:db8::/64 in place of 192.0.2.0/24'],
  ],
  [
    'a pool that is reserved for requests',
    { pools: [pool('main')] },
    { pools: [pool('main', { autoAssign: false })] },
    ['IPAddressPool main is used on request alone'],
  ],
  [
    'a pool that becomes invalid',
    { pools: [pool('main')] },
    { pools: [pool('main', { state: 'invalid', issues: ['spec.addresses[0]: no range'] })] },
    ['IPAddressPool main is invalid: spec.addresses[0]: no range'],
  ],
  ['counts alone', { pools: [pool('main')] }, { pools: [pool('main', { services: 7 })] }, []],
  ['pools that cannot be read any more', { pools: [pool('main')] }, { pools: null }, []],
  ['pools that can be read again', { pools: null }, { pools: [pool('main')] }, []],
  [
    'a neighbour in place of another',
    { announcing: speakers('old', 'tor') },
    { announcing: speakers('tor', 'new') },
    ['BGPPeer new is a neighbour of nodes now', 'BGPPeer old is a neighbour of no node any more'],
  ],
  [
    'a session that goes down',
    { announcing: speakers('tor') },
    {
      announcing: announcing({ speakers: [speaker('n1', [session('tor', 'down')])] }),
    },
    [],
  ],
  [
    'an advertisement that is added',
    { configuration: [] },
    { configuration: [advertisement({}, { edited: { by: 'kubectl-create', time: '' } })] },
    ['BGPAdvertisement all is new, written by kubectl-create'],
  ],
  [
    'an advertisement that is deleted',
    { configuration: [advertisement({})] },
    { configuration: [] },
    ['BGPAdvertisement all is gone'],
  ],
  [
    'fields with other values, and fields that come and go',
    { configuration: [advertisement({ 'spec.localPref': 100, 'spec.peers': ['tor'] })] },
    { configuration: [advertisement({ 'spec.localPref': 200, 'spec.communities': ['65535:666'] })] },
    [
      'BGPAdvertisement all has spec.localPref 200 in place of 100, no spec.peers in place of ["tor"], spec.communities ["65535:666"]',
    ],
  ],
  [
    'a password, which is no part of it',
    { configuration: [peer(1)] },
    { configuration: [peer(2)] },
    ['BGPPeer all has another spec.password'],
  ],
  ['a write that changes nothing', { configuration: [peer(1)] }, { configuration: [peer(1)] }, []],
  [
    'kinds that cannot be read any more',
    { configuration: [advertisement({})] },
    { configuration: [], kinds: [] },
    [],
  ],
  [
    'kinds that can be read again',
    { configuration: [], kinds: [] },
    { configuration: [advertisement({})] },
    [],
  ],
  ['speakers that cannot be read any more', { announcing: speakers('tor') }, { announcing: NOBODY }, []],
];

describe('changes of the configuration', () => {
  for (const [says, before, after, expected] of rows)
    it(`${expected.length === 0 ? 'are not' : 'are'} ${says}`, () => {
      const from = {
        ...{ pools: [], announcing: NOBODY, time: '2026-01-01T00:00:01Z', configuration: [] },
        kinds: read('BGPAdvertisement', 'BGPPeer'),
      };
      const changes = configurationChanges(
        { ...from, ...before },
        { ...from, ...after, time: '2026-01-01T00:00:02Z' },
      );
      assert.deepEqual(
        changes.map(({ kind, name, says: what }) => `${kind} ${name} ${what}`),
        expected,
      );
      assert.ok(changes.every(({ time }) => time === '2026-01-01T00:00:02Z'));
    });
});
