/** Compares the model with observations of real Calico nodes and routers, route by route and step by step. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { predictCalicoCase } from '../../../src/calico/cases/case-file.ts';
import { hashedRouterId } from '../../../src/kube/node-router-id.ts';

type Case = Raw & { readonly name: string; readonly says: string };

const compare: string = '../support/compare.mjs';
const { compareCase }: { compareCase: (observed: Case, predicted: unknown) => string[] } = await import(
  compare
);

const folder = new URL('../support/cases/', import.meta.url);

describe('the prediction of an observed case', () => {
  for (const name of readdirSync(folder).sort()) {
    const one: Case = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    it(`${one.name}: ${one.says}`, () => {
      assert.deepEqual(compareCase(one, predictCalicoCase(one, hashedRouterId)), []);
    });
  }
});
