import assert from 'node:assert/strict';
import { it } from 'node:test';
import { finishSteps, flatMapInSteps, ITEMS_PER_STEP } from '../../src/base/steps.ts';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

it('a list that is read in steps gives the results of all parts, in order', () => {
  const read = (part: readonly number[]): readonly number[] => part.flatMap((one) => [one, -one]);
  for (const count of [0, 1, ITEMS_PER_STEP, ITEMS_PER_STEP + 1, 3 * ITEMS_PER_STEP])
    assert.deepEqual(finishSteps(flatMapInSteps(numbers(count), read)), read(numbers(count)));
});

it('no step reads more than its items, and a short list is one step', () => {
  const sizes: number[] = [];
  const reading = flatMapInSteps(numbers(2 * ITEMS_PER_STEP + 5), (part) => {
    sizes.push(part.length);
    return [];
  });
  let steps = 1;
  while (reading.next().done !== true) {
    assert.equal(sizes.length, steps);
    steps++;
  }
  assert.deepEqual([steps, sizes], [3, [ITEMS_PER_STEP, ITEMS_PER_STEP, 5]]);
  assert.equal(flatMapInSteps([1], (part) => part).next().done, true);
});
