/** `deploy/old-configmap` gives controller and speakers one flag, and speakers the right to read one ConfigMap. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { root } from '../../dev/place.mjs';
import { findKubernetesBinaries, skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests, read by a test that knows their shape
type Loose = any;

const id = ({ kind, metadata }: Loose): string => `${kind}/${metadata.name}`;

describe('deploy/old-configmap', { skip: skipWithoutKubernetesBinaries() }, () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-old-configmap-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function rendered(base: string, components: readonly string[]): readonly Loose[] {
    const parts = findKubernetesBinaries();
    assert.ok(parts.isAvailable);
    const place = (name: string): string => relative(folder, join(root, 'deploy', name));
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      JSON.stringify({
        ...{ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' },
        ...{ resources: [place(base)], components: components.map(place) },
      }),
    );
    const text = execFileSync(parts.kubectl, ['kustomize', folder], { encoding: 'utf8' });
    return parseAllDocuments(text).map((one) => one.toJS());
  }

  for (const base of ['controller-only', 'native', 'layer2'])
    it(`adds that to deploy/${base}, and nothing else`, () => {
      const plain = new Map(rendered(base, []).map((one) => [id(one), one]));
      const added: Loose[] = [];
      for (const one of rendered(base, ['old-configmap'])) {
        const before = plain.get(id(one));
        if (before === undefined) {
          added.push(one);
          continue;
        }
        const args = one.spec?.template?.spec.containers[0].args;
        if (args !== undefined) assert.equal(args.pop(), '--config=config', id(one));
        assert.deepEqual(one, before);
      }
      assert.deepEqual(added.map(id).sort(), [
        'Role/berth-speaker-old-configmap',
        'RoleBinding/berth-speaker-old-configmap',
      ]);
      const [{ rules }] = added.filter(({ kind }) => kind === 'Role');
      assert.deepEqual(rules, [
        {
          ...{ apiGroups: [''], resources: ['configmaps'] },
          ...{ resourceNames: ['config'], verbs: ['get', 'list', 'watch'] },
        },
      ]);
    });
});
