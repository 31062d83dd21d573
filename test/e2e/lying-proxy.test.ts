/**
 * A proxy between controller and API server that lies: no address moves and none is on two Services meanwhile, and when the
 * truth is back, every Service gets what it should have. `SEED=7` repeats a scenario.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LYING_PROXIES } from '../controller/support/simulation/lies.ts';
import { runScenario } from '../controller/support/simulation/scenario.ts';
import { seeds } from '../support/random.ts';

describe('addresses are unharmed by', { concurrency: 4 }, () => {
  for (const kind of LYING_PROXIES)
    it(kind.name, async () => {
      let lies = 0;
      for (const seed of seeds(1, 100)) lies += await runScenario(kind, seed);
      assert.ok(lies > 0, 'the proxy told no lie');
    });
});
