/** The timeline of the dashboard: what two documents in a row tell of speakers, sessions, routers and leaders. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  AnnouncingOverview,
  CalicoRouterOverview,
  SessionOverview,
  SpeakerOverview,
} from '../../src/overview/announcing-document.ts';
import type { ControllerOverview, OverviewDocument } from '../../src/overview/document.ts';
import { announcingChanges } from '../../web/announcing-changes.ts';
import { announcing, session, speaker } from './topology/support/announcing.ts';

const [THEN, LATER, NOW] = ['2026-01-01T00:00:05Z', '2026-01-01T00:00:07Z', '2026-01-01T00:00:09Z'];
const LEADS: ControllerOverview = {
  ...{ state: 'leading', leader: 'c-1', node: null, since: THEN, renewed: null, version: null, pods: null },
  says: 'c-1 leads',
};

const at = (since: string, one: SessionOverview): SessionOverview => ({ ...one, since });
const one = (...sessions: readonly SessionOverview[]): AnnouncingOverview =>
  announcing({ speakers: [speaker('w1', sessions)] });
const inState = (change: Partial<SpeakerOverview>, ...sessions: readonly SessionOverview[]) =>
  announcing({ speakers: [{ ...speaker('w1', sessions), ...change }] });
const calico = (change: Partial<CalicoRouterOverview>): AnnouncingOverview => {
  const router = { router: '10.0.0.1', as: 1, sessions: { up: 1, all: 1 }, nodes: ['w1', 'w2'], routes: 1 };
  return announcing({ calico: { version: null, routers: [{ ...router, down: [], ...change }] } });
};
const conflicts = (...macs: readonly string[]): AnnouncingOverview =>
  announcing({
    layer2: {
      nodes: [],
      conflicts: macs.map((mac) => ({ address: '192.0.2.1', mac, node: 'w1', interface: 'eth0' })),
    },
  });
const UP = at(THEN, session('tor', 'up'));
const DOWN = at(LATER, session('tor', 'down', 'hold timer expired'));

type Part = { readonly announcing?: AnnouncingOverview; readonly controller?: Partial<ControllerOverview> };

const ROWS: readonly (readonly [string, Part, Part, readonly string[]])[] = [
  [
    'a session that goes down, with its error',
    { announcing: one(UP) },
    { announcing: one(DOWN) },
    [`${LATER} SpeakerStatus w1 reports that its session with tor is down: hold timer expired`],
  ],
  [
    'a session that is up again',
    { announcing: one(DOWN) },
    { announcing: one(at(NOW, UP)) },
    [`${NOW} SpeakerStatus w1 reports that its session with tor is up`],
  ],
  [
    'a new session beside others',
    { announcing: one(UP) },
    { announcing: one(UP, at(LATER, session('b', 'up'))) },
    [`${LATER} SpeakerStatus w1 reports that its session with b is up`],
  ],
  [
    'another state of the same second at the time of the page',
    { announcing: one(UP) },
    { announcing: one(at(THEN, session('tor', 'bridged'))) },
    [`${NOW} SpeakerStatus w1 reports that its session with tor is bridged`],
  ],
  ['prefixes alone', { announcing: one(UP) }, { announcing: one({ ...UP, bfd: 'up' }) }, []],
  [
    'a speaker that is down, and not each of its sessions',
    { announcing: one(UP) },
    {
      announcing: inState({ state: 'down', because: 'Node w1 is not ready' }, { ...UP, state: 'stale' }),
    },
    [`${NOW} Speaker w1 is down | Node w1 is not ready`],
  ],
  [
    'a speaker that runs again, with the sessions that it had',
    { announcing: inState({ state: 'down' }, { ...UP, state: 'stale' }) },
    { announcing: one(UP) },
    [`${NOW} Speaker w1 runs`],
  ],
  [
    'a speaker that has left, without saying it twice',
    { announcing: inState({}) },
    { announcing: inState({ state: 'left', because: 'it has withdrawn all routes' }) },
    [`${NOW} Speaker w1 has withdrawn all routes`],
  ],
  [
    'the first speaker',
    {},
    { announcing: one(UP) },
    [`${NOW} Speaker w1 runs`, `${THEN} SpeakerStatus w1 reports that its session with tor is up`],
  ],
  ['a speaker that is gone', { announcing: one(UP) }, {}, [`${NOW} Speaker w1 is gone`]],
  [
    'a session that Calico loses, as predicted',
    { announcing: calico({}) },
    { announcing: calico({ down: [{ node: 'w2', because: 'no BGPPeer' }] }) },
    [`${NOW} Router 10.0.0.1 has no session with w2 (predicted) | no BGPPeer`],
  ],
  [
    'a session that Calico has again',
    { announcing: calico({ down: [{ node: 'w2', because: 'no BGPPeer' }] }) },
    { announcing: calico({}) },
    [`${NOW} Router 10.0.0.1 has a session with w2 again (predicted)`],
  ],
  [
    'no session with a node that is gone',
    { announcing: calico({ down: [{ node: 'w2', because: 'no BGPPeer' }] }) },
    { announcing: calico({ nodes: ['w1'] }) },
    [],
  ],
  [
    'a host that uses an address',
    { announcing: conflicts() },
    { announcing: conflicts('aa:bb') },
    [`${NOW} Speaker w1 sees 192.0.2.1 used by the host aa:bb on eth0`],
  ],
  [
    'a host that uses it no more',
    { announcing: conflicts('aa:bb') },
    { announcing: conflicts() },
    [`${NOW} Speaker w1 sees 192.0.2.1 used by the host aa:bb on eth0 no more`],
  ],
  [
    'another leader, since when it leads',
    {},
    { controller: { leader: 'c-2', since: LATER } },
    [`${LATER} Lease berth-controller was taken by c-2`],
  ],
  [
    'a leader without a Lease',
    {},
    { controller: { leader: 'c-2', since: null } },
    [`${NOW} Controller c-2 leads`],
  ],
  [
    'that nobody leads, and why',
    {},
    { controller: { state: 'expired', says: 'c-1 has not renewed its lease for 60 s' } },
    [`${NOW} Lease berth-controller has no holder that runs | c-1 has not renewed its lease for 60 s`],
  ],
  [
    'the same leader again',
    { controller: { state: 'expired' } },
    {},
    [`${NOW} Lease berth-controller is renewed by c-1 again`],
  ],
  ['a Lease that is only renewed', {}, { controller: { renewed: NOW } }, []],
  ['a Lease that cannot be read', {}, { controller: { state: 'unknown', leader: null } }, []],
];

const READ: OverviewDocument['kinds'] = [
  { kind: 'SpeakerStatus', state: 'read', objects: 1, namespace: null, says: null },
];
const documentOf = ({ controller, ...part }: Part, kinds = READ) => ({
  ...{ announcing: announcing({}), kinds, time: NOW, controller: { ...LEADS, ...controller } },
  ...part,
});

describe('changes of those who announce', () => {
  for (const [says, before, after, expected] of ROWS)
    it(`tell ${says}`, () => {
      const texts = announcingChanges(documentOf(before), documentOf(after)).map(
        ({ time, kind, name, says, because }) =>
          `${time} ${kind} ${name} ${says}${because == null ? '' : ` | ${because}`}`,
      );
      assert.deepEqual(texts, expected);
    });

  it('tell of no speaker that is gone where speakers cannot be read', () => {
    const before = documentOf({ announcing: one(UP) });
    assert.deepEqual(announcingChanges(before, documentOf({}, [])), []);
  });
});
