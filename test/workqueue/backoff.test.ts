import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffDelay, RetryTracker } from '../../src/workqueue/backoff.ts';
import { underSeeds } from '../support/random.ts';

const BACKOFF = { first: 100, max: 5000 };

const rows: readonly [title: string, attempt: number, random: number, expected: number][] = [
  ['the first delay is at least half of the limit', 0, 0, 50],
  ['it grows with the random number', 0, 0.5, 75],
  ['each retry doubles it', 3, 0, 400],
  ['up to the maximum', 6, 0, 2500],
  ['and no further, however many retries there are', 1_000_000, 0, 2500],
];

for (const [title, attempt, random, expected] of rows) {
  test(`backoff: ${title}`, () => assert.equal(backoffDelay(attempt, BACKOFF, random), expected));
}

test('no delay is negative or above its maximum', () => {
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

test('failures count for each key, and a success resets them', () => {
  const retries = new RetryTracker<string>(BACKOFF, () => 0);
  assert.deepEqual(
    [retries.recordFailure('a'), retries.recordFailure('a'), retries.recordFailure('b')],
    [50, 100, 50],
  );
  assert.deepEqual([retries.failureCount('a'), retries.size], [2, 2]);
  retries.forget('a');
  assert.deepEqual([retries.failureCount('a'), retries.size, retries.recordFailure('a')], [0, 1, 50]);
});
