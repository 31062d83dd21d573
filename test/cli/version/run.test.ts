import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runVersion } from '../../../src/cli/version/run.ts';
import { runCommand } from '../support/run-command.ts';

it('prints the version as text, JSON and YAML', async () => {
  assert.deepEqual(await runCommand(runVersion, []), { code: 0, out: '1.2.3\n', err: '' });
  const { out } = await runCommand(runVersion, ['-o', 'json']);
  assert.deepEqual(JSON.parse(out), {
    version: '1.2.3',
    node: process.versions.node,
    platform: `${process.platform}/${process.arch}`,
  });
  assert.match((await runCommand(runVersion, ['-o', 'yaml'])).out, /^version: 1\.2\.3\n/);
  assert.equal((await runCommand(runVersion, ['x'])).code, 2);
});
