import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runConvert } from '../../../src/cli/convert/run.ts';
import { LEGACY_CONFIG } from '../support/old-configurations.ts';
import { runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

for (const [name, text, says] of [
  [
    'lb.jsonnet',
    "local pool = import 'pool.libsonnet';\n{ data: { config: pool } }\n",
    /is Jsonnet, and no YAML/,
  ],
  ['lb.cue', 'config: "address-pools": [{name: string}]\n', /is CUE.*pass what it makes, as cue export/],
  ['lb.tf', 'resource "helm_release" "metallb" {\n  name = "lb"\n}\n', /is HCL.*helm get values RELEASE/],
] as const)
  it(`one sentence says what to pass in place of ${name}`, async (test) => {
    const folder = createTempFolder(test, { [name]: text });
    const ran = await runCommand(runConvert, ['-f', `${folder}/${name}`]);
    assert.deepEqual([ran.code, ran.out], [1, '']);
    assert.match(ran.err, says);
    assert.equal(ran.err.trim().split('\n').length, 1);
  });

it('a YAML file with any other name is read', async (test) => {
  const folder = createTempFolder(test, { 'config.jsonnet.txt': LEGACY_CONFIG });
  assert.equal((await runCommand(runConvert, ['-f', `${folder}/config.jsonnet.txt`])).code, 0);
});
