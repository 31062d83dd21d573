import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GonePools } from '../../src/plan/gone.ts';

test('the grace runs from when the pool is first missed', () => {
  const gone = new GonePools(100);
  assert.equal(gone.inGrace('a', 0), true);
  assert.equal(gone.inGrace('a', 90), true);
  assert.equal(gone.nextEnd(), 100);
  assert.deepEqual(gone.end(99), []);
  assert.deepEqual(gone.end(100), ['a']);
  assert.equal(gone.inGrace('a', 100), false);
  assert.equal(gone.nextEnd(), null);
});

test('nothing is over before somebody says so, however late', () => {
  const gone = new GonePools(100);
  gone.missing('a', 0);
  assert.equal(gone.inGrace('a', 1_000_000), true);
});

test('a pool that is back has a whole grace again', () => {
  const gone = new GonePools(100);
  gone.missing('a', 0);
  gone.present('a');
  gone.missing('a', 50);
  assert.deepEqual(gone.end(149), []);
  assert.deepEqual(gone.end(150), ['a']);
  gone.present('a');
  assert.equal(gone.inGrace('a', 200), true);
});

test('without a grace it is over at once', () => {
  const gone = new GonePools(0);
  assert.equal(gone.inGrace('a', 0), false);
  assert.equal(gone.nextEnd(), null);
});

test('the first of several to end is the next', () => {
  const gone = new GonePools(100);
  gone.missing('b', 20);
  gone.missing('a', 10);
  assert.equal(gone.nextEnd(), 110);
});

test('a name is not remembered for ever', () => {
  const gone = new GonePools(1);
  for (let i = 0; i < 10_001; i++) gone.missing(`pool-${i}`, 0);
  gone.end(1);
  assert.equal(gone.inGrace('pool-10000', 2), false);
  assert.equal(gone.inGrace('pool-0', 2), true);
});
