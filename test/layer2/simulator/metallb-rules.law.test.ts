/**
 * A law of the model: whatever is done to a cluster, exactly those answer who may by MetalLB's observed rules, corrected where
 * MetalLB is known to be wrong; one node for each address, and none moves that need not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { simulateLayer2Case } from '../../../src/layer2/simulator/case-file.ts';
import { underSeeds } from '../../support/random.ts';
import { randomCase } from './support/random-case.ts';

const compare: string = '../support/compare.mjs';
const { judgeCase }: { judgeCase: (rules: Raw, predicted: unknown) => string[] } = await import(compare);

test('whatever is done to a cluster, those answer who may by the observed rules', () => {
  let answered = 0;
  underSeeds(60, 3000, (random) => {
    const one = randomCase(random);
    answered += one.rules.filter(({ services }) => Object.keys(services ?? {}).length > 0).length;
    assert.deepEqual(judgeCase(one, simulateLayer2Case(one)), []);
  });
  assert.ok(answered > 0 || process.env['SEED'] !== undefined, 'somebody answers in some of the histories');
});
