/** Two controllers whose wall clocks jump an hour, forward and back, against the API server in memory. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CLOCK_JUMPS } from '../controller/support/simulation/fault-injection.ts';
import { runScenario } from '../controller/support/simulation/scenario.ts';
import { seeds } from '../support/random.ts';

it('the cluster is in its expected state after clocks that jump an hour, both ways', async () => {
  let jumps = 0;
  for (const seed of seeds(2, 20)) jumps += await runScenario(CLOCK_JUMPS, seed);
  assert.ok(jumps > 0, 'no clock jumped in any scenario');
});
