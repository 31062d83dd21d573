import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { kubernetesTypeTables } from '../../dev/kubernetes-types.mjs';
import { root } from '../../dev/place.mjs';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

it('field tables equal those of the Kubernetes version that the tests run', {
  skip: skipWithoutKubernetesBinaries(),
}, async (context) => {
  const tables = await kubernetesTypeTables();
  if (tables === null) return context.skip('the Go modules are not in the module cache');
  for (const [name, text] of tables) {
    const path = join(root, 'src/apiserver/kube-types', name);
    assert.equal(readFileSync(path, 'utf8'), text, 'run: node dev/kubernetes-types.mjs');
  }
});
