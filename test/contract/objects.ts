/** Creating, changing and deleting objects of any kind. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { configMap, has, JSON_PATCH, MERGE, type Row, STRATEGIC, service } from './stage.ts';

const refusesName = (says: string, name: string, ...parts: readonly string[]): Row => [
  says,
  async (stage) => {
    await stage.refused(stage.call('POST', 'configmaps', configMap(name)), 422, 'Invalid', ...parts);
  },
];

const refusesMeta = (says: string, metadata: Loose, ...parts: readonly string[]): Row => [
  says,
  async (stage) => {
    await stage.refused(
      stage.call('POST', 'configmaps', configMap('a', {}, metadata)),
      422,
      'Invalid',
      ...parts,
    );
  },
];

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

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

export const objects: readonly Row[] = [
  [
    'a new object gets identity and time',
    async (stage) => {
      const reply = await stage.call('POST', 'configmaps', configMap('a'));
      assert.equal(reply.status, 201);
      const { metadata } = reply.body;
      assert.match(metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.match(metadata.creationTimestamp, STAMP);
      assert.match(metadata.resourceVersion, /^\d+$/);
      assert.equal(metadata.namespace, stage.namespace);
      assert.deepEqual([reply.body.kind, reply.body.apiVersion], ['ConfigMap', 'v1']);
    },
  ],
  [
    'what is read is what was answered',
    async (stage) => {
      const made = await stage.must('POST', 'configmaps', configMap('a', { x: '1' }));
      assert.deepEqual(await stage.get('configmaps/a'), made);
    },
  ],
  [
    'a name can be generated',
    async (stage) => {
      const body = { ...configMap(''), metadata: { generateName: 'pre-' } };
      const made = await stage.must('POST', 'configmaps', body);
      assert.match(made.metadata.name, /^pre-[a-z0-9]{5}$/);
      assert.notEqual((await stage.must('POST', 'configmaps', body)).metadata.name, made.metadata.name);
    },
  ],
  [
    'a name is needed',
    async (stage) => {
      await stage.refused(
        stage.call('POST', 'configmaps', { ...configMap(''), metadata: {} }),
        422,
        'Invalid',
        'name or generateName is required',
      );
    },
  ],
  [
    'a name is given once',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      const body = await stage.refused(
        stage.call('POST', 'configmaps', configMap('a')),
        409,
        'AlreadyExists',
        'configmaps "a" already exists',
      );
      assert.deepEqual(body.details, { name: 'a', kind: 'configmaps' });
    },
  ],
  [
    'a namespace must exist',
    async (stage) => {
      await stage.refused(
        stage.call('POST', '/api/v1/namespaces/no-such-place/configmaps', configMap('a')),
        404,
        'NotFound',
        'namespaces "no-such-place" not found',
      );
    },
  ],
  [
    'path and body name one namespace',
    async (stage) => {
      const body = configMap('a', {}, { namespace: 'default' });
      await stage.refused(
        stage.call('POST', 'configmaps', body),
        400,
        'BadRequest',
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    },
  ],
  [
    'path and body name one object',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      await stage.refused(
        stage.call('PUT', 'configmaps/a', configMap('b')),
        400,
        'BadRequest',
        'the name of the object (b) does not match the name on the URL (a)',
      );
    },
  ],
  [
    'a new object has no resourceVersion',
    async (stage) => {
      const reply = await stage.call('POST', 'configmaps', configMap('a', {}, { resourceVersion: '5' }));
      assert.deepEqual(
        [reply.status, reply.body.message],
        [500, 'resourceVersion should not be set on objects to be created'],
      );
    },
  ],
  [
    'a version that does not fit the path is refused',
    async (stage) => {
      await stage.refused(
        stage.call('POST', 'configmaps', { ...configMap('a'), apiVersion: 'v2' }),
        400,
        'BadRequest',
        'v2',
      );
    },
  ],
  [
    'a kind that does not fit the path is refused',
    async (stage) => {
      await stage.refused(
        stage.call('POST', 'configmaps', { ...configMap('a'), kind: 'Secret' }),
        400,
        'BadRequest',
        'Secret',
      );
    },
  ],
  [
    'a body that is not JSON is refused',
    async (stage) => {
      await stage.refused(stage.call('POST', 'configmaps', '{"kind":'), 400, 'BadRequest');
    },
  ],
  [
    'a value of the wrong type is refused',
    async (stage) => {
      const body = service('a', { ports: [{ port: 'eighty' }] });
      await stage.refused(
        stage.call('POST', 'services', body),
        400,
        'BadRequest',
        'cannot unmarshal string',
        'port of type int32',
      );
    },
  ],
  refusesName(
    'a name with a capital',
    'Web',
    'metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain',
  ),
  refusesName(
    'a name of 254 letters',
    'a'.repeat(254),
    'metadata.name: Invalid value',
    'must be no more than 253',
  ),
  [
    'the name of a Service with a dot',
    async (stage) => {
      await stage.refused(
        stage.call('POST', 'services', service('a.b')),
        422,
        'Invalid',
        'metadata.name: Invalid value: "a.b"',
      );
    },
  ],
  [
    'the name of a Service of 63 letters is let in, of 64 not',
    async (stage) => {
      await stage.service('a'.repeat(63));
      await stage.refused(
        stage.call('POST', 'services', service('a'.repeat(64))),
        422,
        'Invalid',
        'must be no more than 63',
      );
    },
  ],
  refusesMeta(
    'a label key that is none',
    { labels: { 'a b': 'c' } },
    'metadata.labels: Invalid value: "a b"',
  ),
  refusesMeta(
    'a label value that is none',
    { labels: { a: 'b c' } },
    'metadata.labels: Invalid value: "b c"',
  ),
  refusesMeta(
    'an annotation key that is none',
    { annotations: { 'a b': 'c' } },
    'metadata.annotations: Invalid value: "a b"',
  ),
  refusesMeta(
    'annotations beyond 256 KiB',
    { annotations: { a: 'x'.repeat(256 * 1024) } },
    'metadata.annotations: Too long',
    '262144',
  ),
  [
    'annotations of 100 kB are fine',
    async (stage) => {
      const made = await stage.must(
        'POST',
        'configmaps',
        configMap('a', {}, { annotations: { a: 'x'.repeat(100_000) } }),
      );
      assert.equal(made.metadata.annotations.a.length, 100_000);
    },
  ],
  [
    'what is not there is not found',
    async (stage) => {
      const body = await stage.refused(
        stage.call('GET', 'configmaps/none'),
        404,
        'NotFound',
        'configmaps "none" not found',
      );
      assert.deepEqual(body.details, { name: 'none', kind: 'configmaps' });
    },
  ],
  [
    'unknown fields are dropped with a warning',
    async (stage) => {
      const reply = await stage.call('POST', 'services', service('a', { colour: 'blue' }));
      assert.equal(reply.status, 201);
      assert.equal(reply.body.spec.colour, undefined);
      assert.match(String(reply.headers['warning']), /unknown field \\"spec\.colour\\"/);
    },
  ],
  [
    'unknown fields are refused when asked to be strict',
    async (stage) => {
      await stage.refused(
        stage.call('POST', 'services', service('a', { colour: 'blue' }), {}, { fieldValidation: 'Strict' }),
        400,
        'BadRequest',
        'strict decoding error: unknown field "spec.colour"',
      );
    },
  ],
  [
    'unknown fields are dropped in silence when asked to',
    async (stage) => {
      const reply = await stage.call(
        'POST',
        'services',
        service('a', { colour: 'blue' }),
        {},
        { fieldValidation: 'Ignore' },
      );
      assert.equal(reply.headers['warning'], undefined);
    },
  ],
  [
    'a dry run makes nothing',
    async (stage) => {
      const made = await stage.must('POST', 'configmaps', configMap('a'), {}, { dryRun: 'All' });
      assert.match(made.metadata.uid, /-/);
      assert.equal((await stage.call('GET', 'configmaps/a')).status, 404);
    },
  ],
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
    'a deletion answers with a Status',
    async (stage) => {
      const made = await stage.must('POST', 'configmaps', configMap('a'));
      has(await stage.must('DELETE', 'configmaps/a'), {
        kind: 'Status',
        status: 'Success',
        details: { name: 'a', kind: 'configmaps', uid: made.metadata.uid },
      });
    },
  ],
  [
    'the deletion of a Service answers with the Service',
    async (stage) => {
      await stage.service('a');
      has(await stage.must('DELETE', 'services/a'), { kind: 'Service', metadata: { name: 'a' } });
    },
  ],
  [
    'a deletion under the wrong uid is a conflict',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'x' } };
      await stage.refused(
        stage.call('DELETE', 'configmaps/a', body),
        409,
        'Conflict',
        'the UID in the precondition (x) does not match the UID in record',
      );
      await stage.get('configmaps/a');
    },
  ],
  [
    'a deletion under an old resourceVersion is a conflict',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { resourceVersion: '1' } };
      await stage.refused(
        stage.call('DELETE', 'configmaps/a', body),
        409,
        'Conflict',
        'the ResourceVersion in the precondition (1) does not match the ResourceVersion in record',
      );
    },
  ],
  [
    'a deletion in a dry run leaves it there',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      await stage.must('DELETE', 'configmaps/a', undefined, {}, { dryRun: 'All' });
      await stage.get('configmaps/a');
    },
  ],
  [
    'finalizers hold an object, marked',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/f'] }));
      const marked = await stage.must('DELETE', 'configmaps/a');
      assert.match(marked.metadata.deletionTimestamp, STAMP);
      assert.equal(marked.metadata.deletionGracePeriodSeconds, 0);
      await stage.patch('configmaps/a', { metadata: { finalizers: null } });
      assert.equal((await stage.call('GET', 'configmaps/a')).status, 404);
    },
  ],
  [
    'no finalizer comes to what is being deleted',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/f'] }));
      await stage.must('DELETE', 'configmaps/a');
      const patch = { metadata: { finalizers: ['example.com/f', 'example.com/g'] } };
      await stage.refused(
        stage.call('PATCH', 'configmaps/a', patch),
        422,
        'Invalid',
        'no new finalizers can be added if the object is being deleted',
      );
      await stage.patch('configmaps/a', { metadata: { finalizers: null } });
    },
  ],
  [
    'many are deleted by selector',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', {}, { labels: { x: 'y' } }));
      await stage.must('POST', 'configmaps', configMap('b'));
      await stage.must('DELETE', 'configmaps', undefined, {}, { labelSelector: 'x=y' });
      assert.deepEqual(
        (await stage.get('configmaps')).items.map((item: Loose) => item.metadata.name),
        ['b'],
      );
    },
  ],
  [
    'a lease is made by PUT',
    async (stage) => {
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' },
      };
      assert.equal((await stage.call('PUT', 'leases/l', lease)).status, 201);
      assert.equal((await stage.get('leases/l')).spec.renewTime, '2026-01-01T00:00:00.000000Z');
    },
  ],
  [
    'a lease is renewed under its resourceVersion, once',
    async (stage) => {
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'me' },
      };
      const made = await stage.must('POST', 'leases', lease);
      const next = { ...made, spec: { ...made.spec, holderIdentity: 'you' } };
      await stage.must('PUT', 'leases/l', next);
      await stage.refused(
        stage.call('PUT', 'leases/l', next),
        409,
        'Conflict',
        'leases.coordination.k8s.io "l"',
      );
    },
  ],
  [
    'a Secret holds its text in base 64',
    async (stage) => {
      const made = await stage.must('POST', 'secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's' },
        stringData: { a: 'b' },
      });
      has(made, { type: 'Opaque', data: { a: 'Yg==' }, stringData: undefined });
    },
  ],
  [
    'a namespace is labelled with its name',
    async (stage) => {
      const space = await stage.get(`/api/v1/namespaces/${stage.namespace}`);
      has(space, {
        metadata: { labels: { 'kubernetes.io/metadata.name': stage.namespace } },
        status: { phase: 'Active' },
      });
    },
  ],
  [
    'a token review needs no namespace and is not stored',
    async (stage) => {
      const reply = await stage.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: 'me', resourceAttributes: { verb: 'get', resource: 'services' } },
      });
      assert.deepEqual([reply.status, reply.body.status.allowed], [201, true]);
    },
  ],
];
