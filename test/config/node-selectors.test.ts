/** Which nodes an object selects, where the rest of it may be invalid. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readNodeSelectors, selectsNode } from '../../src/config/node-selectors.ts';

const ZONE_A = { matchLabels: { zone: 'a' } };

const rows: readonly (readonly [rule: string, nodeSelectors: unknown, selects: readonly string[]])[] = [
  ['no field selects all', undefined, ['a', 'b']],
  ['an empty list selects all', [], ['a', 'b']],
  ['an empty selector selects all', [{}], ['a', 'b']],
  ['one selector', [ZONE_A], ['a']],
  ['a selector that is written twice', [ZONE_A, ZONE_A], ['a']],
  [
    'a value that is written twice',
    [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['b', 'b'] }] }],
    ['b'],
  ],
  [
    'an unknown operator: all, since each has to report it',
    [{ matchExpressions: [{ key: 'zone', operator: 'Is' }] }],
    ['a', 'b'],
  ],
  ['no list: all, for the same reason', 'zone=a', ['a', 'b']],
];

describe('the nodes that an object selects', () => {
  for (const [rule, nodeSelectors, selects] of rows) {
    it(rule, () => {
      const spec = nodeSelectors === undefined ? {} : { nodeSelectors };
      const selectors = readNodeSelectors({ spec });
      assert.deepEqual(
        ['a', 'b'].filter((zone) => selectsNode(selectors, { zone })),
        selects,
      );
    });
  }
});
