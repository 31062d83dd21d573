/** What holds of every cluster that the model is asked about, whoever wrote its objects. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFor, type NodeAnswer } from '../../src/announce/answer.ts';
import { predictCase } from '../../src/announce/casefile.ts';
import { readService } from '../../src/announce/service.ts';
import { ObjectStore } from '../../src/announce/store.ts';
import { fieldsOf, listOf, type Raw } from '../../src/cluster/fields.ts';
import { mutated } from '../calico/mutation.ts';
import { type Random, underSeeds } from '../support/random.ts';
import { observedCases, PLAIN } from './cluster.ts';

const cases = observedCases();

const predicted = (one: Raw): string => JSON.stringify(predictCase(one));

function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0] as T);
}

test('the order of the objects does not matter', () => {
  underSeeds(200, 5_000, (random) => {
    const one = random.pick(cases);
    assert.equal(predicted({ ...one, objects: shuffled(random, listOf(one['objects'])) }), predicted(one));
  });
});

test('nothing that anybody may write makes it throw', () => {
  underSeeds(600, 30_000, (random) => {
    const { observed: _, ...one } = random.pick(cases);
    predicted({ ...one, objects: mutated(random, one['objects']), steps: mutated(random, one['steps']) });
  });
});

test('a look that finds nothing changed changes nothing', () => {
  underSeeds(200, 5_000, (random) => {
    const store = storeOf(mutated(random, random.pick(cases)['objects']));
    const objects = store.objects();
    const first = answerFor(PLAIN, objects, null);
    assert.deepEqual(summary(answerFor(PLAIN, objects, first)), summary(first));
  });
});

test('the answer for one Service is its part of the answer for all', () => {
  for (const one of cases) {
    const objects = storeOf(one['objects']).objects();
    const whole = answerFor(PLAIN, objects, null);
    const parts = objects.services.map((raw) => ({
      key: readService(raw).key,
      answer: answerFor(PLAIN, { ...objects, services: [raw] }, null),
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
        assert.deepEqual(answer.verdicts.get(key), whole.verdicts.get(key));
      }
    }
  }
});

function storeOf(objects: unknown): ObjectStore {
  const store = new ObjectStore(PLAIN.namespace);
  for (const raw of listOf(objects).map(fieldsOf)) store.create(raw);
  return store;
}

const summary = (answer: NodeAnswer): unknown => ({
  sessions: answer.sessions,
  verdicts: answer.verdicts,
  meant: answer.meant,
  complaints: answer.settings.complaints,
});
