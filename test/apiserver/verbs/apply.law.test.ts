/** A law: over random histories, server-side apply does with a map what a model of its owners does. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { builtinResources } from '../../../src/apiserver/kinds/builtin/resources.ts';
import { ResourceRegistry } from '../../../src/apiserver/kinds/registry.ts';
import { ClusterIpAllocator } from '../../../src/apiserver/kinds/service/cluster-ip-allocator.ts';
import { Storage } from '../../../src/apiserver/object/storage.ts';
import { objectAt } from '../../../src/apiserver/object/value.ts';
import { patchObject } from '../../../src/apiserver/verbs/patch.ts';
import type { ApiServerState, RequestTarget } from '../../../src/apiserver/verbs/server-state.ts';
import { createObject } from '../../../src/apiserver/verbs/write.ts';
import { APPLY_PATCH, MERGE_PATCH } from '../../../src/objects/patch-type.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const KEYS = ['a', 'b', 'c', 'd'];
const MANAGERS = ['alice', 'bob', 'carol'];
const STEPS = 40;

type Data = Readonly<Record<string, string>>;

/** What a map has, and who applies which key. An updater owns the keys that it wrote last. */
class Model {
  data: Record<string, string> = {};
  readonly applied = new Map<string, Set<string>>();
  readonly updated = new Set<string>();

  /** Whether the configuration is in conflict, and not forced; else its effect is taken over. */
  apply(manager: string, configuration: Data, force: boolean): boolean {
    const changed = Object.keys(configuration).filter((key) => this.data[key] !== configuration[key]);
    const others = [...this.applied].filter(([name]) => name !== manager).map(([, keys]) => keys);
    const owners = [...others, this.updated];
    if (!force && changed.some((key) => owners.some((keys) => keys.has(key)))) return false;
    for (const key of changed) for (const keys of owners) keys.delete(key);
    const before = this.applied.get(manager) ?? new Set();
    Object.assign(this.data, configuration);
    for (const key of before) {
      const isOwned = Object.hasOwn(configuration, key) || owners.some((keys) => keys.has(key));
      if (!isOwned) delete this.data[key];
    }
    this.applied.set(manager, new Set(Object.keys(configuration)));
    return true;
  }

  update(key: string, value: string | null): void {
    if ((this.data[key] ?? null) === value) return;
    for (const keys of [...this.applied.values(), this.updated]) keys.delete(key);
    if (value === null) delete this.data[key];
    else {
      this.data[key] = value;
      this.updated.add(key);
    }
  }
}

function randomConfiguration(random: Random): Data {
  const keys = KEYS.filter(() => random.chance(0.5));
  return Object.fromEntries(keys.map((key) => [key, String(random.below(2))]));
}

it('server-side apply keeps, removes and refuses what the owners say', () => {
  underSeeds(60, 2000, (random) => {
    const state: ApiServerState = {
      storage: new Storage({ historyMax: 10 }),
      registry: new ResourceRegistry(builtinResources(new ClusterIpAllocator(['IPv4']))),
      clock: new FakeClock(),
      random: () => random.below(1000) / 1000,
    };
    state.storage.collection('namespaces').put('default', { metadata: { name: 'default' } });
    const resource = state.registry.find('', 'v1', 'configmaps');
    assert.ok(resource);
    const target: RequestTarget = { resource, namespace: 'default', name: 'x', subresource: '' };
    const options = { dryRun: false, fieldValidation: 'Strict', managedFields: null } as const;
    // Somebody else owns a key that nobody writes, so that the map never becomes empty.
    const first = { metadata: { name: 'x', namespace: 'default' }, data: { rest: '0' } };
    assert.ok(createObject(state, target, first, { ...options, manager: 'creator' }).ok);
    const model = new Model();
    for (let step = 0; step < STEPS; step++) {
      if (random.chance(0.3)) {
        const [key, value] = [random.pick(KEYS), random.chance(0.3) ? null : String(random.below(2))];
        model.update(key, value);
        const patch = { type: MERGE_PATCH, body: { data: { [key]: value } }, force: false };
        assert.ok(patchObject(state, target, patch, { ...options, manager: 'updater' }).ok);
      } else {
        const [manager, data, force] = [
          random.pick(MANAGERS),
          randomConfiguration(random),
          random.chance(0.3),
        ];
        const expected = model.apply(manager, data, force);
        const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data };
        const outcome = patchObject(
          state,
          target,
          { type: APPLY_PATCH, body, force },
          { ...options, manager },
        );
        assert.equal(outcome.ok, expected, `step ${step}`);
      }
      const stored = state.storage.collection('configmaps').get('default/x') ?? {};
      const { rest: _rest, ...data } = objectAt(stored, 'data');
      assert.deepEqual(data, model.data, `step ${step}`);
    }
  });
});
