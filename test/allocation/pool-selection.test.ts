import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  candidatePools,
  explainExclusion,
  orderPools,
  poolsByAge,
} from '../../src/allocation/pool-selection.ts';
import type { Labels } from '../../src/objects/selector.ts';
import { pool, poolSetOf, service } from './support/test-cluster.ts';

let createdCount = 0;
const RED = { namespaceSelectors: [{ matchLabels: { team: 'red' } }] };
const WEB = { serviceSelectors: [{ matchLabels: { app: 'web' } }] };

/** Every pool with addresses of its own. */
const poolWith = (name: string, serviceAllocation?: object, more: object = {}): object =>
  pool(name, [`10.${createdCount++ % 250}.0.0/30`], {
    ...(serviceAllocation && { serviceAllocation }),
    ...more,
  });

const labelsOf = (namespace: string): Labels => (namespace === 'shop' ? { team: 'red' } : {});

const orders: readonly [title: string, pools: readonly object[], expected: readonly string[]][] = [
  ['without serviceAllocation: by name', [poolWith('b'), poolWith('a')], ['a', 'b']],
  ['pools with serviceAllocation first', [poolWith('a'), poolWith('z', {})], ['z', 'a']],
  [
    'of these, the lower priority first',
    [poolWith('a', { priority: 9 }), poolWith('b', { priority: 2 })],
    ['b', 'a'],
  ],
  [
    'no priority, or 0, comes last',
    [poolWith('a'), poolWith('b', {}), poolWith('c', { priority: 0 }), poolWith('d', { priority: 5 })],
    ['d', 'b', 'c', 'a'],
  ],
  [
    'the same priority: by name',
    [poolWith('b', { priority: 1 }), poolWith('a', { priority: 1 })],
    ['a', 'b'],
  ],
  ['a pool for another namespace is skipped', [poolWith('a'), poolWith('b', { namespaces: ['far'] })], ['a']],
  [
    'a pool with autoAssign false is skipped',
    [poolWith('a', {}, { autoAssign: false }), poolWith('b')],
    ['b'],
  ],
  ['an invalid pool is skipped', [pool('a', ['rubbish']), poolWith('b')], ['b']],
];

for (const [title, pools, expected] of orders) {
  test(`the order: ${title}`, () => {
    const order = orderPools(poolSetOf(pools));
    assert.deepEqual(
      candidatePools(order, service('shop/it'), labelsOf).map(({ name }) => name),
      expected,
    );
  });
}

const NAMESPACE = /does not include the namespace/;
const LABELS = /none of the serviceSelectors/;
const exclusions: readonly [
  title: string,
  allocation: object | undefined,
  key: string,
  refusal: RegExp | null,
][] = [
  ['no serviceAllocation: every Service', undefined, 'default/it', null],
  ['an empty one: every Service', {}, 'default/it', null],
  ['its namespace is listed', { namespaces: ['shop'] }, 'shop/it', null],
  ['another namespace is listed', { namespaces: ['shop'] }, 'default/it', NAMESPACE],
  ['its namespace has the label', RED, 'shop/it', null],
  ['its namespace lacks the label', RED, 'default/it', NAMESPACE],
  ['one of both suffices', { ...RED, namespaces: ['default'] }, 'default/it', null],
  ['its own labels match', WEB, 'default/it', null],
  [
    'its own labels do not match',
    { serviceSelectors: [{ matchLabels: { app: 'db' } }] },
    'default/it',
    LABELS,
  ],
  ['labels and namespace must both match', { ...WEB, ...RED }, 'default/it', NAMESPACE],
];

for (const [title, allocation, key, refusal] of exclusions) {
  test(`admitted: ${title}`, () => {
    const [state] = poolsByAge(poolSetOf([poolWith('p', allocation)]));
    assert.ok(state);
    const because = explainExclusion(state.active, service(key, { labels: { app: 'web' } }), labelsOf);
    if (refusal === null) assert.equal(because, null);
    else assert.match(because ?? '', refusal);
  });
}

test('active pools by age, then by name', () => {
  const pools = [
    poolWith('young', {}, { age: 2 }),
    poolWith('b', {}, { age: 1 }),
    poolWith('a', {}, { age: 1 }),
    pool('bad', ['rubbish']),
  ];
  assert.deepEqual(
    poolsByAge(poolSetOf(pools)).map(({ name }) => name),
    ['a', 'b', 'young'],
  );
});
