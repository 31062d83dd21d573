/** Observed cases: announcements of real MetalLB speakers compared with the model's, step by step. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { simulateCase } from '../../../src/announce/simulator/case-file.ts';
import type { Raw } from '../../../src/base/json.ts';

type Case = Raw & { readonly name: string; readonly says: string };

const compare: string = '../support/compare.mjs';
const { compareCase }: { compareCase: (observed: Case, predicted: unknown) => string[] } = await import(
  compare
);

/**
 * Where Berth differs from MetalLB on purpose: it sends `nodeAssigned` only from a node that announces the Service to a peer.
 * MetalLB sends it from every node, also where `spec.peers` selects no peer of the node.
 */
const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  'peers/unknown': ['at the start: nodeAssigned events of web/blog: nodes should be n1, is empty'],
};

const folder = new URL('../support/cases/', import.meta.url);

describe('an observed case', () => {
  for (const name of readdirSync(folder).sort()) {
    const one: Case = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    it(`${one.name}: ${one.says}`, () => {
      assert.deepEqual(compareCase(one, simulateCase(one)), DIFFERENCES[one.name] ?? []);
    });
  }
});
