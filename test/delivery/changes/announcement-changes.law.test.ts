/** What is planned of an edit is what the speakers do when it is made: their models run beside it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NodeModel } from '../../../src/announce/model/node-model.ts';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import type { Raw } from '../../../src/base/json.ts';
import { announcementChanges } from '../../../src/delivery/changes/announcement-changes.ts';
import { type AnnouncedState, announcedState } from '../../../src/delivery/deliveries.ts';
import { readSpeakerCluster } from '../../../src/delivery/speaker-cluster.ts';
import { formatAddress, parseAddress } from '../../../src/net/address.ts';
import { applyDifference, EMPTY_CLUSTER } from '../../announce/support/apply-difference.ts';
import { DEFAULT_SPEAKER } from '../../announce/support/cluster.ts';
import { applyRandomChange, randomCluster } from '../../announce/support/histories.ts';
import { type Random, seeded, underSeeds } from '../../support/random.ts';
import { randomLayer2Change, randomLayer2Cluster } from '../support/layer2-histories.ts';
import { RunningLayer2 } from '../support/running-layer2.ts';

const { namespace, node: NODE } = DEFAULT_SPEAKER;
const KINDS = new Set(['Secret', 'EndpointSlice', 'Community']);

const stateOf = (store: SimulatedObjectStore, before: AnnouncedState | null): AnnouncedState =>
  announcedState(
    readSpeakerCluster(store.stored(), { namespace, lbClass: null, completeKinds: KINDS }),
    before,
  );

const createAll = (objects: readonly Raw[]): SimulatedObjectStore => {
  const store = new SimulatedObjectStore(namespace);
  for (const raw of objects) store.create(raw);
  return store;
};

/** `peer router prefix` for each route of the node. */
const routesOf = (model: NodeModel): readonly string[] =>
  model.sessions.flatMap(({ peer, routes }) =>
    [...routes.keys()].map((prefix) => `${peer.name} ${formatAddress(peer.address)} ${prefix}`),
  );

test('BGP: the routes of a speaker change as planned', () => {
  underSeeds(150, 10_000, (random) => {
    const store = createAll(randomCluster(random));
    const model = new NodeModel(DEFAULT_SPEAKER);
    const objects = store.objects();
    applyDifference(model, EMPTY_CLUSTER, objects);
    model.recompute();
    const runs = (): boolean => store.nodeNames().includes(NODE);
    if (!runs()) return;
    const routesBefore = new Set(routesOf(model));
    const before = stateOf(store, null);
    for (let count = random.below(4); count >= 0; count--) applyRandomChange(random, store);
    const changes = announcementChanges(before, stateOf(store, before));
    const routesAfter = new Set(routesBefore);
    for (const one of changes.routes) {
      const id = `${one.peer} ${one.router} ${one.prefix}`;
      assert.equal(one.before.includes(NODE), routesBefore.has(id), `${id} before`);
      if (one.after.includes(NODE)) routesAfter.add(id);
      else routesAfter.delete(id);
    }
    applyDifference(model, objects, store.objects());
    const { peers } = model.recompute();
    // A speaker whose Node was deleted drains: it keeps nothing.
    assert.deepEqual([...routesAfter].sort(), runs() ? [...routesOf(model)].sort() : []);
    const restarted = changes.sessions.filter((one) => one.change !== 'opens' && one.nodes.includes(NODE));
    const changed = [...peers.changed.map(({ name }) => name), ...peers.removed];
    if (runs()) assert.deepEqual([...new Set(restarted.map(({ peer }) => peer))].sort(), changed.sort());
  });
});

const ownersIn = ({ deliveries }: AnnouncedState): readonly string[] =>
  deliveries
    .flatMap(({ service, address, owner }) => (owner === null ? [] : [`${service} ${address} ${owner}`]))
    .sort();

function ownersChangeAsPlanned(random: Random): void {
  const store = createAll(randomLayer2Cluster(random));
  const running = new RunningLayer2();
  assert.deepEqual(running.settle(store), ownersIn(stateOf(store, null)));
  const before = stateOf(store, null);
  for (let count = random.below(4); count >= 0; count--) randomLayer2Change(random, store);
  const after = stateOf(store, before);
  assert.deepEqual(ownersIn(after), running.settle(store));
  for (const { address, after: owner } of announcementChanges(before, after).owners) {
    const parsed = parseAddress(address);
    assert.ok(parsed.ok);
    const deliveries = after.deliveries.filter((one) => one.address === address);
    assert.ok(
      owner === null
        ? deliveries.every((one) => one.owner === null)
        : deliveries.some((one) => one.owner === owner),
    );
  }
}

test('layer 2: the owners of addresses change as planned', () => {
  underSeeds(150, 5_000, ownersChangeAsPlanned);
});

test('layer 2: a Service is recorded although its owner answers for one of its addresses alone', () => {
  ownersChangeAsPlanned(seeded(9_107_407));
});
