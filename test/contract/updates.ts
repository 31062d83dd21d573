/** Changing objects of any kind, by PUT and in the three languages of PATCH. */

import assert from 'node:assert/strict';
import { JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH } from '../../src/objects/patch-type.ts';
import type { Loose } from './client.ts';
import { assertIncludes, type ContractRow, configMap } from './fixture.ts';

/** A JSON patch on a ConfigMap with data x=1, y=2. */
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
    'PUT replaces',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', { x: '1' }));
      assert.deepEqual((await api.must('PUT', 'configmaps/a', configMap('a', { y: '2' }))).data, {
        y: '2',
      });
    },
  ],
  [
    'PUT under an old resourceVersion is a conflict',
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
    'PUT of what is already so writes nothing',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a', { x: '1' }));
      assert.equal(
        (await api.must('PUT', 'configmaps/a', created)).metadata.resourceVersion,
        created.metadata.resourceVersion,
      );
    },
  ],
  [
    'PUT with a wrong uid is a conflict',
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
    'PUT to nowhere is not found',
    async (api) => {
      await api.mustRefuse(api.call('PUT', 'configmaps/a', configMap('a')), 404, 'NotFound');
    },
  ],
  [
    'time and identity of an object are the server’s',
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
    'nobody marks an object as deleted by a patch',
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
  refusedPatchRow('a patch language that is none', {}, 'application/json', 415, 'UnsupportedMediaType'),
  refusedPatchRow(
    'a patch under an old resourceVersion',
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
    'a merge patch merges, and null takes away',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', { x: '1', y: '2' }));
      assert.deepEqual((await api.patch('configmaps/a', { data: { x: null, z: '3' } })).data, {
        y: '2',
        z: '3',
      });
    },
  ],
  [
    'a merge patch replaces finalizers, a strategic one adds',
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
    'owners merge by uid',
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
    'a patch of nothing writes nothing',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a'));
      assert.equal(
        (await api.patch('configmaps/a', {})).metadata.resourceVersion,
        created.metadata.resourceVersion,
      );
    },
  ],
  [
    'a Node keeps the status that it is made with, and afterwards its status is written apart',
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
