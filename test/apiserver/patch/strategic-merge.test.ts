import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/apiserver/object/value.ts';
import { strategicMerge } from '../../../src/apiserver/patch/strategic-merge.ts';
import { atomicList, mapList, objectOf, setList, text } from '../support/schema-builders.ts';

describe('a strategic merge patch', () => {
  const schema = objectOf({
    ports: mapList('port', objectOf({ port: text, name: text })),
    names: setList(text),
    plain: atomicList(text),
    inner: objectOf({ a: text, b: text }),
  });
  const rows: readonly [title: string, target: JsonObject, patch: JsonObject, want: JsonObject][] = [
    [
      'merges an entry by its key',
      { ports: [{ port: 1, name: 'a' }] },
      { ports: [{ port: 1, name: 'b' }] },
      { ports: [{ port: 1, name: 'b' }] },
    ],
    [
      'appends a new entry',
      { ports: [{ port: 1 }] },
      { ports: [{ port: 2 }] },
      { ports: [{ port: 1 }, { port: 2 }] },
    ],
    [
      '$patch: delete removes an entry',
      { ports: [{ port: 1 }, { port: 2 }] },
      { ports: [{ port: 1, $patch: 'delete' }] },
      { ports: [{ port: 2 }] },
    ],
    [
      '$patch: replace replaces the list',
      { ports: [{ port: 1 }] },
      { ports: [{ $patch: 'replace' }, { port: 9 }] },
      { ports: [{ port: 9 }] },
    ],
    [
      '$patch: replace replaces an object',
      { inner: { a: '1', b: '2' } },
      { inner: { $patch: 'replace', a: '3' } },
      { inner: { a: '3' } },
    ],
    ['$patch: delete removes an object', { inner: { a: '1' } }, { inner: { $patch: 'delete' } }, {}],
    [
      '$retainKeys drops the rest',
      { inner: { a: '1', b: '2' } },
      { inner: { $retainKeys: ['a'], a: '3' } },
      { inner: { a: '3' } },
    ],
    [
      'sets a key called __proto__ like any other',
      { open: { b: '2' } },
      JSON.parse('{"open":{"__proto__":{"c":"3"}}}'),
      JSON.parse('{"open":{"b":"2","__proto__":{"c":"3"}}}'),
    ],
    ['forms the union of sets', { names: ['a'] }, { names: ['a', 'b'] }, { names: ['a', 'b'] }],
    [
      '$deleteFromPrimitiveList removes values of a set',
      { names: ['a', 'b'] },
      { '$deleteFromPrimitiveList/names': ['a'] },
      { names: ['b'] },
    ],
    [
      '$setElementOrder sorts a list',
      { ports: [{ port: 1 }, { port: 2 }] },
      { '$setElementOrder/ports': [{ port: 2 }, { port: 1 }] },
      { ports: [{ port: 2 }, { port: 1 }] },
    ],
    ['replaces an atomic list', { plain: ['a'] }, { plain: ['b'] }, { plain: ['b'] }],
    [
      'stores neither directives nor nulls',
      {},
      { inner: { a: '1', b: null, $patch: 'merge' } },
      { inner: { a: '1' } },
    ],
  ];
  for (const [title, target, patch, want] of rows) {
    it(title, () => assert.deepEqual(strategicMerge(target, patch, schema), { ok: true, value: want }));
  }
  it('is invalid with an entry without its key', () => {
    const outcome = strategicMerge({ ports: [] }, { ports: [{ name: 'a' }] }, schema);
    assert.ok(!outcome.ok && outcome.error.includes('merge key: port'));
  });
  it('is invalid with an unknown directive', () => {
    assert.ok(!strategicMerge({}, { $patch: 'frob' }, schema).ok);
  });
});
