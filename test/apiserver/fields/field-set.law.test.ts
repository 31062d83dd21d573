/** A law: the algebra of field sets is that of plain sets of paths. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  difference,
  type FieldSet,
  intersection,
  pathsOf,
  setWithin,
  union,
} from '../../../src/apiserver/fields/field-set.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const STEPS = ['f:a', 'f:b', 'k:{"name":"c"}', 'v:"d"'];

/** A set of up to three levels, in which no element is empty. */
function randomSet(random: Random, depth = 0): FieldSet {
  const set: Record<string, FieldSet> = {};
  if (depth > 0 && random.chance(0.6)) set['.'] = {};
  for (const step of STEPS) {
    if (depth < 3 && random.chance(0.5)) setWithin(set, step, randomSet(random, depth + 1));
  }
  return set;
}

it('union, difference and intersection of field sets are those of their paths', () => {
  underSeeds(300, 5000, (random) => {
    const [a, b] = [randomSet(random), randomSet(random)];
    const [inA, inB] = [new Set(pathsOf(a)), new Set(pathsOf(b))];
    const sorted = (paths: Iterable<string>): readonly string[] => [...paths].sort();
    assert.deepEqual(sorted(pathsOf(union(a, b))), sorted(new Set([...inA, ...inB])));
    assert.deepEqual(sorted(pathsOf(difference(a, b))), sorted([...inA].filter((path) => !inB.has(path))));
    assert.deepEqual(sorted(pathsOf(intersection(a, b))), sorted([...inA].filter((path) => inB.has(path))));
  });
});
