/** Contract: watches, their selectors and resource versions. */

import assert from 'node:assert/strict';
import type { Event, Watch } from './client.ts';
import { type ContractRow, configMap, service } from './fixture.ts';
import { createThreeConfigMaps, loadBalancerSelector } from './lists.ts';

async function expectEvents(watch: Watch, ...expected: readonly string[]): Promise<Event[]> {
  const events: Event[] = [];
  for (const _ of expected) events.push(await watch.next());
  assert.deepEqual(
    events.map(({ type, object }) => `${type} ${object.metadata.name}`),
    expected,
  );
  return events;
}

export const watches: readonly ContractRow[] = [
  [
    'a watch without a resourceVersion begins with the existing objects',
    async (api) => {
      await createThreeConfigMaps(api);
      await expectEvents(await api.watch('configmaps'), 'ADDED a', 'ADDED b', 'ADDED c');
    },
  ],
  [
    'a watch from resourceVersion 0 begins with the existing objects',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      await expectEvents(await api.watch('configmaps', { resourceVersion: '0' }), 'ADDED a');
    },
  ],
  [
    'a watch from a list shows creation, change and deletion',
    async (api) => {
      const watch = await api.watch('configmaps', { resourceVersion: await api.listVersion('configmaps') });
      await api.must('POST', 'configmaps', configMap('a'));
      await api.patch('configmaps/a', { data: { x: '1' } });
      await api.must('DELETE', 'configmaps/a');
      const [, second, third] = await expectEvents(watch, 'ADDED a', 'MODIFIED a', 'DELETED a');
      assert.equal(second?.object.kind, 'ConfigMap');
      assert.deepEqual(third?.object.data, { x: '1' }, 'a deletion shows the last state');
      assert.ok(
        Number(third?.object.metadata.resourceVersion) > Number(second?.object.metadata.resourceVersion),
        'under a later version',
      );
    },
  ],
  [
    'a watch delivers the changes since its resourceVersion',
    async (api) => {
      const from = await api.listVersion('configmaps');
      await api.must('POST', 'configmaps', configMap('a'));
      await api.must('DELETE', 'configmaps/a');
      await expectEvents(await api.watch('configmaps', { resourceVersion: from }), 'ADDED a', 'DELETED a');
    },
  ],
  [
    'a watch of one namespace shows no others',
    async (api) => {
      const watch = await api.watch('configmaps', { resourceVersion: await api.listVersion('configmaps') });
      await api.client.call('POST', '/api/v1/namespaces/default/configmaps', configMap(api.namespace));
      await api.must('POST', 'configmaps', configMap('mine'));
      await api.client.call('DELETE', `/api/v1/namespaces/default/configmaps/${api.namespace}`);
      await expectEvents(watch, 'ADDED mine');
    },
  ],
  [
    'a Service that stops being a LoadBalancer leaves as DELETED, with its last matching state',
    async (api) => {
      await api.service('a');
      await api.ingress('a', '192.0.2.1');
      const watch = await api.watch('services', {
        ...loadBalancerSelector,
        resourceVersion: await api.listVersion('services'),
      });
      const after = await api.patch('services/a', { spec: { type: 'ClusterIP' } });
      const [event] = await expectEvents(watch, 'DELETED a');
      assert.equal(event?.object.spec.type, 'LoadBalancer');
      assert.deepEqual(event?.object.status.loadBalancer.ingress, [{ ip: '192.0.2.1', ipMode: 'VIP' }]);
      assert.equal(event?.object.metadata.resourceVersion, after.metadata.resourceVersion);
    },
  ],
  [
    'a Service that becomes a LoadBalancer comes as ADDED',
    async (api) => {
      await api.service('a', { type: 'ClusterIP' });
      const watch = await api.watch('services', {
        ...loadBalancerSelector,
        resourceVersion: await api.listVersion('services'),
      });
      await api.patch('services/a', { metadata: { labels: { x: 'y' } } });
      await api.patch('services/a', { spec: { type: 'LoadBalancer' } });
      await expectEvents(watch, 'ADDED a');
    },
  ],
  [
    'a deletion is delivered with a matching selector',
    async (api) => {
      await api.service('a');
      const watch = await api.watch('services', {
        ...loadBalancerSelector,
        resourceVersion: await api.listVersion('services'),
      });
      await api.must('DELETE', 'services/a');
      await expectEvents(watch, 'DELETED a');
    },
  ],
  [
    'a deletion is not delivered without a match',
    async (api) => {
      await api.service('a', { type: 'ClusterIP' });
      const watch = await api.watch('services', {
        ...loadBalancerSelector,
        resourceVersion: await api.listVersion('services'),
      });
      await api.must('DELETE', 'services/a');
      await api.service('b');
      await expectEvents(watch, 'ADDED b');
    },
  ],
  [
    'labels that begin or stop matching cause ADDED and DELETED',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      const watch = await api.watch('configmaps', {
        labelSelector: 'x=y',
        resourceVersion: await api.listVersion('configmaps'),
      });
      await api.patch('configmaps/a', { metadata: { labels: { x: 'y' } } });
      await api.patch('configmaps/a', { data: { a: 'b' } });
      await api.patch('configmaps/a', { metadata: { labels: null } });
      const [, , last] = await expectEvents(watch, 'ADDED a', 'MODIFIED a', 'DELETED a');
      assert.deepEqual(last?.object.metadata.labels, { x: 'y' });
    },
  ],
  [
    'one object can be watched by name',
    async (api) => {
      const watch = await api.watch('configmaps', {
        fieldSelector: 'metadata.name=b',
        resourceVersion: await api.listVersion('configmaps'),
      });
      await createThreeConfigMaps(api);
      await expectEvents(watch, 'ADDED b');
    },
  ],
  [
    'a watch ends after timeoutSeconds',
    async (api) => {
      const watch = await api.watch('configmaps', { timeoutSeconds: '1' });
      await watch.ended();
    },
  ],
  [
    'initial events end with an annotated bookmark',
    async (api) => {
      await createThreeConfigMaps(api);
      const watch = await api.watch('configmaps', {
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
      });
      await expectEvents(watch, 'ADDED a', 'ADDED b', 'ADDED c');
      const bookmark = await watch.nextIncludingBookmarks();
      assert.equal(bookmark.type, 'BOOKMARK');
      assert.equal(bookmark.object.kind, 'ConfigMap');
      assert.equal(bookmark.object.metadata.annotations['k8s.io/initial-events-end'], 'true');
      assert.ok(Number(bookmark.object.metadata.resourceVersion) > 0);
    },
  ],
  [
    'initial events require resourceVersionMatch',
    async (api) => {
      const query = { watch: '1', sendInitialEvents: 'true' };
      await api.mustRefuse(
        api.call('GET', 'configmaps', undefined, {}, query),
        422,
        'Invalid',
        'resourceVersionMatch',
      );
    },
  ],
  [
    'a watch of a resource that is not served is not found',
    async (api) => {
      assert.equal((await api.client.call('GET', '/apis/contract.berth.dev/v1/gadgets?watch=1')).status, 404);
    },
  ],
  [
    'an object with finalizers is delivered as changed, then as deleted',
    async (api) => {
      await api.must('POST', 'services', service('a', {}, { finalizers: ['example.com/f'] }));
      const watch = await api.watch('services', { resourceVersion: await api.listVersion('services') });
      await api.must('DELETE', 'services/a');
      await api.patch('services/a', { metadata: { finalizers: null } });
      const [marked] = await expectEvents(watch, 'MODIFIED a', 'DELETED a');
      assert.ok(marked?.object.metadata.deletionTimestamp);
    },
  ],
];
