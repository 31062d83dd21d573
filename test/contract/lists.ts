/** Lists: what is seen, and in which order. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { configMap, type Row, type Selectors, type Stage } from './stage.ts';

const names = (list: Loose): string[] => list.items.map((item: Loose) => item.metadata.name);

/** ConfigMaps a, b, c with labels, listed under `query`. */
const lists = (says: string, query: Selectors, wanted: readonly string[]): Row => [
  says,
  async (stage) => {
    await three(stage);
    assert.deepEqual(names(await stage.must('GET', 'configmaps', undefined, {}, query)), wanted);
  },
];

const refuses = (
  says: string,
  query: Selectors,
  code: number,
  reason: string,
  ...parts: readonly string[]
): Row => [
  says,
  async (stage) => {
    await stage.refused(stage.call('GET', 'configmaps', undefined, {}, query), code, reason, ...parts);
  },
];

export async function three(stage: Stage): Promise<void> {
  await stage.must('POST', 'configmaps', configMap('b', {}, { labels: { app: 'web', tier: 'back' } }));
  await stage.must('POST', 'configmaps', configMap('a', {}, { labels: { app: 'web' } }));
  await stage.must('POST', 'configmaps', configMap('c'));
}

export const balancers = { fieldSelector: 'spec.type=LoadBalancer' };

export const listings: readonly Row[] = [
  lists('names come in order', {}, ['a', 'b', 'c']),
  lists('equal labels', { labelSelector: 'app=web' }, ['a', 'b']),
  lists('equal labels, with two signs', { labelSelector: 'app==web' }, ['a', 'b']),
  lists('several requirements', { labelSelector: 'app=web,tier=back' }, ['b']),
  lists('unequal labels hold where there is none', { labelSelector: 'tier!=back' }, ['a', 'c']),
  lists('labels in a set', { labelSelector: 'tier in (front,back)' }, ['b']),
  lists('labels not in a set', { labelSelector: 'app notin (web)' }, ['c']),
  lists('labels that are there', { labelSelector: 'app' }, ['a', 'b']),
  lists('labels that are not', { labelSelector: '!app' }, ['c']),
  lists('a field', { fieldSelector: 'metadata.name=b' }, ['b']),
  lists('a field that is not', { fieldSelector: 'metadata.name!=b' }, ['a', 'c']),
  lists('fields and labels together', { fieldSelector: 'metadata.name!=b', labelSelector: 'app' }, ['a']),
  [
    'resourceVersion 0: whatever the server has at hand, which is soon all of it',
    async (stage) => {
      await three(stage);
      const seen = async () =>
        names(await stage.must('GET', 'configmaps', undefined, {}, { resourceVersion: '0' }));
      const all = ['a', 'b', 'c'];
      // The answer comes from a cache that follows the store: what it leaves out is only the latest.
      for (let tries = 0; tries < 100; tries++) {
        const now = await seen();
        if (now.length === all.length) return assert.deepEqual(now, all);
        for (const name of now) assert.ok(all.includes(name), name);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.deepEqual(await seen(), all);
    },
  ],
  lists('a limit', { limit: '2' }, ['a', 'b']),
  refuses('a field that no selector knows', { fieldSelector: 'data.x=1' }, 400, 'BadRequest', 'data.x'),
  refuses('a label selector that is none', { labelSelector: 'a in' }, 400, 'BadRequest'),
  refuses('a resourceVersion that is no number', { resourceVersion: 'x' }, 400, 'BadRequest'),
  refuses(
    'a match without a resourceVersion',
    { resourceVersionMatch: 'Exact' },
    422,
    'Invalid',
    'resourceVersionMatch is forbidden unless resourceVersion is provided',
  ),
  refuses(
    'a match that is none',
    { resourceVersionMatch: 'Newer', resourceVersion: '1' },
    422,
    'Invalid',
    'resourceVersionMatch',
  ),
  refuses('a continue token that is none', { continue: 'x' }, 400, 'BadRequest', 'continue key is not valid'),
  [
    'pages follow each other, all of one moment',
    async (stage) => {
      await three(stage);
      const first = await stage.must('GET', 'configmaps', undefined, {}, { limit: '1' });
      assert.deepEqual(names(first), ['a']);
      assert.equal(first.metadata.remainingItemCount, 2);
      await stage.must('DELETE', 'configmaps/b');
      await stage.must('POST', 'configmaps', configMap('bb'));
      const second = await stage.must(
        'GET',
        'configmaps',
        undefined,
        {},
        { limit: '5', continue: first.metadata.continue },
      );
      assert.deepEqual(names(second), ['b', 'c']);
      assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
      assert.equal(second.metadata.continue, undefined);
    },
  ],
  [
    'the last page has no continue token',
    async (stage) => {
      await three(stage);
      const list = await stage.must('GET', 'configmaps', undefined, {}, { limit: '3' });
      assert.equal(list.metadata.continue, undefined);
      assert.equal(list.metadata.remainingItemCount, undefined);
    },
  ],
  [
    'a list can be had exactly as it was',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      const then = await stage.version('configmaps');
      await stage.must('POST', 'configmaps', configMap('b'));
      const query = { resourceVersion: then, resourceVersionMatch: 'Exact', limit: '10' };
      assert.deepEqual(names(await stage.must('GET', 'configmaps', undefined, {}, query)), ['a']);
    },
  ],
  [
    'a list not older than',
    async (stage) => {
      const made = await stage.must('POST', 'configmaps', configMap('a'));
      const query = { resourceVersion: made.metadata.resourceVersion, resourceVersionMatch: 'NotOlderThan' };
      assert.deepEqual(names(await stage.must('GET', 'configmaps', undefined, {}, query)), ['a']);
    },
  ],
  [
    'entries of a built-in list carry no kind',
    async (stage) => {
      await three(stage);
      const list = await stage.get('configmaps');
      assert.deepEqual([list.kind, list.apiVersion, list.items[0].kind], ['ConfigMapList', 'v1', undefined]);
    },
  ],
  [
    'only LoadBalancers',
    async (stage) => {
      await stage.service('a');
      await stage.service('b', { type: 'ClusterIP' });
      assert.deepEqual(names(await stage.must('GET', 'services', undefined, {}, balancers)), ['a']);
      assert.deepEqual(
        names(
          await stage.must('GET', 'services', undefined, {}, { fieldSelector: 'spec.type!=LoadBalancer' }),
        ),
        ['b'],
      );
    },
  ],
  [
    'events about one object',
    async (stage) => {
      for (const name of ['a', 'b']) {
        const involvedObject = {
          apiVersion: 'v1',
          kind: 'Service',
          name,
          namespace: stage.namespace,
          uid: `uid-${name}`,
        };
        await stage.must('POST', 'events', {
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
      assert.deepEqual(names(await stage.must('GET', 'events', undefined, {}, query)), ['e-b']);
    },
  ],
];
