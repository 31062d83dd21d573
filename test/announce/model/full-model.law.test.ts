/** Laws of the stateless model, for every cluster, whatever its objects contain. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeSpeakerState, type SpeakerModelState } from '../../../src/announce/model/full-model.ts';
import { simulateCase } from '../../../src/announce/simulator/case-file.ts';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import { fieldsOf, listOf, type Raw } from '../../../src/base/json.ts';
import { mutate } from '../../support/mutation.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { DEFAULT_SPEAKER, loadObservedCases } from '../support/cluster.ts';

const cases = loadObservedCases();

const simulated = (one: Raw): string => JSON.stringify(simulateCase(one));

function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0] as T);
}

test('the order of the objects does not matter', () => {
  underSeeds(200, 5_000, (random) => {
    const one = random.pick(cases);
    assert.equal(simulated({ ...one, objects: shuffled(random, listOf(one['objects'])) }), simulated(one));
  });
});

test('it never throws, whatever objects contain', () => {
  underSeeds(600, 30_000, (random) => {
    const { observed: _, ...one } = random.pick(cases);
    simulated({ ...one, objects: mutate(random, one['objects']), steps: mutate(random, one['steps']) });
  });
});

test('a second run without changes has the same result', () => {
  underSeeds(200, 5_000, (random) => {
    const store = storeOf(mutate(random, random.pick(cases)['objects']));
    const objects = store.objects();
    const first = computeSpeakerState(DEFAULT_SPEAKER, objects, null);
    assert.deepEqual(summary(computeSpeakerState(DEFAULT_SPEAKER, objects, first)), summary(first));
  });
});

test('the routes for one Service alone are its part of the routes for all', () => {
  for (const one of cases) {
    const objects = storeOf(one['objects']).objects();
    const whole = computeSpeakerState(DEFAULT_SPEAKER, objects, null);
    const parts = objects.services.map((service) => ({
      key: service.key,
      answer: computeSpeakerState(DEFAULT_SPEAKER, { ...objects, services: [service] }, null),
    }));
    for (const [index, { peer, routes }] of whole.sessions.entries()) {
      const prefixes = new Set(
        parts.flatMap(({ answer }) => [...(answer.sessions[index]?.routes.keys() ?? [])]),
      );
      assert.deepEqual([...routes.keys()].sort(), [...prefixes].sort(), peer.name);
      for (const { key, answer } of parts) {
        for (const [prefix, part] of answer.sessions[index]?.routes ?? []) {
          const route = routes.get(prefix);
          assert.ok(part.communities.every((value) => route?.communities.includes(value)));
        }
        assert.deepEqual(answer.decisions.get(key), whole.decisions.get(key));
      }
    }
  }
});

function storeOf(objects: unknown): SimulatedObjectStore {
  const store = new SimulatedObjectStore(DEFAULT_SPEAKER.namespace);
  for (const raw of listOf(objects).map(fieldsOf)) store.create(raw);
  return store;
}

const summary = (state: SpeakerModelState): unknown => ({
  sessions: state.sessions,
  decisions: state.decisions,
  targetPeers: state.targetPeers,
  errors: state.nodeConfig.errors,
});
