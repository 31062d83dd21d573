import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../src/base/invariant.ts';
import { BoundedQueue } from '../../src/workqueue/bounded-queue.ts';
import { underSeeds } from '../support/random.ts';

test('a full queue drops its oldest item, and counts it', () => {
  const queue = new BoundedQueue<string>(2);
  assert.deepEqual([queue.push('a'), queue.push('b'), queue.push('c')], [undefined, undefined, 'a']);
  assert.deepEqual([queue.size, queue.dropped], [2, 1]);
  assert.deepEqual([queue.shift(), queue.shift(), queue.shift()], ['b', 'c', undefined]);
});

test('a limit below 1 throws', () => {
  assert.throws(() => new BoundedQueue(0), InvariantError);
});

test('the queue agrees with an array over thousands of items', () => {
  underSeeds(10, 200, (random) => {
    const limit = 1 + random.below(5000);
    const queue = new BoundedQueue<number>(limit);
    let oracle: number[] = [];
    let dropped = 0;
    for (let item = 0; item < 12_000; item++) {
      if (random.chance(0.7)) {
        queue.push(item);
        oracle.push(item);
        if (oracle.length > limit) {
          oracle = oracle.slice(1);
          dropped++;
        }
      } else {
        assert.equal(queue.shift(), oracle.shift());
      }
      assert.equal(queue.size, oracle.length);
    }
    assert.equal(queue.dropped, dropped);
  });
});
