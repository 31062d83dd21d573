/**
 * Addresses through all kinds of trouble: the server in memory, controllers in this process, time that runs ten
 * times as fast. Each story is a seed; `SEED=7 node --import tsx --test test/e2e/faults.test.ts` tells one again.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FAULT_KINDS } from '../controller/support/simulation/fault-injection.ts';
import { runScenario } from '../controller/support/simulation/scenario.ts';
import { seeds } from '../support/random.ts';

/** Stories mostly wait, so several are told at a time: so many of each kind, and so many kinds. */
const SCENARIOS_AT_ONCE = 5;
const KINDS_AT_ONCE = 2;

describe('the cluster looks as if nothing had happened, after', { concurrency: KINDS_AT_ONCE }, () => {
  for (const kind of FAULT_KINDS) {
    it(kind.name, async () => {
      const waiting = seeds(5, 200).values();
      let struck = 0;
      const teller = async (): Promise<void> => {
        for (const seed of waiting) struck += await runScenario(kind, seed);
      };
      await Promise.all(Array.from({ length: SCENARIOS_AT_ONCE }, teller));
      assert.ok(struck > 0, 'nothing went wrong in any of the stories');
    });
  }
});
