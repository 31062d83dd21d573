/** Changing objects of any kind, by PUT and in the three languages of PATCH. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { configMap, has, JSON_PATCH, MERGE, type Row, STRATEGIC } from './stage.ts';

/** A JSON patch on a ConfigMap with data x=1, y=2. */
const patches = (says: string, operations: readonly Loose[], data: Loose): Row => [
  says,
  async (stage) => {
    await stage.must('POST', 'configmaps', configMap('a', { x: '1', y: '2' }));
    assert.deepEqual((await stage.patch('configmaps/a', operations, JSON_PATCH)).data, data);
  },
];

const refusesPatch = (
  says: string,
  patch: unknown,
  type: string,
  code: number,
  reason: string,
  ...parts: readonly string[]
): Row => [
  says,
  async (stage) => {
    const before = await stage.must('POST', 'configmaps', configMap('a', { x: '1', y: '2' }));
    await stage.refused(stage.call('PATCH', 'configmaps/a', patch, { type }), code, reason, ...parts);
    assert.deepEqual(await stage.get('configmaps/a'), before);
  },
];

export const updates: readonly Row[] = [
  [
    'PUT replaces',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', { x: '1' }));
      assert.deepEqual((await stage.must('PUT', 'configmaps/a', configMap('a', { y: '2' }))).data, {
        y: '2',
      });
    },
  ],
  [
    'PUT under an old resourceVersion is a conflict',
    async (stage) => {
      const made = await stage.must('POST', 'configmaps', configMap('a'));
      await stage.patch('configmaps/a', { data: { x: '1' } });
      await stage.refused(
        stage.call('PUT', 'configmaps/a', made),
        409,
        'Conflict',
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    },
  ],
  [
    'PUT of what is already so writes nothing',
    async (stage) => {
      const made = await stage.must('POST', 'configmaps', configMap('a', { x: '1' }));
      assert.equal(
        (await stage.must('PUT', 'configmaps/a', made)).metadata.resourceVersion,
        made.metadata.resourceVersion,
      );
    },
  ],
  [
    'PUT with a wrong uid is a conflict',
    async (stage) => {
      const made = await stage.must('POST', 'configmaps', configMap('a'));
      const body = { ...made, metadata: { ...made.metadata, uid: '00000000-0000-4000-8000-000000000000' } };
      await stage.refused(
        stage.call('PUT', 'configmaps/a', body),
        409,
        'Conflict',
        'Precondition failed: UID in precondition',
      );
    },
  ],
  [
    'PUT to nowhere is not found',
    async (stage) => {
      await stage.refused(stage.call('PUT', 'configmaps/a', configMap('a')), 404, 'NotFound');
    },
  ],
  [
    'time and identity of an object are the server’s',
    async (stage) => {
      const { metadata } = await stage.must('POST', 'configmaps', configMap('a'));
      const after = await stage.patch('configmaps/a', {
        metadata: { creationTimestamp: '2001-01-01T00:00:00Z', generation: 7 },
      });
      has(after.metadata, {
        creationTimestamp: metadata.creationTimestamp,
        uid: metadata.uid,
        generation: undefined,
      });
    },
  ],
  [
    'nobody marks an object as deleted by a patch',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      const patch = { metadata: { deletionTimestamp: '2001-01-01T00:00:00Z' } };
      await stage.refused(
        stage.call('PATCH', 'configmaps/a', patch),
        422,
        'Invalid',
        'metadata.deletionTimestamp: Invalid value',
        'field is immutable',
      );
    },
  ],
  patches('JSON patch: add', [{ op: 'add', path: '/data/z', value: '3' }], { x: '1', y: '2', z: '3' }),
  patches('JSON patch: remove', [{ op: 'remove', path: '/data/x' }], { y: '2' }),
  patches('JSON patch: replace', [{ op: 'replace', path: '/data/x', value: '9' }], { x: '9', y: '2' }),
  patches('JSON patch: move', [{ op: 'move', from: '/data/x', path: '/data/z' }], { y: '2', z: '1' }),
  patches('JSON patch: copy', [{ op: 'copy', from: '/data/x', path: '/data/z' }], { x: '1', y: '2', z: '1' }),
  patches(
    'JSON patch: a test that holds',
    [
      { op: 'test', path: '/data/x', value: '1' },
      { op: 'remove', path: '/data/x' },
    ],
    { y: '2' },
  ),
  refusesPatch(
    'JSON patch: a test that does not hold',
    [{ op: 'test', path: '/data/x', value: '2' }],
    JSON_PATCH,
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
  ),
  refusesPatch(
    'JSON patch: a path that is not there',
    [{ op: 'remove', path: '/data/none' }],
    JSON_PATCH,
    422,
    'Invalid',
  ),
  refusesPatch('JSON patch: not a list', { op: 'remove' }, JSON_PATCH, 400, 'BadRequest'),
  refusesPatch('a patch language that is none', {}, 'application/json', 415, 'UnsupportedMediaType'),
  refusesPatch(
    'a patch under an old resourceVersion',
    { metadata: { resourceVersion: '1' }, data: { x: '2' } },
    MERGE,
    409,
    'Conflict',
  ),
  refusesPatch(
    'a patch that renames',
    { metadata: { name: 'b' } },
    MERGE,
    400,
    'BadRequest',
    'the name of the object (b) does not match the name on the URL (a)',
  ),
  [
    'a merge patch merges, and null takes away',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', { x: '1', y: '2' }));
      assert.deepEqual((await stage.patch('configmaps/a', { data: { x: null, z: '3' } })).data, {
        y: '2',
        z: '3',
      });
    },
  ],
  [
    'a merge patch replaces finalizers, a strategic one adds',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/a'] }));
      const added = await stage.patch(
        'configmaps/a',
        { metadata: { finalizers: ['example.com/b'] } },
        STRATEGIC,
      );
      assert.deepEqual([...added.metadata.finalizers].sort(), ['example.com/a', 'example.com/b']);
      const replaced = await stage.patch('configmaps/a', { metadata: { finalizers: ['example.com/c'] } });
      assert.deepEqual(replaced.metadata.finalizers, ['example.com/c']);
      await stage.patch('configmaps/a', { metadata: { finalizers: null } });
    },
  ],
  [
    'owners merge by uid',
    async (stage) => {
      const owner = (uid: string): Loose => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid });
      await stage.must('POST', 'configmaps', configMap('a', {}, { ownerReferences: [owner('1')] }));
      const after = await stage.patch(
        'configmaps/a',
        { metadata: { ownerReferences: [owner('2')] } },
        STRATEGIC,
      );
      assert.deepEqual(after.metadata.ownerReferences.map((item: Loose) => item.uid).sort(), ['1', '2']);
    },
  ],
  [
    'a patch of nothing writes nothing',
    async (stage) => {
      const made = await stage.must('POST', 'configmaps', configMap('a'));
      assert.equal(
        (await stage.patch('configmaps/a', {})).metadata.resourceVersion,
        made.metadata.resourceVersion,
      );
    },
  ],
  [
    'a Node keeps the status that it is made with, and afterwards its status is written apart',
    async (stage) => {
      const name = `node-${stage.namespace}`;
      const addresses = (address: string) => ({ addresses: [{ type: 'InternalIP', address }] });
      const node = { metadata: { name }, status: addresses('192.0.2.1') };
      const made = await stage.must('POST', '/api/v1/nodes', node);
      assert.deepEqual(made.status.addresses, addresses('192.0.2.1').addresses);
      const path = `/api/v1/nodes/${name}`;
      const status = addresses('192.0.2.2');
      const patched = await stage.patch(path, { status });
      assert.deepEqual(patched.status.addresses, made.status.addresses);
      const written = await stage.patch(`${path}/status`, { status });
      assert.deepEqual(written.status.addresses, status.addresses);
      await stage.must('DELETE', path);
    },
  ],
];
