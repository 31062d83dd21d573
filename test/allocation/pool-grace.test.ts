import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PoolGrace } from '../../src/allocation/pool-grace.ts';

test('the period starts when the pool is first missing', () => {
  const poolGrace = new PoolGrace(100);
  assert.equal(poolGrace.isInGrace('a', 0), true);
  assert.equal(poolGrace.isInGrace('a', 90), true);
  assert.equal(poolGrace.nextExpiry(), 100);
  assert.deepEqual(poolGrace.expire(99), []);
  assert.deepEqual(poolGrace.expire(100), ['a']);
  assert.equal(poolGrace.isInGrace('a', 100), false);
  assert.equal(poolGrace.nextExpiry(), null);
});

test('a period ends only in expire, however late', () => {
  const poolGrace = new PoolGrace(100);
  poolGrace.markMissing('a', 0);
  assert.equal(poolGrace.isInGrace('a', 1_000_000), true);
});

test('a restored pool has a whole period again', () => {
  const poolGrace = new PoolGrace(100);
  poolGrace.markMissing('a', 0);
  poolGrace.markPresent('a');
  poolGrace.markMissing('a', 50);
  assert.deepEqual(poolGrace.expire(149), []);
  assert.deepEqual(poolGrace.expire(150), ['a']);
  poolGrace.markPresent('a');
  assert.equal(poolGrace.isInGrace('a', 200), true);
});

test('with period 0 it ends at once', () => {
  const poolGrace = new PoolGrace(0);
  assert.equal(poolGrace.isInGrace('a', 0), false);
  assert.equal(poolGrace.nextExpiry(), null);
});

test('the next expiry is that of the pool that was missing first', () => {
  const poolGrace = new PoolGrace(100);
  poolGrace.markMissing('b', 20);
  poolGrace.markMissing('a', 10);
  assert.equal(poolGrace.nextExpiry(), 110);
});

test('the number of remembered names is limited', () => {
  const poolGrace = new PoolGrace(1);
  for (let i = 0; i < 10_001; i++) poolGrace.markMissing(`pool-${i}`, 0);
  poolGrace.expire(1);
  assert.equal(poolGrace.isInGrace('pool-10000', 2), false);
  assert.equal(poolGrace.isInGrace('pool-0', 2), true);
});
