import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Steps } from '../../src/base/steps.ts';
import { runInSlices, SLICE } from '../../src/workqueue/slices.ts';

/** Steps that each take a quarter of a slice, on a clock whose timers run when `turn` is called. */
function createRun(count: number) {
  const timers: (() => void)[] = [];
  const results: string[] = [];
  let [now, done] = [0, 0];
  function* steps(): Steps<string> {
    for (let step = 1; step <= count; step++) {
      now += SLICE / 4;
      done = step;
      if (step < count) yield null;
    }
    return 'result';
  }
  const after = (_: number, run: () => void): (() => void) => {
    timers.push(run);
    return () => timers.splice(timers.indexOf(run), 1);
  };
  const cancel = runInSlices({ now: () => now, after }, steps(), (result) => results.push(result));
  return { results, cancel, turn: () => timers.shift()?.(), waiting: () => timers.length, done: () => done };
}

it('a slice ends with the first step that ends after its time', () => {
  const { turn, done, results, waiting } = createRun(10);
  assert.deepEqual([done(), waiting()], [0, 1], 'nothing runs in the turn of the caller');
  turn();
  assert.deepEqual([done(), waiting(), results], [4, 1, []]);
  turn();
  assert.deepEqual([done(), waiting(), results], [8, 1, []]);
  turn();
  assert.deepEqual([done(), waiting(), results], [10, 0, ['result']]);
});

it('a run that is stopped between two slices goes no further', () => {
  const { turn, cancel, done, results, waiting } = createRun(10);
  turn();
  cancel();
  assert.equal(waiting(), 0);
  turn();
  assert.deepEqual([done(), results], [4, []]);
});
