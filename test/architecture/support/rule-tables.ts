import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findViolations } from '../rules.ts';

/** Tables that try a rule on small trees of files that exist nowhere else. */

export type Tree = Readonly<Record<string, string>>;
export type Row = readonly [says: string, tree: Tree, want: readonly string[]];

export const findViolationsIn = (tree: Tree): string[] =>
  findViolations(Object.entries(tree).map(([path, text]) => ({ path, text })));

/** An entry point that imports the named files, so that none of them is unused. */
export const entryPoint = (...paths: readonly string[]): Tree => ({
  'src/main.ts': paths.map((path) => `import './${path}';`).join('\n'),
});

export const SOURCE = 'export const a = 1;';

/** One suite a rule, one test a row. */
export function testRules(tables: Readonly<Record<string, readonly Row[]>>): void {
  for (const [rule, rows] of Object.entries(tables)) {
    describe(rule, () => {
      for (const [says, tree, want] of rows) it(says, () => assert.deepEqual(findViolationsIn(tree), want));
    });
  }
}
