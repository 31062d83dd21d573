/** Contract: custom resources. */

import assert from 'node:assert/strict';
import { STRATEGIC_MERGE_PATCH } from '../../src/objects/patch-type.ts';
import type { Loose } from './client.ts';
import { assertIncludes, type ContractRow, widget } from './fixture.ts';

const rejectedWidgetRow = (title: string, fields: Loose, ...parts: readonly string[]): ContractRow => [
  title,
  async (api) => {
    await api.mustRefuse(
      api.call('POST', 'widgets', widget('a', fields)),
      422,
      'Invalid',
      'Widget.contract.berth.dev "a" is invalid',
      ...parts,
    );
    assert.equal((await api.call('GET', 'widgets/a')).status, 404);
  },
];

const createdWidgetRow = (title: string, fields: Loose, expected: Loose): ContractRow => [
  title,
  async (api) => assertIncludes((await api.must('POST', 'widgets', widget('a', fields))).spec, expected),
];

export const widgets: readonly ContractRow[] = [
  createdWidgetRow('defaults are applied', {}, { colour: 'red', on: true, size: 3 }),
  createdWidgetRow(
    'defaults in lists are applied',
    { parts: [{ name: 'x' }] },
    { parts: [{ name: 'x', weight: 7 }] },
  ),
  createdWidgetRow(
    'null in a field that is not nullable becomes the default',
    { colour: null },
    { colour: 'red' },
  ),
  createdWidgetRow(
    'unknown fields are pruned',
    { shape: 'round', parts: [{ name: 'x', hue: 1 }] },
    { shape: undefined, parts: [{ name: 'x', weight: 7 }] },
  ),
  createdWidgetRow(
    'x-kubernetes-preserve-unknown-fields preserves fields',
    { free: { a: { b: [1] } } },
    { free: { a: { b: [1] } } },
  ),
  createdWidgetRow('int-or-string may be a number', { either: 5 }, { either: 5 }),
  createdWidgetRow('int-or-string may be a string', { either: '5%' }, { either: '5%' }),
  createdWidgetRow('a map of numbers', { map: { a: 1 } }, { map: { a: 1 } }),
  createdWidgetRow('a time', { at: '2026-01-01T00:00:00Z' }, { at: '2026-01-01T00:00:00Z' }),
  rejectedWidgetRow(
    'a string for a number',
    { size: 'three' },
    'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
  ),
  rejectedWidgetRow(
    'a fraction for an integer',
    { size: 1.5 },
    'spec.size',
    'must be of type integer: "number"',
  ),
  rejectedWidgetRow(
    'below the minimum',
    { size: 0 },
    'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1',
  ),
  rejectedWidgetRow(
    'above the maximum',
    { size: 11 },
    'spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10',
  ),
  rejectedWidgetRow(
    'not in the enumeration',
    { colour: 'green' },
    'spec.colour: Unsupported value: "green": supported values: "red", "blue"',
  ),
  rejectedWidgetRow(
    'not matching the pattern',
    { code: 'A1' },
    'spec.code: Invalid value: "A1": spec.code in body should match \'^[a-z]+$\'',
  ),
  rejectedWidgetRow(
    'too long a string',
    { code: 'abcdef' },
    'spec.code: Too long: may not be more than 5 bytes',
  ),
  rejectedWidgetRow(
    'an invalid time',
    { at: 'noon' },
    'spec.at: Invalid value: "noon": spec.at in body must be of type date-time: "noon"',
  ),
  rejectedWidgetRow(
    'too many items',
    { tags: ['a', 'b', 'c', 'd'] },
    'spec.tags: Too many: 4: must have at most 3 items',
  ),
  rejectedWidgetRow('a duplicate in a set', { tags: ['a', 'a'] }, 'spec.tags[1]: Duplicate value: "a"'),
  rejectedWidgetRow(
    'a duplicate key of a map list',
    { parts: [{ name: 'x' }, { name: 'x' }] },
    'spec.parts[1]: Duplicate value: {"name":"x"}',
  ),
  rejectedWidgetRow(
    'a missing key of a map list',
    { parts: [{ weight: 1 }] },
    'spec.parts[0].name: Required value',
  ),
  rejectedWidgetRow(
    'an object for a list',
    { tags: {} },
    'spec.tags in body must be of type array: "object"',
  ),
  rejectedWidgetRow(
    'an invalid value of a map',
    { map: { a: 'b' } },
    'spec.map.a in body must be of type integer: "string"',
  ),
  rejectedWidgetRow(
    'a broken validation rule',
    { wait: '1ms' },
    'spec.wait: Invalid value',
    'wait at least 1s',
  ),
  rejectedWidgetRow('several errors at once', { size: 0, colour: 'x' }, 'spec.size', 'spec.colour'),
  [
    'a required field',
    async (api) => {
      await api.mustRefuse(
        api.call('POST', 'widgets', { ...widget('a'), spec: {} }),
        422,
        'Invalid',
        'spec.size: Required value',
      );
      const { spec: _spec, ...bare } = widget('b');
      await api.mustRefuse(api.call('POST', 'widgets', bare), 422, 'Invalid', 'spec: Required value');
    },
  ],
  [
    'a transition rule applies to updates, not to creations',
    async (api) => {
      await api.must('POST', 'widgets', widget('a', { fixed: 'x' }));
      await api.mustRefuse(
        api.call('PATCH', 'widgets/a', { spec: { fixed: 'y' } }),
        422,
        'Invalid',
        'spec.fixed: Invalid value',
        'Value is immutable',
      );
      assert.equal((await api.patch('widgets/a', { spec: { size: 4 } })).spec.fixed, 'x');
    },
  ],
  [
    'the generation counts changes of the spec only',
    async (api) => {
      const generation = (object: Loose): number => object.metadata.generation;
      assert.equal(generation(await api.must('POST', 'widgets', widget('a'))), 1);
      assert.equal(generation(await api.patch('widgets/a', { metadata: { labels: { a: 'b' } } })), 1);
      assert.equal(generation(await api.patch('widgets/a', { spec: { size: 4 } })), 2);
      assert.equal(generation(await api.patch('widgets/a/status', { status: { phase: 'Up' } })), 2);
    },
  ],
  [
    'the status of a new object is dropped',
    async (api) => {
      const created = await api.must('POST', 'widgets', widget('a', {}, { status: { phase: 'Up' } }));
      assert.equal(created.status, undefined);
    },
  ],
  [
    'the main resource does not write the status, and the subresource nothing else',
    async (api) => {
      await api.must('POST', 'widgets', widget('a'));
      assert.equal((await api.patch('widgets/a', { status: { phase: 'Up' } })).status, undefined);
      const after = await api.patch('widgets/a/status', {
        status: { phase: 'Up' },
        spec: { size: 9 },
        metadata: { labels: { a: 'b' } },
      });
      assertIncludes(after, { status: { phase: 'Up' }, spec: { size: 3 }, metadata: { labels: undefined } });
    },
  ],
  [
    'a status without a change writes nothing',
    async (api) => {
      await api.must('POST', 'widgets', widget('a'));
      const first = await api.patch('widgets/a/status', { status: { phase: 'Up' } });
      const second = await api.patch('widgets/a/status', { status: { phase: 'Up' } });
      assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    },
  ],
  [
    'a status is validated too',
    async (api) => {
      await api.must('POST', 'widgets', widget('a'));
      await api.mustRefuse(
        api.call('PATCH', 'widgets/a/status', { status: { count: 'many' } }),
        422,
        'Invalid',
        'status.count',
      );
    },
  ],
  [
    'custom resources do not support strategic merge',
    async (api) => {
      await api.must('POST', 'widgets', widget('a'));
      await api.mustRefuse(
        api.call('PATCH', 'widgets/a', {}, { type: STRATEGIC_MERGE_PATCH }),
        415,
        'UnsupportedMediaType',
        'application/merge-patch+json',
      );
    },
  ],
  [
    'a PUT requires a resourceVersion',
    async (api) => {
      await api.must('POST', 'widgets', widget('a'));
      await api.mustRefuse(
        api.call('PUT', 'widgets/a', widget('a')),
        422,
        'Invalid',
        'metadata.resourceVersion: Invalid value: 0',
        'must be specified for an update',
      );
    },
  ],
  [
    'unknown fields are refused with fieldValidation Strict',
    async (api) => {
      await api.mustRefuse(
        api.call('POST', 'widgets', widget('a', { shape: 1 }), {}, { fieldValidation: 'Strict' }),
        400,
        'BadRequest',
        'unknown field "spec.shape"',
      );
    },
  ],
  [
    'two versions show one object',
    async (api) => {
      await api.must('POST', 'widgets', widget('a'));
      const path = `/apis/contract.berth.dev/v1alpha1/namespaces/${api.namespace}/widgets/a`;
      const reply = await api.call('GET', path);
      assertIncludes(reply.body, {
        apiVersion: 'contract.berth.dev/v1alpha1',
        kind: 'Widget',
        spec: { size: 3 },
      });
      assert.match(String(reply.headers['warning']), /299 - "use v1"/);
    },
  ],
  [
    'a change in one version shows in the other',
    async (api) => {
      await api.must('POST', 'widgets', widget('a'));
      const path = `/apis/contract.berth.dev/v1alpha1/namespaces/${api.namespace}/widgets/a`;
      await api.must('PATCH', path, { spec: { size: 5 } });
      assertIncludes(await api.get('widgets/a'), { apiVersion: 'contract.berth.dev/v1', spec: { size: 5 } });
    },
  ],
  [
    'items of a list of custom resources have a kind',
    async (api) => {
      await api.must('POST', 'widgets', widget('a'));
      const list = await api.get('widgets');
      assertIncludes(list, { kind: 'WidgetList', apiVersion: 'contract.berth.dev/v1' });
      assertIncludes(list.items[0], { kind: 'Widget', apiVersion: 'contract.berth.dev/v1' });
    },
  ],
  [
    'a deletion with finalizers increments the generation',
    async (api) => {
      const created = widget('a');
      await api.must('POST', 'widgets', {
        ...created,
        metadata: { name: 'a', finalizers: ['example.com/f'] },
      });
      assert.equal((await api.must('DELETE', 'widgets/a')).metadata.generation, 2);
      await api.patch('widgets/a', { metadata: { finalizers: null } });
    },
  ],
];
