import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../src/apiserver/object/value.ts';
import { evaluateJsonPath, parseJsonPath } from '../../../src/apiserver/print/json-path.ts';

describe('the JSONPath of a printer column', () => {
  const object = {
    spec: {
      list: [
        { n: 'a', v: 1 },
        { n: 'b', v: 2 },
      ],
      'a.b': 3,
    },
  };
  const rows: readonly [path: string, want: readonly Json[]][] = [
    ['.spec.list[0].v', [1]],
    ['{.spec.list[1].n}', ['b']],
    ['.spec.list[*].v', [1, 2]],
    ['.spec.list[?(@.n=="b")].v', [2]],
    ["['spec'].list[0].n", ['a']],
    ['.spec.a\\.b', [3]],
    ['.spec.none.deeper', []],
    ['.spec.list[9].v', []],
  ];
  for (const [path, want] of rows)
    it(path, () => assert.deepEqual(evaluateJsonPath(object, parseJsonPath(path) ?? []), want));
  it('is rejected where it uses more of JSONPath', () => assert.equal(parseJsonPath('.spec..v'), null));
});
