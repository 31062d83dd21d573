/** Watches: what is seen of a change, and from when on. */

import assert from 'node:assert/strict';
import type { Event, Watch } from './client.ts';
import { balancers, three } from './lists.ts';
import { configMap, type Row, service } from './stage.ts';

async function sees(watch: Watch, ...wanted: readonly string[]): Promise<Event[]> {
  const events: Event[] = [];
  for (const _ of wanted) events.push(await watch.next());
  assert.deepEqual(
    events.map(({ type, object }) => `${type} ${object.metadata.name}`),
    wanted,
  );
  return events;
}

export const watches: readonly Row[] = [
  [
    'a watch from nowhere begins with what is there',
    async (stage) => {
      await three(stage);
      await sees(await stage.watch('configmaps'), 'ADDED a', 'ADDED b', 'ADDED c');
    },
  ],
  [
    'a watch from 0 does so too',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      await sees(await stage.watch('configmaps', { resourceVersion: '0' }), 'ADDED a');
    },
  ],
  [
    'a life is seen from the resourceVersion of a list',
    async (stage) => {
      const watch = await stage.watch('configmaps', { resourceVersion: await stage.version('configmaps') });
      await stage.must('POST', 'configmaps', configMap('a'));
      await stage.patch('configmaps/a', { data: { x: '1' } });
      await stage.must('DELETE', 'configmaps/a');
      const [, second, third] = await sees(watch, 'ADDED a', 'MODIFIED a', 'DELETED a');
      assert.equal(second?.object.kind, 'ConfigMap');
      assert.deepEqual(third?.object.data, { x: '1' }, 'a deletion shows the last state');
      assert.ok(
        Number(third?.object.metadata.resourceVersion) > Number(second?.object.metadata.resourceVersion),
        'under a later version',
      );
    },
  ],
  [
    'what happened in between is made up for',
    async (stage) => {
      const from = await stage.version('configmaps');
      await stage.must('POST', 'configmaps', configMap('a'));
      await stage.must('DELETE', 'configmaps/a');
      await sees(await stage.watch('configmaps', { resourceVersion: from }), 'ADDED a', 'DELETED a');
    },
  ],
  [
    'other namespaces are not seen',
    async (stage) => {
      const watch = await stage.watch('configmaps', { resourceVersion: await stage.version('configmaps') });
      await stage.client.call('POST', '/api/v1/namespaces/default/configmaps', configMap(stage.namespace));
      await stage.must('POST', 'configmaps', configMap('mine'));
      await stage.client.call('DELETE', `/api/v1/namespaces/default/configmaps/${stage.namespace}`);
      await sees(watch, 'ADDED mine');
    },
  ],
  [
    'a Service that stops being a LoadBalancer leaves as DELETED, with its last matching state',
    async (stage) => {
      await stage.service('a');
      await stage.ingress('a', '192.0.2.1');
      const watch = await stage.watch('services', {
        ...balancers,
        resourceVersion: await stage.version('services'),
      });
      const after = await stage.patch('services/a', { spec: { type: 'ClusterIP' } });
      const [event] = await sees(watch, 'DELETED a');
      assert.equal(event?.object.spec.type, 'LoadBalancer');
      assert.deepEqual(event?.object.status.loadBalancer.ingress, [{ ip: '192.0.2.1', ipMode: 'VIP' }]);
      assert.equal(event?.object.metadata.resourceVersion, after.metadata.resourceVersion);
    },
  ],
  [
    'a Service that becomes a LoadBalancer comes as ADDED',
    async (stage) => {
      await stage.service('a', { type: 'ClusterIP' });
      const watch = await stage.watch('services', {
        ...balancers,
        resourceVersion: await stage.version('services'),
      });
      await stage.patch('services/a', { metadata: { labels: { x: 'y' } } });
      await stage.patch('services/a', { spec: { type: 'LoadBalancer' } });
      await sees(watch, 'ADDED a');
    },
  ],
  [
    'a deletion is seen under the selector',
    async (stage) => {
      await stage.service('a');
      const watch = await stage.watch('services', {
        ...balancers,
        resourceVersion: await stage.version('services'),
      });
      await stage.must('DELETE', 'services/a');
      await sees(watch, 'DELETED a');
    },
  ],
  [
    'a ClusterIP Service that goes is not seen under the selector',
    async (stage) => {
      await stage.service('a', { type: 'ClusterIP' });
      const watch = await stage.watch('services', {
        ...balancers,
        resourceVersion: await stage.version('services'),
      });
      await stage.must('DELETE', 'services/a');
      await stage.service('b');
      await sees(watch, 'ADDED b');
    },
  ],
  [
    'labels that come and go make ADDED and DELETED',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      const watch = await stage.watch('configmaps', {
        labelSelector: 'x=y',
        resourceVersion: await stage.version('configmaps'),
      });
      await stage.patch('configmaps/a', { metadata: { labels: { x: 'y' } } });
      await stage.patch('configmaps/a', { data: { a: 'b' } });
      await stage.patch('configmaps/a', { metadata: { labels: null } });
      const [, , last] = await sees(watch, 'ADDED a', 'MODIFIED a', 'DELETED a');
      assert.deepEqual(last?.object.metadata.labels, { x: 'y' });
    },
  ],
  [
    'one object can be watched by name',
    async (stage) => {
      const watch = await stage.watch('configmaps', {
        fieldSelector: 'metadata.name=b',
        resourceVersion: await stage.version('configmaps'),
      });
      await three(stage);
      await sees(watch, 'ADDED b');
    },
  ],
  [
    'a watch ends when its time is up',
    async (stage) => {
      const watch = await stage.watch('configmaps', { timeoutSeconds: '1' });
      await watch.ended();
    },
  ],
  [
    'initial events end with a bookmark that says so',
    async (stage) => {
      await three(stage);
      const watch = await stage.watch('configmaps', {
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
      });
      await sees(watch, 'ADDED a', 'ADDED b', 'ADDED c');
      const bookmark = await watch.any();
      assert.equal(bookmark.type, 'BOOKMARK');
      assert.equal(bookmark.object.kind, 'ConfigMap');
      assert.equal(bookmark.object.metadata.annotations['k8s.io/initial-events-end'], 'true');
      assert.ok(Number(bookmark.object.metadata.resourceVersion) > 0);
    },
  ],
  [
    'initial events need a match',
    async (stage) => {
      const query = { watch: '1', sendInitialEvents: 'true' };
      await stage.refused(
        stage.call('GET', 'configmaps', undefined, {}, query),
        422,
        'Invalid',
        'resourceVersionMatch',
      );
    },
  ],
  [
    'a watch of a resource that is not served is not found',
    async (stage) => {
      assert.equal(
        (await stage.client.call('GET', '/apis/contract.berth.dev/v1/gadgets?watch=1')).status,
        404,
      );
    },
  ],
  [
    'finalizers hold an object in sight until they go',
    async (stage) => {
      await stage.must('POST', 'services', service('a', {}, { finalizers: ['example.com/f'] }));
      const watch = await stage.watch('services', { resourceVersion: await stage.version('services') });
      await stage.must('DELETE', 'services/a');
      await stage.patch('services/a', { metadata: { finalizers: null } });
      const [marked] = await sees(watch, 'MODIFIED a', 'DELETED a');
      assert.ok(marked?.object.metadata.deletionTimestamp);
    },
  ],
];
