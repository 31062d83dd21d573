import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffPools, type PoolChange, toLedgerPools } from '../../src/allocation/pool-diff.ts';
import { pool, poolSetOf } from './support/test-cluster.ts';

const RANGE = ['10.0.0.0/30'];
const RED = { serviceAllocation: { namespaces: ['red'] } };
const P = pool('p', RANGE);

const rows: readonly [
  title: string,
  before: readonly object[],
  after: readonly object[],
  expected: readonly (readonly [pool: string, kind: PoolChange['kind']])[],
][] = [
  ['the same pools', [P], [P], []],
  ['a new pool', [], [P], [['p', 'added']]],
  ['a deleted pool', [P], [], [['p', 'removed']]],
  [
    'a renamed pool',
    [P],
    [pool('q', RANGE)],
    [
      ['p', 'removed'],
      ['q', 'added'],
    ],
  ],
  ['more addresses', [P], [pool('p', ['10.0.0.0/29'])], [['p', 'ranges']]],
  [
    'the same ranges in another order',
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
    'a new priority',
    [pool('p', RANGE, { serviceAllocation: {} })],
    [pool('p', RANGE, { serviceAllocation: { priority: 1 } })],
    [['p', 'eligibility']],
  ],
  ['it becomes invalid', [P], [pool('p', ['rubbish'])], [['p', 'eligibility']]],
  [
    'an older pool lists some of its addresses',
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

for (const [title, before, after, expected] of rows) {
  test(title, () => {
    const first = poolSetOf(before);
    const changes = diffPools(first, poolSetOf(after, first)).map(({ pool, kind }) => [pool, kind] as const);
    assert.deepEqual([...changes].sort(), expected);
  });
}

test('the ledger gets active pools only, the oldest first', () => {
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
