/** Random JSON values, compared and shared, against what their texts say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameJson, withSharedParts } from '../../src/base/shared-json.ts';
import { type Random, underSeeds } from '../support/random.ts';

const KEYS = ['a', 'b', 'c', '__proto__'];

function randomJson(random: Random, depth = 3): unknown {
  if (depth === 0 || random.chance(0.3)) return random.pick([null, true, 0, 1, '', 'text']);
  const size = random.below(4);
  if (random.chance(0.5)) return Array.from({ length: size }, () => randomJson(random, depth - 1));
  return JSON.parse(
    `{${KEYS.slice(0, size)
      .map((key) => `"${key}":${JSON.stringify(randomJson(random, depth - 1))}`)
      .join(',')}}`,
  );
}

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value));

test('two values are the same where their texts are', () => {
  underSeeds(300, 5000, (random) => {
    const [a, b] = [randomJson(random), randomJson(random)];
    assert.equal(isSameJson(a, b), JSON.stringify(a) === JSON.stringify(b));
    assert.ok(isSameJson(a, copyOf(a)));
  });
});

test('the order of keys makes no difference', () => {
  assert.ok(isSameJson({ a: 1, b: [2] }, { b: [2], a: 1 }));
  assert.ok(!isSameJson({ a: 1 }, { b: 1 }));
});

test('a value that shares parts says what the newer one says', () => {
  underSeeds(300, 5000, (random) => {
    const [before, after] = [randomJson(random), randomJson(random)];
    const text = JSON.stringify(after);
    assert.equal(JSON.stringify(withSharedParts(before, after)), text);
  });
});

test('an equal value is the older one itself, and so is an equal part', () => {
  underSeeds(300, 5000, (random) => {
    const before = randomJson(random);
    assert.equal(withSharedParts(before, copyOf(before)), before);
    const list = { changed: 1, same: [before, { part: before }] };
    const shared = withSharedParts(list, { ...copyOf(list), changed: 2 });
    assert.equal(shared.same, list.same);
    assert.equal(shared.changed, 2);
  });
});
