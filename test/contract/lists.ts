/** Contract: lists, their selectors, order and pages. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { type ApiFixture, type ContractRow, configMap, type Query } from './fixture.ts';

const namesOf = (list: Loose): string[] => list.items.map((item: Loose) => item.metadata.name);

/** Lists ConfigMaps a, b and c, which have labels, with `query`. */
const listRow = (title: string, query: Query, expected: readonly string[]): ContractRow => [
  title,
  async (api) => {
    await createThreeConfigMaps(api);
    assert.deepEqual(namesOf(await api.must('GET', 'configmaps', undefined, {}, query)), expected);
  },
];

const refusedListRow = (
  title: string,
  query: Query,
  code: number,
  reason: string,
  ...parts: readonly string[]
): ContractRow => [
  title,
  async (api) => {
    await api.mustRefuse(api.call('GET', 'configmaps', undefined, {}, query), code, reason, ...parts);
  },
];

export async function createThreeConfigMaps(api: ApiFixture): Promise<void> {
  await api.must('POST', 'configmaps', configMap('b', {}, { labels: { app: 'web', tier: 'back' } }));
  await api.must('POST', 'configmaps', configMap('a', {}, { labels: { app: 'web' } }));
  await api.must('POST', 'configmaps', configMap('c'));
}

export const loadBalancerSelector = { fieldSelector: 'spec.type=LoadBalancer' };

export const listings: readonly ContractRow[] = [
  listRow('names are sorted', {}, ['a', 'b', 'c']),
  listRow('a label that equals a value', { labelSelector: 'app=web' }, ['a', 'b']),
  listRow('a label that equals a value, with ==', { labelSelector: 'app==web' }, ['a', 'b']),
  listRow('several requirements', { labelSelector: 'app=web,tier=back' }, ['b']),
  listRow('a label that differs from a value, or is missing', { labelSelector: 'tier!=back' }, ['a', 'c']),
  listRow('a label in a set', { labelSelector: 'tier in (front,back)' }, ['b']),
  listRow('a label not in a set', { labelSelector: 'app notin (web)' }, ['c']),
  listRow('a label that exists', { labelSelector: 'app' }, ['a', 'b']),
  listRow('a label that does not exist', { labelSelector: '!app' }, ['c']),
  listRow('a field', { fieldSelector: 'metadata.name=b' }, ['b']),
  listRow('a field that differs from a value', { fieldSelector: 'metadata.name!=b' }, ['a', 'c']),
  listRow('field and label selectors together', { fieldSelector: 'metadata.name!=b', labelSelector: 'app' }, [
    'a',
  ]),
  [
    'resourceVersion 0 lists from the cache, which soon has all objects',
    async (api) => {
      await createThreeConfigMaps(api);
      const listedNames = async () =>
        namesOf(await api.must('GET', 'configmaps', undefined, {}, { resourceVersion: '0' }));
      const all = ['a', 'b', 'c'];
      // The response comes from the watch cache, which may lack the latest objects.
      for (let tries = 0; tries < 100; tries++) {
        const now = await listedNames();
        if (now.length === all.length) return assert.deepEqual(now, all);
        for (const name of now) assert.ok(all.includes(name), name);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.deepEqual(await listedNames(), all);
    },
  ],
  listRow('a limit', { limit: '2' }, ['a', 'b']),
  refusedListRow(
    'a field that is not selectable',
    { fieldSelector: 'data.x=1' },
    400,
    'BadRequest',
    'data.x',
  ),
  refusedListRow('an invalid label selector', { labelSelector: 'a in' }, 400, 'BadRequest'),
  refusedListRow('a resourceVersion that is not a number', { resourceVersion: 'x' }, 400, 'BadRequest'),
  refusedListRow(
    'resourceVersionMatch without a resourceVersion',
    { resourceVersionMatch: 'Exact' },
    422,
    'Invalid',
    'resourceVersionMatch is forbidden unless resourceVersion is provided',
  ),
  refusedListRow(
    'an invalid match',
    { resourceVersionMatch: 'Newer', resourceVersion: '1' },
    422,
    'Invalid',
    'resourceVersionMatch',
  ),
  refusedListRow(
    'an invalid continue token',
    { continue: 'x' },
    400,
    'BadRequest',
    'continue key is not valid',
  ),
  [
    'all pages show one resourceVersion',
    async (api) => {
      await createThreeConfigMaps(api);
      const first = await api.must('GET', 'configmaps', undefined, {}, { limit: '1' });
      assert.deepEqual(namesOf(first), ['a']);
      assert.equal(first.metadata.remainingItemCount, 2);
      await api.must('DELETE', 'configmaps/b');
      await api.must('POST', 'configmaps', configMap('bb'));
      const second = await api.must(
        'GET',
        'configmaps',
        undefined,
        {},
        { limit: '5', continue: first.metadata.continue },
      );
      assert.deepEqual(namesOf(second), ['b', 'c']);
      assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
      assert.equal(second.metadata.continue, undefined);
    },
  ],
  [
    'the last page has no continue token',
    async (api) => {
      await createThreeConfigMaps(api);
      const list = await api.must('GET', 'configmaps', undefined, {}, { limit: '3' });
      assert.equal(list.metadata.continue, undefined);
      assert.equal(list.metadata.remainingItemCount, undefined);
    },
  ],
  [
    'a list at an exact resourceVersion shows the state of then',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      const then = await api.listVersion('configmaps');
      await api.must('POST', 'configmaps', configMap('b'));
      const query = { resourceVersion: then, resourceVersionMatch: 'Exact', limit: '10' };
      assert.deepEqual(namesOf(await api.must('GET', 'configmaps', undefined, {}, query)), ['a']);
    },
  ],
  [
    'a list not older than a resourceVersion',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a'));
      const query = {
        resourceVersion: created.metadata.resourceVersion,
        resourceVersionMatch: 'NotOlderThan',
      };
      assert.deepEqual(namesOf(await api.must('GET', 'configmaps', undefined, {}, query)), ['a']);
    },
  ],
  [
    'items of a list of a built-in kind have no kind',
    async (api) => {
      await createThreeConfigMaps(api);
      const list = await api.get('configmaps');
      assert.deepEqual([list.kind, list.apiVersion, list.items[0].kind], ['ConfigMapList', 'v1', undefined]);
    },
  ],
  [
    'Services of type LoadBalancer by field selector',
    async (api) => {
      await api.service('a');
      await api.service('b', { type: 'ClusterIP' });
      assert.deepEqual(namesOf(await api.must('GET', 'services', undefined, {}, loadBalancerSelector)), [
        'a',
      ]);
      assert.deepEqual(
        namesOf(
          await api.must('GET', 'services', undefined, {}, { fieldSelector: 'spec.type!=LoadBalancer' }),
        ),
        ['b'],
      );
    },
  ],
  [
    'Events of one object by field selector',
    async (api) => {
      for (const name of ['a', 'b']) {
        const involvedObject = {
          apiVersion: 'v1',
          kind: 'Service',
          name,
          namespace: api.namespace,
          uid: `uid-${name}`,
        };
        await api.must('POST', 'events', {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: `e-${name}` },
          involvedObject,
          reason: 'R',
          type: 'Normal',
        });
      }
      const query = {
        fieldSelector: 'involvedObject.name=b,involvedObject.kind=Service,type=Normal,reason=R',
      };
      assert.deepEqual(namesOf(await api.must('GET', 'events', undefined, {}, query)), ['e-b']);
    },
  ],
];
