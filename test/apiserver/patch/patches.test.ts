import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonPatch } from '../../../src/apiserver/patch/json.ts';
import { mergePatch } from '../../../src/apiserver/patch/merge-patch.ts';
import { strategicMerge } from '../../../src/apiserver/patch/strategic-merge.ts';
import { atomicList, mapList, objectOf, setList, text } from '../../../src/apiserver/schema/builders.ts';
import type { Json, JsonObject } from '../../../src/apiserver/value.ts';

describe('merge patch: the examples of RFC 7386, appendix A', () => {
  const rows: readonly [target: Json, patch: Json, want: Json][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, want] of rows) {
    it(`${JSON.stringify(target)} + ${JSON.stringify(patch)}`, () =>
      assert.deepEqual(mergePatch(target, patch), want));
  }
  it('the target stays as it was', () => {
    const target = { a: { b: 1 } };
    mergePatch(target, { a: { b: 2 } });
    assert.deepEqual(target, { a: { b: 1 } });
  });
});

describe('JSON patch: lists and pointers', () => {
  const rows: readonly [says: string, target: Json, patch: Json, want: Json | string][] = [
    ['insert into a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    ['append to a list', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    ['beyond the end', { a: [1] }, [{ op: 'add', path: '/a/2', value: 2 }], 'inapplicable'],
    ['no leading zeros', { a: [1] }, [{ op: 'remove', path: '/a/00' }], 'inapplicable'],
    ['remove from a list', { a: [1, 2] }, [{ op: 'remove', path: '/a/0' }], { a: [2] }],
    [
      'a slash and a tilde in a key',
      { 'a/b~c': 1 },
      [{ op: 'replace', path: '/a~1b~0c', value: 2 }],
      { 'a/b~c': 2 },
    ],
    ['replace needs something to replace', {}, [{ op: 'replace', path: '/a', value: 1 }], 'inapplicable'],
    ['add needs a parent', {}, [{ op: 'add', path: '/a/b', value: 1 }], 'inapplicable'],
    [
      'a list tested as a whole',
      { a: [1, { b: 2 }] },
      [{ op: 'test', path: '/a', value: [1, { b: 2 }] }],
      { a: [1, { b: 2 }] },
    ],
    ['the whole document replaced', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    ['an operation that is none', {}, [{ op: 'frob', path: '/a' }], 'malformed'],
    ['a path without a slash', {}, [{ op: 'add', path: 'a', value: 1 }], 'malformed'],
  ];
  for (const [says, target, patch, want] of rows) {
    it(says, () => {
      const outcome = jsonPatch(target, patch);
      assert.deepEqual(outcome.ok ? outcome.value : outcome.error.code, want);
    });
  }
});

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
