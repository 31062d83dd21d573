/** The entry point, run from the sources: selection of the command, and exit codes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../dev/place.mjs';
import { programHelp } from '../src/cli/framework/command-names.ts';
import { createTempFolder } from './cli/support/temp-folder.ts';

const MAIN = join(root, 'src/main.ts');

function runBerth(args: readonly string[], script = MAIN) {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent' };
  const ran = spawnSync(process.execPath, ['--import', 'tsx', script, ...args], {
    encoding: 'utf8',
    env,
    cwd: root,
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

describe('the program', () => {
  const rows: readonly [args: readonly string[], code: number, out: RegExp, err: RegExp][] = [
    [[], 0, /^Berth gives Kubernetes Services/, /^$/],
    [['help', 'version'], 0, /\n {2}berth version \[-o json\]\n/, /^$/],
    [['version', '-o', 'json'], 0, /"version": "unbuilt"/, /^$/],
    [['explian'], 2, /^$/, /^berth: unknown command "explian": did you mean explain\?\n$/],
    [['toString'], 2, /^$/, /^berth: unknown command "toString"/],
    [['__complete', 'conv'], 0, /^convert\t/, /^$/],
  ];
  for (const [args, code, out, err] of rows) {
    it(`berth ${args.join(' ')} ends with ${code}`, () => {
      const ran = runBerth(args);
      assert.equal(ran.code, code, ran.err);
      assert.match(ran.out, out);
      assert.match(ran.err, err);
    });
  }

  it('uses its name as a plugin of kubectl', (test) => {
    const link = join(createTempFolder(test, {}), 'kubectl-berth');
    symlinkSync(MAIN, link);
    assert.equal(runBerth(['--help'], link).out, programHelp('kubectl berth'));
  });
});
