/** Observed cases: what the simulated speakers do, judged by the rules of each case, step by step. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { simulateLayer2Case } from '../../../src/layer2/simulator/case-file.ts';

type Case = Raw & { readonly name: string; readonly says: string };

const compare: string = '../support/compare.mjs';
const { judgeCase }: { judgeCase: (rules: Case, predicted: unknown) => string[] } = await import(compare);

const folder = new URL('../support/cases/', import.meta.url);

describe('an observed case', () => {
  for (const name of readdirSync(folder).sort()) {
    const one: Case = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    it(`${one.name}: ${one.says}`, () => assert.deepEqual(judgeCase(one, simulateLayer2Case(one)), []));
  }
});
