import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASSIGNED_CONDITION } from '../../src/allocation/condition-reasons.ts';
import { compareWaitOrder } from '../../src/allocation/wait-order.ts';
import type { Condition } from '../../src/objects/condition.ts';
import { service } from './support/test-cluster.ts';

const conditionSince = (
  status: Condition['status'],
  lastTransitionTime: string,
  type = ASSIGNED_CONDITION,
) => ({
  conditions: [{ type, status, reason: 'PoolExhausted', message: '', lastTransitionTime }],
});
const NOON = '2026-01-01T12:00:00Z';
const LATER = '2026-01-01T12:00:01Z';

type ServiceOverrides = Parameters<typeof service>[1];
const rows: readonly [title: string, first: ServiceOverrides, second: ServiceOverrides][] = [
  ['no conditions: the older one', {}, {}],
  ['the one that waits longer', conditionSince('False', NOON), conditionSince('False', LATER)],
  ['one that waits before one without a condition', conditionSince('False', LATER), {}],
  ['the same time: the older one', conditionSince('False', NOON), conditionSince('False', NOON)],
  ['a condition True is no waiting', conditionSince('False', LATER), conditionSince('True', NOON)],
  [
    'another condition is no waiting',
    conditionSince('False', LATER),
    conditionSince('False', NOON, 'example.com/Checked'),
  ],
];

for (const [what, first, second] of rows) {
  test(what, () => {
    const [a, b] = [service('a', first), service('b', second)];
    assert.ok(compareWaitOrder(a, b) < 0);
    assert.ok(compareWaitOrder(b, a) > 0);
  });
}

test('the longer waiter comes before the older Service', () => {
  const older = service('older', conditionSince('False', LATER));
  const younger = service('younger', conditionSince('False', NOON));
  assert.deepEqual([older, younger].sort(compareWaitOrder), [younger, older]);
});
