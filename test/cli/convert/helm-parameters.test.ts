import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setHelmValue } from '../../../src/cli/convert/helm-parameters.ts';

const ROWS: readonly (readonly [says: string, paths: readonly string[], value: unknown])[] = [
  ['a key', ['a'], { a: 1 }],
  ['keys in keys', ['a.b', 'a.c'], { a: { b: 1, c: 1 } }],
  ['items of a list', ['a[0].b', 'a[1].b', 'a[0].c'], { a: [{ b: 1, c: 1 }, { b: 1 }] }],
  ['lists in lists', ['a[0][0]', 'a[0][1]'], { a: [[1, 1]] }],
  ['a dot that belongs to the key', ['a\\.b.c'], { 'a.b': { c: 1 } }],
  ['an index that no list has is passed over', ['a[99999999].b'], {}],
  ['a name of the prototype is a key', ['__proto__.b'], JSON.parse('{"__proto__":{"b":1}}')],
];

for (const [says, paths, wanted] of ROWS)
  test(says, () => {
    const values = {};
    for (const path of paths) setHelmValue(values, path, 1);
    assert.deepEqual(values, wanted);
    assert.equal(Object.hasOwn(Object.prototype, 'b'), false);
  });
