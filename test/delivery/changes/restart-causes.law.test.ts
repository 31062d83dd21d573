/** A restart of the speakers changes only what is explained: valid objects are announced as before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import { planAnnouncements, readEditedCluster } from '../../../src/delivery/changes/edit-plan.ts';
import { applyRandomChange, randomCluster } from '../../announce/support/histories.ts';
import { underSeeds } from '../../support/random.ts';
import { randomLayer2Change, randomLayer2Cluster } from '../support/layer2-histories.ts';
import { NAMESPACE } from '../support/speaker-clusters.ts';

const OPTIONS = {
  namespace: NAMESPACE,
  lbClass: null,
  completeKinds: new Set(['Secret', 'EndpointSlice', 'Community']),
};

const clusters = [
  { by: 'BGP', create: randomCluster, change: applyRandomChange },
  { by: 'layer 2', create: randomLayer2Cluster, change: randomLayer2Change },
];

for (const { by, create, change } of clusters)
  test(`${by}: where all objects are valid, a restart concerns only Services that a pool was taken from`, () => {
    underSeeds(400, 10_000, (random) => {
      const store = new SimulatedObjectStore(NAMESPACE);
      for (const raw of create(random)) store.create(raw);
      const before = store.stored();
      for (let count = random.below(4); count >= 0; count--) change(random, store);
      const { restart } = planAnnouncements(readEditedCluster(before, store.stored(), OPTIONS));
      if (restart === null || restart.causes.isConfigurationInvalid) return;
      const { changes, causes } = restart;
      assert.deepEqual(changes.sessions, []);
      const explained = new Set([...causes.withoutPool, ...causes.inYoungerPool]);
      for (const { services } of [...changes.routes, ...changes.owners])
        assert.ok(
          services.some((key) => explained.has(key)),
          `${services} change without a cause`,
        );
      for (const { service, address } of changes.unreached)
        assert.ok(explained.has(service), `${service} loses ${address} without a cause`);
    });
  });
