import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../src/apiserver/object/value.ts';
import { jsonPatch, OPERATIONS_MAX } from '../../../src/apiserver/patch/json-patch.ts';

const replace = (path: string, value: Json): Json => [{ op: 'replace', path, value }];

describe('a JSON patch', () => {
  const rows: readonly [title: string, target: Json, patch: Json, want: Json | string][] = [
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
    ['replace takes no index with a leading zero', { a: [1] }, replace('/a/00', 2), 'inapplicable'],
    ['replace takes no name in a list', { a: [1] }, replace('/a/length', 2), 'inapplicable'],
    ['remove takes no name in a list', { a: [1] }, [{ op: 'remove', path: '/a/length' }], 'inapplicable'],
    ['what an object inherits is not a member', {}, [{ op: 'remove', path: '/toString' }], 'inapplicable'],
    ['text has no members', { a: 'xy' }, [{ op: 'remove', path: '/a/0' }], 'inapplicable'],
    ['a location that does not exist equals null', {}, [{ op: 'test', path: '/a', value: null }], {}],
    ['a failed test', { a: 1 }, [{ op: 'test', path: '/a', value: 2 }], 'inapplicable'],
    [
      'a move within a list removes first',
      { a: [1, 2, 3] },
      [{ op: 'move', from: '/a/0', path: '/a/2' }],
      { a: [2, 3, 1] },
    ],
    [
      'a move within a list, beyond its new end',
      { a: [1, 2] },
      [{ op: 'move', from: '/a/0', path: '/a/2' }],
      'inapplicable',
    ],
    [
      'a move out of a list resolves its target after the removal',
      { a: [1, { b: 2 }, { c: 3 }] },
      [{ op: 'move', from: '/a/0', path: '/a/1/x' }],
      { a: [{ b: 2 }, { c: 3, x: 1 }] },
    ],
    ['a move into itself', { a: {} }, [{ op: 'move', from: '/a', path: '/a/b' }], 'inapplicable'],
    ['a copy into itself', { a: {} }, [{ op: 'copy', from: '/a', path: '/a/b' }], { a: { b: {} } }],
    ['a copy of nothing', {}, [{ op: 'copy', from: '/a', path: '/b' }], 'inapplicable'],
    ['the whole document removed', { a: 1 }, [{ op: 'remove', path: '' }], 'inapplicable'],
    [
      'a key that the package does not edit',
      {},
      [{ op: 'add', path: '/constructor', value: 1 }],
      'inapplicable',
    ],
    ['add without a value', {}, [{ op: 'add', path: '/a' }], 'malformed'],
    ['no list', {}, {}, 'malformed'],
    ['too many operations', {}, Array(OPERATIONS_MAX + 1).fill({ op: 'test', path: '' }), 'too-many'],
    ['an operation that is none', {}, [{ op: 'frob', path: '/a' }], 'malformed'],
    ['a path without a slash', {}, [{ op: 'add', path: 'a', value: 1 }], 'malformed'],
  ];
  for (const [title, target, patch, want] of rows) {
    it(title, () => {
      const outcome = jsonPatch(target, patch);
      assert.deepEqual(outcome.ok ? outcome.value : outcome.error.code, want);
    });
  }

  it('does not change its target, and applies as a whole or not at all', () => {
    const target = { a: [1] };
    const patch = [
      { op: 'add', path: '/a/-', value: 2 },
      { op: 'remove', path: '/b' },
    ];
    assert.equal(jsonPatch(target, patch).ok, false);
    assert.deepEqual(target, { a: [1] });
  });
});
