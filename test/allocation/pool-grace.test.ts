import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PoolGrace } from '../../src/allocation/pool-grace.ts';

test('the grace runs from when the pool is first missed', () => {
  const gone = new PoolGrace(100);
  assert.equal(gone.isInGrace('a', 0), true);
  assert.equal(gone.isInGrace('a', 90), true);
  assert.equal(gone.nextExpiry(), 100);
  assert.deepEqual(gone.expire(99), []);
  assert.deepEqual(gone.expire(100), ['a']);
  assert.equal(gone.isInGrace('a', 100), false);
  assert.equal(gone.nextExpiry(), null);
});

test('nothing is over before somebody says so, however late', () => {
  const gone = new PoolGrace(100);
  gone.markMissing('a', 0);
  assert.equal(gone.isInGrace('a', 1_000_000), true);
});

test('a pool that is back has a whole grace again', () => {
  const gone = new PoolGrace(100);
  gone.markMissing('a', 0);
  gone.markPresent('a');
  gone.markMissing('a', 50);
  assert.deepEqual(gone.expire(149), []);
  assert.deepEqual(gone.expire(150), ['a']);
  gone.markPresent('a');
  assert.equal(gone.isInGrace('a', 200), true);
});

test('without a grace it is over at once', () => {
  const gone = new PoolGrace(0);
  assert.equal(gone.isInGrace('a', 0), false);
  assert.equal(gone.nextExpiry(), null);
});

test('the first of several to end is the next', () => {
  const gone = new PoolGrace(100);
  gone.markMissing('b', 20);
  gone.markMissing('a', 10);
  assert.equal(gone.nextExpiry(), 110);
});

test('a name is not remembered for ever', () => {
  const gone = new PoolGrace(1);
  for (let i = 0; i < 10_001; i++) gone.markMissing(`pool-${i}`, 0);
  gone.expire(1);
  assert.equal(gone.isInGrace('pool-10000', 2), false);
  assert.equal(gone.isInGrace('pool-0', 2), true);
});
