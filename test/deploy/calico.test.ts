/** `deploy/calico` is `deploy/controller-only` with one more flag and more rights to read, and nothing else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { CALICO_KINDS } from '../../src/controller/main/announced/calico/calico-informers.ts';
import { findKubernetesBinaries, skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests, read by a test that knows their shape
type Loose = any;

const rendered = (name: string): readonly Loose[] => {
  const parts = findKubernetesBinaries();
  assert.ok(parts.isAvailable);
  const path = fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));
  const text = execFileSync(parts.kubectl, ['kustomize', path], { encoding: 'utf8' });
  return parseAllDocuments(text).map((one) => one.toJS());
};

const id = ({ kind, metadata }: Loose): string => `${kind}/${metadata.name}`;

describe('deploy/calico', { skip: skipWithoutKubernetesBinaries() }, () => {
  it('adds one flag to the Deployment, and two objects', () => {
    const [plain, calico] = [rendered('controller-only'), rendered('calico')];
    const known = new Map(plain.map((one) => [id(one), one]));
    const added = calico.filter((one) => !known.has(id(one))).map(id);
    assert.deepEqual(added.sort(), [
      'ClusterRole/berth-controller-calico',
      'ClusterRoleBinding/berth-controller-calico',
    ]);
    for (const one of calico) {
      const before = known.get(id(one));
      if (before === undefined) continue;
      if (one.kind === 'Deployment') {
        const args: string[] = one.spec.template.spec.containers[0].args;
        assert.equal(args.pop(), '--calico=auto');
      }
      assert.deepEqual(one, before);
    }
    assert.equal(calico.length, plain.length + 2);
  });

  it('grants reading of every watched kind, and writing of none', () => {
    const role = rendered('calico').find((one) => id(one) === 'ClusterRole/berth-controller-calico');
    const granted = role.rules.flatMap(({ resources }: Loose) => resources);
    for (const [plural] of CALICO_KINDS) assert.ok(granted.includes(plural), plural);
    for (const { verbs, resources } of role.rules) {
      for (const verb of verbs) assert.match(verb, /^(get|list|watch)$/);
      assert.ok(!resources.includes('secrets'));
    }
  });
});
