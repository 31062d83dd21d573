/** Contract: the creation of objects. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { type ContractRow, configMap, service } from './fixture.ts';

const refusedNameRow = (title: string, name: string, ...parts: readonly string[]): ContractRow => [
  title,
  async (api) => {
    await api.mustRefuse(api.call('POST', 'configmaps', configMap(name)), 422, 'Invalid', ...parts);
  },
];

const refusedMetadataRow = (title: string, metadata: Loose, ...parts: readonly string[]): ContractRow => [
  title,
  async (api) => {
    await api.mustRefuse(
      api.call('POST', 'configmaps', configMap('a', {}, metadata)),
      422,
      'Invalid',
      ...parts,
    );
  },
];

export const TIMESTAMP_PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

export const objects: readonly ContractRow[] = [
  [
    'a new object gets uid, resourceVersion and creationTimestamp',
    async (api) => {
      const reply = await api.call('POST', 'configmaps', configMap('a'));
      assert.equal(reply.status, 201);
      const { metadata } = reply.body;
      assert.match(metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.match(metadata.creationTimestamp, TIMESTAMP_PATTERN);
      assert.match(metadata.resourceVersion, /^\d+$/);
      assert.equal(metadata.namespace, api.namespace);
      assert.deepEqual([reply.body.kind, reply.body.apiVersion], ['ConfigMap', 'v1']);
    },
  ],
  [
    'a read returns what the creation returned',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a', { x: '1' }));
      assert.deepEqual(await api.get('configmaps/a'), created);
    },
  ],
  [
    'generateName generates a name',
    async (api) => {
      const body = { ...configMap(''), metadata: { generateName: 'pre-' } };
      const created = await api.must('POST', 'configmaps', body);
      assert.match(created.metadata.name, /^pre-[a-z0-9]{5}$/);
      assert.notEqual((await api.must('POST', 'configmaps', body)).metadata.name, created.metadata.name);
    },
  ],
  [
    'a name is required',
    async (api) => {
      await api.mustRefuse(
        api.call('POST', 'configmaps', { ...configMap(''), metadata: {} }),
        422,
        'Invalid',
        'name or generateName is required',
      );
    },
  ],
  [
    'a name can be used once',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      const body = await api.mustRefuse(
        api.call('POST', 'configmaps', configMap('a')),
        409,
        'AlreadyExists',
        'configmaps "a" already exists',
      );
      assert.deepEqual(body.details, { name: 'a', kind: 'configmaps' });
    },
  ],
  [
    'a namespace must exist',
    async (api) => {
      await api.mustRefuse(
        api.call('POST', '/api/v1/namespaces/no-such-place/configmaps', configMap('a')),
        404,
        'NotFound',
        'namespaces "no-such-place" not found',
      );
    },
  ],
  [
    'the namespaces of path and body must match',
    async (api) => {
      const body = configMap('a', {}, { namespace: 'default' });
      await api.mustRefuse(
        api.call('POST', 'configmaps', body),
        400,
        'BadRequest',
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    },
  ],
  [
    'the names of path and body must match',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      await api.mustRefuse(
        api.call('PUT', 'configmaps/a', configMap('b')),
        400,
        'BadRequest',
        'the name of the object (b) does not match the name on the URL (a)',
      );
    },
  ],
  [
    'a creation with a resourceVersion is refused',
    async (api) => {
      const reply = await api.call('POST', 'configmaps', configMap('a', {}, { resourceVersion: '5' }));
      assert.deepEqual(
        [reply.status, reply.body.message],
        [500, 'resourceVersion should not be set on objects to be created'],
      );
    },
  ],
  [
    'a version that does not fit the path is refused',
    async (api) => {
      await api.mustRefuse(
        api.call('POST', 'configmaps', { ...configMap('a'), apiVersion: 'v2' }),
        400,
        'BadRequest',
        'v2',
      );
    },
  ],
  [
    'a kind that does not fit the path is refused',
    async (api) => {
      await api.mustRefuse(
        api.call('POST', 'configmaps', { ...configMap('a'), kind: 'Secret' }),
        400,
        'BadRequest',
        'Secret',
      );
    },
  ],
  [
    'a body that is not JSON is refused',
    async (api) => {
      await api.mustRefuse(api.call('POST', 'configmaps', '{"kind":'), 400, 'BadRequest');
    },
  ],
  [
    'a value of the wrong type is refused',
    async (api) => {
      const body = service('a', { ports: [{ port: 'eighty' }] });
      await api.mustRefuse(
        api.call('POST', 'services', body),
        400,
        'BadRequest',
        'cannot unmarshal string',
        'port of type int32',
      );
    },
  ],
  refusedNameRow(
    'a name with a capital letter',
    'Web',
    'metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain',
  ),
  refusedNameRow(
    'a name of 254 letters',
    'a'.repeat(254),
    'metadata.name: Invalid value',
    'must be no more than 253',
  ),
  [
    'the name of a Service has no dot',
    async (api) => {
      await api.mustRefuse(
        api.call('POST', 'services', service('a.b')),
        422,
        'Invalid',
        'metadata.name: Invalid value: "a.b"',
      );
    },
  ],
  [
    'the name of a Service has at most 63 letters',
    async (api) => {
      await api.service('a'.repeat(63));
      await api.mustRefuse(
        api.call('POST', 'services', service('a'.repeat(64))),
        422,
        'Invalid',
        'must be no more than 63',
      );
    },
  ],
  refusedMetadataRow(
    'an invalid label key',
    { labels: { 'a b': 'c' } },
    'metadata.labels: Invalid value: "a b"',
  ),
  refusedMetadataRow(
    'an invalid label value',
    { labels: { a: 'b c' } },
    'metadata.labels: Invalid value: "b c"',
  ),
  refusedMetadataRow(
    'an invalid annotation key',
    { annotations: { 'a b': 'c' } },
    'metadata.annotations: Invalid value: "a b"',
  ),
  refusedMetadataRow(
    'annotations larger than 256 KiB',
    { annotations: { a: 'x'.repeat(256 * 1024) } },
    'metadata.annotations: Too long',
    '262144',
  ),
  [
    'annotations of 100 kB are accepted',
    async (api) => {
      const created = await api.must(
        'POST',
        'configmaps',
        configMap('a', {}, { annotations: { a: 'x'.repeat(100_000) } }),
      );
      assert.equal(created.metadata.annotations.a.length, 100_000);
    },
  ],
  [
    'a missing object is not found',
    async (api) => {
      const body = await api.mustRefuse(
        api.call('GET', 'configmaps/none'),
        404,
        'NotFound',
        'configmaps "none" not found',
      );
      assert.deepEqual(body.details, { name: 'none', kind: 'configmaps' });
    },
  ],
  [
    'unknown fields are pruned with a warning',
    async (api) => {
      const reply = await api.call('POST', 'services', service('a', { colour: 'blue' }));
      assert.equal(reply.status, 201);
      assert.equal(reply.body.spec.colour, undefined);
      assert.match(String(reply.headers['warning']), /unknown field \\"spec\.colour\\"/);
    },
  ],
  [
    'unknown fields are refused with fieldValidation Strict',
    async (api) => {
      await api.mustRefuse(
        api.call('POST', 'services', service('a', { colour: 'blue' }), {}, { fieldValidation: 'Strict' }),
        400,
        'BadRequest',
        'strict decoding error: unknown field "spec.colour"',
      );
    },
  ],
  [
    'unknown fields are pruned without a warning with fieldValidation Ignore',
    async (api) => {
      const reply = await api.call(
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
    'a dry run creates nothing',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a'), {}, { dryRun: 'All' });
      assert.match(created.metadata.uid, /-/);
      assert.equal((await api.call('GET', 'configmaps/a')).status, 404);
    },
  ],
];
