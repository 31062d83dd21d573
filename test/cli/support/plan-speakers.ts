/** Runs `berth plan` on clusters with speakers, in files. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { stringify } from 'yaml';
import type { Raw } from '../../../src/base/json.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { runCommand } from './run-command.ts';
import { createTempFolder } from './temp-folder.ts';

const NAMESPACES: readonly Raw[] = [{ kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'web' } }];

const documents = (objects: readonly Raw[]): string =>
  objects.map((raw) => stringify(withTypes(raw))).join('---\n');

export function plan(
  test: TestContext,
  cluster: readonly Raw[],
  edit: readonly Raw[],
  ...args: readonly string[]
) {
  const folder = createTempFolder(test, { 'cluster.yaml': documents([...NAMESPACES, ...cluster]) });
  const files = edit.length === 0 ? [] : ['-f', '-'];
  return runCommand(runPlan, ['--cluster', folder, ...files, ...args], { stdin: documents(edit) });
}

/** What the plan of an edit prints, and how it ends. */
export type PlanRow = {
  readonly says: string;
  readonly cluster: readonly Raw[];
  readonly edit?: readonly Raw[];
  readonly args?: readonly string[];
  readonly code: number;
  readonly out: RegExp;
};

/** Each row is a test. */
export function testPlans(rows: readonly PlanRow[]): void {
  for (const { says, cluster, edit = [], args = [], code, out } of rows) {
    it(says, async (test) => {
      const ran = await plan(test, cluster, edit, ...args);
      assert.match(ran.out, out, ran.err);
      assert.equal(ran.code, code, ran.out);
    });
  }
}
