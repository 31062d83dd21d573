/** Contract: subresources that are objects of another kind. */

import assert from 'node:assert/strict';
import { JSON_PATCH } from '../../src/objects/patch-type.ts';
import type { Loose } from './client.ts';
import { type ApiFixture, assertIncludes, type ContractRow } from './fixture.ts';

const labels = { app: 'a', tier: 'b' };

async function createDeployment(api: ApiFixture): Promise<Loose> {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  return api.must('POST', 'deployments', { metadata: { name: 'a' }, spec });
}

const scale = (replicas: number, metadata: Loose = {}): Loose => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'a', ...metadata },
  spec: { replicas },
});

export const subresources: readonly ContractRow[] = [
  [
    'scale has the replicas and the selector as text',
    async (api) => {
      const { metadata } = await createDeployment(api);
      const { uid, resourceVersion } = metadata;
      assertIncludes(await api.get('deployments/a/scale'), {
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: { name: 'a', namespace: api.namespace, uid, resourceVersion },
        spec: { replicas: 2 },
        status: { replicas: 0, selector: 'app=a,tier=b' },
      });
    },
  ],
  [
    'a patch of scale changes the replicas, and so does a PUT',
    async (api) => {
      await createDeployment(api);
      assert.equal((await api.patch('deployments/a/scale', { spec: { replicas: 5 } })).spec.replicas, 5);
      assertIncludes(await api.get('deployments/a'), { spec: { replicas: 5 }, metadata: { generation: 2 } });
      const operations = [{ op: 'replace', path: '/spec/replicas', value: 0 }];
      await api.patch('deployments/a/scale', operations, JSON_PATCH);
      assert.equal((await api.get('deployments/a')).spec.replicas, 0);
      assert.equal((await api.must('PUT', 'deployments/a/scale', scale(4))).spec.replicas, 4);
      assert.equal((await api.get('deployments/a')).spec.replicas, 4);
    },
  ],
  [
    'an old resourceVersion is a conflict, and a negative number is refused',
    async (api) => {
      const { metadata } = await createDeployment(api);
      await api.patch('deployments/a/scale', { spec: { replicas: 5 } });
      const old = scale(3, { resourceVersion: metadata.resourceVersion });
      await api.mustRefuse(api.call('PUT', 'deployments/a/scale', old), 409, 'Conflict');
      await api.mustRefuse(
        api.call('PATCH', 'deployments/a/scale', { spec: { replicas: -1 } }),
        422,
        'Invalid',
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      );
    },
  ],
  [
    'the scale of a missing object is not found, and Services have none',
    async (api) => {
      await api.mustRefuse(
        api.call('GET', 'deployments/a/scale'),
        404,
        'NotFound',
        'deployments.apps "a" not found',
      );
      assert.equal((await api.call('GET', 'services/a/scale')).status, 404);
    },
  ],
  [
    'discovery names both with their kinds',
    async (api) => {
      const find = async (path: string, name: string): Promise<Loose> =>
        (await api.get(path)).resources.find((item: Loose) => item.name === name);
      assertIncludes(await find('/apis/apps/v1', 'deployments/scale'), {
        group: 'autoscaling',
        version: 'v1',
        kind: 'Scale',
        verbs: ['get', 'patch', 'update'],
      });
      assertIncludes(await find('/api/v1', 'pods/eviction'), {
        group: 'policy',
        version: 'v1',
        kind: 'Eviction',
        verbs: ['create'],
      });
    },
  ],
  [
    'an eviction deletes the Pod',
    async (api) => {
      const spec = { automountServiceAccountToken: false, containers: [{ name: 'a', image: 'a' }] };
      await api.must('POST', 'pods', { metadata: { name: 'a' }, spec });
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } };
      const { status, body } = await api.call('POST', 'pods/a/eviction', eviction);
      assert.deepEqual([status, body.kind, body.status], [201, 'Status', 'Success']);
      await api.mustRefuse(api.call('GET', 'pods/a'), 404, 'NotFound');
      await api.mustRefuse(api.call('POST', 'pods/a/eviction', eviction), 404, 'NotFound');
    },
  ],
];
