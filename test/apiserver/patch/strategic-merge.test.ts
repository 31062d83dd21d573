import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { strategicMerge } from '../../../src/apiserver/patch/strategic-merge.ts';
import { atomicList, mapList, objectOf, setList, text } from '../../../src/apiserver/schema/builders.ts';
import type { JsonObject } from '../../../src/apiserver/value.ts';

describe('strategic merge: directives', () => {
  const schema = objectOf({
    ports: mapList('port', objectOf({ port: text, name: text })),
    names: setList(text),
    plain: atomicList(text),
    inner: objectOf({ a: text, b: text }),
  });
  const rows: readonly [says: string, target: JsonObject, patch: JsonObject, want: JsonObject][] = [
    [
      'an entry merges by its key',
      { ports: [{ port: 1, name: 'a' }] },
      { ports: [{ port: 1, name: 'b' }] },
      { ports: [{ port: 1, name: 'b' }] },
    ],
    [
      'a new entry goes to the end',
      { ports: [{ port: 1 }] },
      { ports: [{ port: 2 }] },
      { ports: [{ port: 1 }, { port: 2 }] },
    ],
    [
      '$patch: delete takes one out',
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
    ['$patch: delete takes an object away', { inner: { a: '1' } }, { inner: { $patch: 'delete' } }, {}],
    [
      '$retainKeys drops the rest',
      { inner: { a: '1', b: '2' } },
      { inner: { $retainKeys: ['a'], a: '3' } },
      { inner: { a: '3' } },
    ],
    ['a set unites', { names: ['a'] }, { names: ['a', 'b'] }, { names: ['a', 'b'] }],
    [
      'values leave a set',
      { names: ['a', 'b'] },
      { '$deleteFromPrimitiveList/names': ['a'] },
      { names: ['b'] },
    ],
    [
      'an order is kept',
      { ports: [{ port: 1 }, { port: 2 }] },
      { '$setElementOrder/ports': [{ port: 2 }, { port: 1 }] },
      { ports: [{ port: 2 }, { port: 1 }] },
    ],
    ['a plain list is replaced', { plain: ['a'] }, { plain: ['b'] }, { plain: ['b'] }],
    [
      'directives and nulls do not stay behind',
      {},
      { inner: { a: '1', b: null, $patch: 'merge' } },
      { inner: { a: '1' } },
    ],
  ];
  for (const [says, target, patch, want] of rows) {
    it(says, () => assert.deepEqual(strategicMerge(target, patch, schema), { ok: true, value: want }));
  }
  it('an entry without its key is nonsense', () => {
    const outcome = strategicMerge({ ports: [] }, { ports: [{ name: 'a' }] }, schema);
    assert.ok(!outcome.ok && outcome.error.includes('merge key: port'));
  });
  it('a directive that is none is nonsense', () => {
    assert.ok(!strategicMerge({}, { $patch: 'frob' }, schema).ok);
  });
});
