/** Contract: updates by PUT and by the three types of PATCH. */

import assert from 'node:assert/strict';
import { JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH } from '../../src/objects/patch-type.ts';
import type { Loose } from './client.ts';
import { assertIncludes, type ContractRow, configMap } from './fixture.ts';

/** A JSON patch of a ConfigMap with data x=1, y=2. */
const jsonPatchRow = (title: string, operations: readonly Loose[], data: Loose): ContractRow => [
  title,
  async (api) => {
    await api.must('POST', 'configmaps', configMap('a', { x: '1', y: '2' }));
    assert.deepEqual((await api.patch('configmaps/a', operations, JSON_PATCH)).data, data);
  },
];

const refusedPatchRow = (
  title: string,
  patch: unknown,
  type: string,
  code: number,
  reason: string,
  ...parts: readonly string[]
): ContractRow => [
  title,
  async (api) => {
    const before = await api.must('POST', 'configmaps', configMap('a', { x: '1', y: '2' }));
    await api.mustRefuse(api.call('PATCH', 'configmaps/a', patch, { type }), code, reason, ...parts);
    assert.deepEqual(await api.get('configmaps/a'), before);
  },
];

export const updates: readonly ContractRow[] = [
  [
    'a PUT replaces the object',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', { x: '1' }));
      assert.deepEqual((await api.must('PUT', 'configmaps/a', configMap('a', { y: '2' }))).data, {
        y: '2',
      });
    },
  ],
  [
    'a PUT with an old resourceVersion is a conflict',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a'));
      await api.patch('configmaps/a', { data: { x: '1' } });
      await api.mustRefuse(
        api.call('PUT', 'configmaps/a', created),
        409,
        'Conflict',
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    },
  ],
  [
    'a PUT without a change writes nothing',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a', { x: '1' }));
      assert.equal(
        (await api.must('PUT', 'configmaps/a', created)).metadata.resourceVersion,
        created.metadata.resourceVersion,
      );
    },
  ],
  [
    'a PUT with a wrong uid is a conflict',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a'));
      const body = {
        ...created,
        metadata: { ...created.metadata, uid: '00000000-0000-4000-8000-000000000000' },
      };
      await api.mustRefuse(
        api.call('PUT', 'configmaps/a', body),
        409,
        'Conflict',
        'Precondition failed: UID in precondition',
      );
    },
  ],
  [
    'a PUT to a missing object is not found',
    async (api) => {
      await api.mustRefuse(api.call('PUT', 'configmaps/a', configMap('a')), 404, 'NotFound');
    },
  ],
  [
    'creationTimestamp and uid cannot be changed',
    async (api) => {
      const { metadata } = await api.must('POST', 'configmaps', configMap('a'));
      const after = await api.patch('configmaps/a', {
        metadata: { creationTimestamp: '2001-01-01T00:00:00Z', generation: 7 },
      });
      assertIncludes(after.metadata, {
        creationTimestamp: metadata.creationTimestamp,
        uid: metadata.uid,
        generation: undefined,
      });
    },
  ],
  [
    'a patch cannot set deletionTimestamp',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      const patch = { metadata: { deletionTimestamp: '2001-01-01T00:00:00Z' } };
      await api.mustRefuse(
        api.call('PATCH', 'configmaps/a', patch),
        422,
        'Invalid',
        'metadata.deletionTimestamp: Invalid value',
        'field is immutable',
      );
    },
  ],
  jsonPatchRow('JSON patch: add', [{ op: 'add', path: '/data/z', value: '3' }], { x: '1', y: '2', z: '3' }),
  jsonPatchRow('JSON patch: remove', [{ op: 'remove', path: '/data/x' }], { y: '2' }),
  jsonPatchRow('JSON patch: replace', [{ op: 'replace', path: '/data/x', value: '9' }], { x: '9', y: '2' }),
  jsonPatchRow('JSON patch: move', [{ op: 'move', from: '/data/x', path: '/data/z' }], { y: '2', z: '1' }),
  jsonPatchRow('JSON patch: copy', [{ op: 'copy', from: '/data/x', path: '/data/z' }], {
    x: '1',
    y: '2',
    z: '1',
  }),
  jsonPatchRow(
    'JSON patch: a test that holds',
    [
      { op: 'test', path: '/data/x', value: '1' },
      { op: 'remove', path: '/data/x' },
    ],
    { y: '2' },
  ),
  refusedPatchRow(
    'JSON patch: a test that does not hold',
    [{ op: 'test', path: '/data/x', value: '2' }],
    JSON_PATCH,
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
  ),
  refusedPatchRow(
    'JSON patch: a path that is not there',
    [{ op: 'remove', path: '/data/none' }],
    JSON_PATCH,
    422,
    'Invalid',
  ),
  refusedPatchRow('JSON patch: not a list', { op: 'remove' }, JSON_PATCH, 400, 'BadRequest'),
  refusedPatchRow('an invalid patch type', {}, 'application/json', 415, 'UnsupportedMediaType'),
  refusedPatchRow(
    'a patch with an old resourceVersion',
    { metadata: { resourceVersion: '1' }, data: { x: '2' } },
    MERGE_PATCH,
    409,
    'Conflict',
  ),
  refusedPatchRow(
    'a patch that renames',
    { metadata: { name: 'b' } },
    MERGE_PATCH,
    400,
    'BadRequest',
    'the name of the object (b) does not match the name on the URL (a)',
  ),
  [
    'a merge patch merges, and null removes',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', { x: '1', y: '2' }));
      assert.deepEqual((await api.patch('configmaps/a', { data: { x: null, z: '3' } })).data, {
        y: '2',
        z: '3',
      });
    },
  ],
  [
    'a merge patch replaces finalizers, a strategic merge patch adds',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/a'] }));
      const added = await api.patch(
        'configmaps/a',
        { metadata: { finalizers: ['example.com/b'] } },
        STRATEGIC_MERGE_PATCH,
      );
      assert.deepEqual([...added.metadata.finalizers].sort(), ['example.com/a', 'example.com/b']);
      const replaced = await api.patch('configmaps/a', { metadata: { finalizers: ['example.com/c'] } });
      assert.deepEqual(replaced.metadata.finalizers, ['example.com/c']);
      await api.patch('configmaps/a', { metadata: { finalizers: null } });
    },
  ],
  [
    'owner references merge by uid',
    async (api) => {
      const owner = (uid: string): Loose => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid });
      await api.must('POST', 'configmaps', configMap('a', {}, { ownerReferences: [owner('1')] }));
      const after = await api.patch(
        'configmaps/a',
        { metadata: { ownerReferences: [owner('2')] } },
        STRATEGIC_MERGE_PATCH,
      );
      assert.deepEqual(after.metadata.ownerReferences.map((item: Loose) => item.uid).sort(), ['1', '2']);
    },
  ],
  [
    'an empty patch writes nothing',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a'));
      assert.equal(
        (await api.patch('configmaps/a', {})).metadata.resourceVersion,
        created.metadata.resourceVersion,
      );
    },
  ],
  [
    'the generation of a Deployment counts changes of its spec',
    async (api) => {
      const labels = { app: 'a' };
      const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } };
      const spec = { replicas: 1, selector: { matchLabels: labels }, template };
      const created = await api.must('POST', 'deployments', { metadata: { name: 'a' }, spec });
      const labelled = await api.patch('deployments/a', { metadata: { labels } });
      const scaled = await api.patch('deployments/a', { spec: { replicas: 2 } });
      const generations = [created, labelled, scaled].map((object: Loose) => object.metadata.generation);
      assert.deepEqual(generations, [1, 1, 2]);
    },
  ],
  [
    'a Node is created with its status, which later only its subresource changes',
    async (api) => {
      const name = `node-${api.namespace}`;
      const addresses = (address: string) => ({ addresses: [{ type: 'InternalIP', address }] });
      const node = { metadata: { name }, status: addresses('192.0.2.1') };
      const created = await api.must('POST', '/api/v1/nodes', node);
      assert.deepEqual(created.status.addresses, addresses('192.0.2.1').addresses);
      const path = `/api/v1/nodes/${name}`;
      const status = addresses('192.0.2.2');
      const patched = await api.patch(path, { status });
      assert.deepEqual(patched.status.addresses, created.status.addresses);
      const written = await api.patch(`${path}/status`, { status });
      assert.deepEqual(written.status.addresses, status.addresses);
      await api.must('DELETE', path);
    },
  ],
];
