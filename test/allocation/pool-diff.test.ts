import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffPools, type PoolChange, toLedgerPools } from '../../src/allocation/pool-diff.ts';
import { pool, poolSetOf } from './support/test-cluster.ts';

const RANGE = ['10.0.0.0/30'];
const RED = { serviceAllocation: { namespaces: ['red'] } };
const P = pool('p', RANGE);

const rows: readonly [
  says: string,
  before: readonly object[],
  after: readonly object[],
  want: readonly (readonly [pool: string, kind: PoolChange['kind']])[],
][] = [
  ['the same pools', [P], [P], []],
  ['a new pool', [], [P], [['p', 'added']]],
  ['a pool that is gone', [P], [], [['p', 'removed']]],
  [
    'a renamed one',
    [P],
    [pool('q', RANGE)],
    [
      ['p', 'removed'],
      ['q', 'added'],
    ],
  ],
  ['more addresses', [P], [pool('p', ['10.0.0.0/29'])], [['p', 'ranges']]],
  [
    'the same addresses in another order: the first free one is another',
    [pool('p', ['10.0.0.0/30', '10.1.0.0/30'])],
    [pool('p', ['10.1.0.0/30', '10.0.0.0/30'])],
    [['p', 'ranges']],
  ],
  ['avoidBuggyIPs', [P], [pool('p', RANGE, { avoidBuggyIPs: true })], [['p', 'ranges']]],
  ['autoAssign', [P], [pool('p', RANGE, { autoAssign: false })], [['p', 'eligibility']]],
  ['a serviceAllocation', [P], [pool('p', RANGE, RED)], [['p', 'eligibility']]],
  ['the same serviceAllocation', [pool('p', RANGE, RED)], [pool('p', RANGE, RED)], []],
  [
    'a priority',
    [pool('p', RANGE, { serviceAllocation: { priority: 1 } })],
    [pool('p', RANGE, { serviceAllocation: { priority: 2 } })],
    [['p', 'eligibility']],
  ],
  [
    'no priority, which is not the same as one',
    [pool('p', RANGE, { serviceAllocation: {} })],
    [pool('p', RANGE, { serviceAllocation: { priority: 1 } })],
    [['p', 'eligibility']],
  ],
  ['it cannot be read any more', [P], [pool('p', ['rubbish'])], [['p', 'eligibility']]],
  [
    'an older pool comes to grant some of its addresses',
    [pool('p', RANGE, { age: 9 })],
    [pool('p', RANGE, { age: 9 }), pool('old', ['10.0.0.0/31'])],
    [
      ['old', 'added'],
      ['p', 'ranges'],
    ],
  ],
  [
    'a label of the pool',
    [P],
    [{ ...P, metadata: { ...(P as { metadata: object }).metadata, labels: { a: 'b' } } }],
    [],
  ],
];

for (const [says, before, after, want] of rows) {
  test(says, () => {
    const first = poolSetOf(before);
    const changes = diffPools(first, poolSetOf(after, first)).map(({ pool, kind }) => [pool, kind] as const);
    assert.deepEqual([...changes].sort(), want);
  });
}

test('the ledger gets the older pool first, and none that was never read', () => {
  const pools = toLedgerPools(
    poolSetOf([
      pool('young', RANGE, { age: 2 }),
      pool('b', RANGE, { age: 1 }),
      pool('a', RANGE, { age: 1 }),
      pool('bad', ['rubbish']),
    ]),
  );
  assert.deepEqual(
    pools.map(({ name, grantable }) => [name, grantable.length]),
    [
      ['a', 1],
      ['b', 0],
      ['young', 0],
    ],
  );
});
