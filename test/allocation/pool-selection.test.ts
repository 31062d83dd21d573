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

const orders: readonly [says: string, pools: readonly object[], want: readonly string[]][] = [
  ['without serviceAllocation: by name', [poolWith('b'), poolWith('a')], ['a', 'b']],
  ['those set aside first', [poolWith('a'), poolWith('z', {})], ['z', 'a']],
  [
    'of these, the lower priority number first',
    [poolWith('a', { priority: 9 }), poolWith('b', { priority: 2 })],
    ['b', 'a'],
  ],
  [
    'none, or 0, comes last',
    [poolWith('a'), poolWith('b', {}), poolWith('c', { priority: 0 }), poolWith('d', { priority: 5 })],
    ['d', 'b', 'c', 'a'],
  ],
  [
    'the same priority: by name',
    [poolWith('b', { priority: 1 }), poolWith('a', { priority: 1 })],
    ['a', 'b'],
  ],
  ['one for others is passed over', [poolWith('a'), poolWith('b', { namespaces: ['far'] })], ['a']],
  [
    'one that is not automatic is passed over',
    [poolWith('a', {}, { autoAssign: false }), poolWith('b')],
    ['b'],
  ],
  ['one that cannot be read is passed over', [pool('a', ['rubbish']), poolWith('b')], ['b']],
];

for (const [says, pools, want] of orders) {
  test(`the order: ${says}`, () => {
    const order = orderPools(poolSetOf(pools));
    assert.deepEqual(
      candidatePools(order, service('shop/it'), labelsOf).map(({ name }) => name),
      want,
    );
  });
}

const NAMESPACE = /does not include the namespace/;
const LABELS = /none of the serviceSelectors/;
const exclusions: readonly [
  says: string,
  allocation: object | undefined,
  key: string,
  refusal: RegExp | null,
][] = [
  ['no serviceAllocation: everybody', undefined, 'default/it', null],
  ['an empty one: everybody', {}, 'default/it', null],
  ['its namespace is named', { namespaces: ['shop'] }, 'shop/it', null],
  ['another one is', { namespaces: ['shop'] }, 'default/it', NAMESPACE],
  ['its namespace has the label', RED, 'shop/it', null],
  ['its namespace has it not', RED, 'default/it', NAMESPACE],
  ['either is enough', { ...RED, namespaces: ['default'] }, 'default/it', null],
  ['its own labels match', WEB, 'default/it', null],
  ['its own labels do not', { serviceSelectors: [{ matchLabels: { app: 'db' } }] }, 'default/it', LABELS],
  ['labels and namespace must match both', { ...WEB, ...RED }, 'default/it', NAMESPACE],
];

for (const [says, allocation, key, refusal] of exclusions) {
  test(`who is let in: ${says}`, () => {
    const [state] = poolsByAge(poolSetOf([poolWith('p', allocation)]));
    assert.ok(state);
    const because = explainExclusion(state.active, service(key, { labels: { app: 'web' } }), labelsOf);
    if (refusal === null) assert.equal(because, null);
    else assert.match(because ?? '', refusal);
  });
}

test('by age, and of one age by name; those that cannot be read have none', () => {
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
