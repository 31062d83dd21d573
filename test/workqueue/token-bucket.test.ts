import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../src/base/invariant.ts';
import { TokenBucket } from '../../src/workqueue/token-bucket.ts';
import { underSeeds } from '../support/random.ts';

test('a burst passes at once, the rest at the rate', () => {
  const bucket = new TokenBucket({ perSecond: 50, burst: 2 });
  assert.deepEqual([bucket.take(1000), bucket.take(1000), bucket.take(1000)], [0, 0, 20]);
  assert.equal(bucket.wait(1015), 5);
  assert.deepEqual([bucket.take(1020), bucket.take(1020)], [0, 20]);
});

test('a quiet hour saves one burst and no more', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 });
  bucket.take(0);
  const hour = 3_600_000;
  assert.deepEqual(
    [0, 1, 2, 3].map(() => bucket.take(hour)),
    [0, 0, 0, 100],
  );
});

test('a rate limit that is not positive throws', () => {
  assert.throws(() => new TokenBucket({ perSecond: 0, burst: 1 }), InvariantError);
  assert.throws(() => new TokenBucket({ perSecond: 1, burst: 0 }), InvariantError);
});

test('no interval has more than rate and burst allow, and the returned wait is sufficient', () => {
  underSeeds(50, 2000, (random) => {
    const perSecond = 1 + random.below(300);
    const burst = 1 + random.below(10);
    const bucket = new TokenBucket({ perSecond, burst });
    const passed: number[] = [];
    let now = random.below(1_000_000);
    for (let step = 0; step < 300; step++) {
      const wait = bucket.take(now);
      if (wait === 0) {
        passed.push(now);
        now += random.below(30);
      } else {
        now += wait;
        assert.equal(bucket.take(now), 0, 'there is a token after the returned wait');
        passed.push(now);
      }
    }
    for (let from = 0; from < passed.length; from += 7) {
      for (let to = from; to < passed.length; to += 5) {
        const seconds = ((passed[to] ?? 0) - (passed[from] ?? 0)) / 1000;
        assert.ok(to - from + 1 <= burst + seconds * perSecond + 1e-3);
      }
    }
  });
});
