/** Every reason of the condition `berth.dev/Assigned` has an event with its sentence, when the reason changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASSIGNED_REASONS, type AssignedReason } from '../../src/allocation/condition-reasons.ts';
import { REQUEST_EDITS } from './support/request-edits.ts';
import {
  eventsOf,
  ingress,
  pool,
  type ServiceOverrides,
  service,
  TestCluster,
} from './support/test-cluster.ts';

const WEB = pool('web', ['10.0.0.0/30']);
const CLAIM = { ipam: { mode: 'AllServices', pools: ['balancers'], scope: 'by-class' } } as const;
const TWO: ServiceOverrides = { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' };

/** Brings `it` to the reason, and returns the events of that. */
type Story = (cluster: TestCluster) => readonly string[];

const applied =
  (overrides: ServiceOverrides): Story =>
  (cluster) =>
    eventsOf(cluster.apply(service('it', overrides)));

const STORIES: Partial<Record<AssignedReason, Story>> = {
  Assigned: applied({}),
  AssignedOneFamily: applied(TWO),
  Layer2Only: (cluster) => {
    cluster.apply(service('it'));
    return eventsOf(
      cluster.simulator.runUntilIdle(cluster.allocator.updateLayer2OnlyPools(new Set(['web']))),
    );
  },
  PoolGone: (cluster) => {
    cluster.apply(service('it'));
    return eventsOf(cluster.setPools());
  },
  ForeignAddress: applied({ ingressEntries: ['192.0.2.1'] }),
  CalicoAllocates: (cluster) => {
    cluster.apply(service('it'));
    return eventsOf(cluster.setExternalClaims(CLAIM));
  },
  StatusContested: (cluster) => {
    cluster.apply(service('it'));
    return Array.from({ length: 5 }, () =>
      eventsOf(cluster.edit('it', { ingress: ingress('192.0.2.1'), statusWriter: 'other' })),
    ).flat();
  },
  NoClusterIP: applied({ clusterIPs: [] }),
  NoPools: (cluster) => {
    cluster.setPools();
    return applied({})(cluster);
  },
  NoPoolMatches: (cluster) => {
    cluster.setPools(pool('web', ['10.0.0.0/30'], { autoAssign: false }));
    return applied({})(cluster);
  },
};

/** The sentence without the addresses that the event has already. */
const sentenceOf = (cluster: TestCluster): string =>
  cluster.conditionMessage('it').replace(/^\S+ from /, 'from ');

for (const reason of Object.keys(ASSIGNED_REASONS) as AssignedReason[]) {
  test(`${reason}: an event has the sentence of the condition, once`, () => {
    const story = STORIES[reason];
    const row = REQUEST_EDITS.find(({ after }) => after.startsWith(`${reason} `));
    assert.ok(story !== undefined || row !== undefined, reason);
    const cluster = new TestCluster(story === undefined ? { ...row?.setup } : { pools: [WEB] });
    let events: readonly string[];
    if (story !== undefined) {
      events = story(cluster);
    } else {
      cluster.apply(service('it', row?.overrides));
      cluster.apply(...(row?.setup.others ?? []));
      events = eventsOf(cluster.edit('it', row?.change ?? {}));
    }
    assert.match(cluster.statusOf('it'), reason === 'Assigned' ? /^10/ : new RegExp(`^${reason}`));
    const sentence = sentenceOf(cluster);
    if (reason === 'Assigned') assert.deepEqual(events, ['IPAllocated: Assigned IP ["10.0.0.0"]']);
    else assert.equal(events.filter((event) => event.endsWith(sentence)).length, 1, events.join('\n'));
    assert.deepEqual(eventsOf(cluster.reconcileAll()), [], 'no event without a change');
  });
}

test('a Service that has what it requests again gets an event, and one that is adopted none', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  cluster.annotate('it', { 'metallb.io/address-pool': 'wbe' });
  assert.deepEqual(eventsOf(cluster.annotate('it', { 'metallb.io/address-pool': 'web' })), [
    'Assigned: 10.0.0.0 from pool "web".',
  ]);
  const adopted = service('adopted', { ingressEntries: ['10.0.0.1'], allocatedFrom: 'web' });
  assert.deepEqual(eventsOf(new TestCluster({ pools: [WEB], services: [adopted] }).initialResults), []);
});
