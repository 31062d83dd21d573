import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffDelay, RetryTracker } from '../../src/workqueue/backoff.ts';
import { underSeeds } from '../support/random.ts';

const BACKOFF = { first: 100, max: 5000 };

const rows: readonly [says: string, attempt: number, random: number, want: number][] = [
  ['the first wait is at least half of what was asked for', 0, 0, 50],
  ['and nearly all of it with the worst of luck', 0, 0.5, 75],
  ['each try doubles it', 3, 0, 400],
  ['up to the limit', 6, 0, 2500],
  ['and no further, however long it goes on', 1_000_000, 0, 2500],
];

for (const [says, attempt, random, want] of rows) {
  test(`backoff: ${says}`, () => assert.equal(backoffDelay(attempt, BACKOFF, random), want));
}

test('no wait is negative, endless or beyond its limit', () => {
  underSeeds(200, 5000, (random) => {
    const max = random.below(100_000);
    const wait = backoffDelay(
      random.below(3000),
      { first: random.below(max + 1), max },
      random.below(1000) / 1000,
    );
    assert.ok(wait >= 0 && wait <= max, `${wait} of ${max}`);
  });
});

test('each key fails on its own, and one success makes all good', () => {
  const retries = new RetryTracker<string>(BACKOFF, () => 0);
  assert.deepEqual(
    [retries.recordFailure('a'), retries.recordFailure('a'), retries.recordFailure('b')],
    [50, 100, 50],
  );
  assert.deepEqual([retries.failureCount('a'), retries.size], [2, 2]);
  retries.forget('a');
  assert.deepEqual([retries.failureCount('a'), retries.size, retries.recordFailure('a')], [0, 1, 50]);
});
