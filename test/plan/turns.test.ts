import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Condition } from '../../src/cluster/condition.ts';
import { ASSIGNED } from '../../src/plan/reasons.ts';
import { compareTurns } from '../../src/plan/turns.ts';
import { service } from './support.ts';

const says = (status: Condition['status'], lastTransitionTime: string, type = ASSIGNED) => ({
  conditions: [{ type, status, reason: 'PoolExhausted', message: '', lastTransitionTime }],
});
const NOON = '2026-01-01T12:00:00Z';
const LATER = '2026-01-01T12:00:01Z';

type Wish = Parameters<typeof service>[1];
const rows: readonly [says: string, first: Wish, second: Wish][] = [
  ['nobody has been answered: the older', {}, {}],
  ['one waits since noon, the other since later', says('False', NOON), says('False', LATER)],
  ['one waits, the other was never answered', says('False', LATER), {}],
  ['both wait since noon: the older', says('False', NOON), says('False', NOON)],
  ['a condition that says it has something is no waiting', says('False', LATER), says('True', NOON)],
  ['nor is one of somebody else', says('False', LATER), says('False', NOON, 'example.com/Checked')],
];

for (const [what, first, second] of rows) {
  test(what, () => {
    const [a, b] = [service('a', first), service('b', second)];
    assert.ok(compareTurns(a, b) < 0);
    assert.ok(compareTurns(b, a) > 0);
  });
}

test('who waits longer goes before the older', () => {
  const older = service('older', says('False', LATER));
  const younger = service('younger', says('False', NOON));
  assert.deepEqual([older, younger].sort(compareTurns), [younger, older]);
});
