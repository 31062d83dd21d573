/**
 * Runs controllers in this process against the API server in memory, with injected faults and time ten times as fast.
 * Each scenario is a seed; `SEED=7 node --import tsx --test test/e2e/faults.test.ts` repeats one.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FAULT_KINDS } from '../controller/support/simulation/fault-injection.ts';
import { runScenario } from '../controller/support/simulation/scenario.ts';
import { seeds } from '../support/random.ts';

/** Scenarios mostly wait, so several run at a time: this many of each fault, and this many faults. */
const SCENARIOS_AT_ONCE = 5;
const KINDS_AT_ONCE = 2;

describe('the cluster is in its expected state after', { concurrency: KINDS_AT_ONCE }, () => {
  for (const kind of FAULT_KINDS) {
    it(kind.name, async () => {
      const waiting = seeds(5, 200).values();
      let struck = 0;
      const teller = async (): Promise<void> => {
        for (const seed of waiting) struck += await runScenario(kind, seed);
      };
      await Promise.all(Array.from({ length: SCENARIOS_AT_ONCE }, teller));
      assert.ok(struck > 0, 'no fault was injected in any scenario');
    });
  }
});
