/** The value `existingConfigMap` of the chart gives the objects of the component `deploy/old-configmap`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { findKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import {
  byId,
  id,
  likeChart,
  named,
  objectsOf,
  render,
  skipWithoutHelm,
  withoutHelm,
  withoutPolicies,
} from './support/chart.ts';

describe('existingConfigMap of the chart', { skip: skipWithoutHelm }, () => {
  for (const mode of ['controller-only', 'native', 'layer2'])
    it(`gives the objects of deploy/${mode} with the component`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'berth-old-configmap-'));
      try {
        const kustomized = kustomize(folder, mode);
        const values = named(mode, { ...withoutPolicies, existingConfigMap: 'config' });
        const charted = objectsOf(values, '--namespace', 'elsewhere').map(withoutHelm);
        assert.deepEqual(byId(charted), likeChart(kustomized, 'elsewhere'));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

  it('lets speakers read the ConfigMap of that name, and no other', () => {
    const objects = byId(objectsOf(named('native', { existingConfigMap: 'metallb' })));
    assert.deepEqual(objects['Role/berth-speaker-old-configmap'].rules[0].resourceNames, ['metallb']);
    for (const workload of ['Deployment/berth-controller', 'DaemonSet/berth-speaker'])
      assert.ok(objects[workload].spec.template.spec.containers[0].args.includes('--config=metallb'));
  });

  it('adds nothing where it is empty', () => {
    const without = objectsOf(named('native'));
    assert.deepEqual(
      without.map(id).filter((one) => one.includes('old-configmap')),
      [],
    );
    assert.ok(!JSON.stringify(without).includes('--config'));
  });

  it('refuses a name that no ConfigMap can have', () => {
    const { code, stderr } = render(named('native', { existingConfigMap: 'Not A Name' }));
    assert.notEqual(code, 0);
    assert.match(stderr, /existingConfigMap/);
  });
});

function kustomize(folder: string, base: string): string {
  const parts = findKubernetesBinaries();
  assert.ok(parts.isAvailable);
  const place = (name: string): string => relative(folder, join(root, 'deploy', name));
  const overlay = {
    ...{ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' },
    ...{ resources: [place(base)], components: [place('old-configmap')] },
  };
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
  return execFileSync(parts.kubectl, ['kustomize', folder], { encoding: 'utf8' });
}
