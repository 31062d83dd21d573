import assert from 'node:assert/strict';
import { it } from 'node:test';
import { versionMain } from '../../../src/cli/version/main.ts';
import { run } from '../support/run.ts';

it('the version, plain and for programs', async () => {
  assert.deepEqual(await run(versionMain, []), { code: 0, out: '1.2.3\n', err: '' });
  const { out } = await run(versionMain, ['-o', 'json']);
  assert.deepEqual(JSON.parse(out), {
    version: '1.2.3',
    node: process.versions.node,
    platform: `${process.platform}/${process.arch}`,
  });
  assert.match((await run(versionMain, ['-o', 'yaml'])).out, /^version: 1\.2\.3\n/);
  assert.equal((await run(versionMain, ['x'])).code, 2);
});
