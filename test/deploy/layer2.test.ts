/** `deploy/layer2` is `deploy/native` with the one capability and the rights that answering by ARP and NDP needs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { root } from '../../dev/place.mjs';
import { findKubernetesBinaries, skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests, read by a test that knows their shape
type Loose = any;

const rendered = (name: string): readonly Loose[] => {
  const parts = findKubernetesBinaries();
  assert.ok(parts.isAvailable);
  const text = execFileSync(parts.kubectl, ['kustomize', join(root, 'deploy', name)], { encoding: 'utf8' });
  return parseAllDocuments(text).map((one) => one.toJS());
};

const id = ({ kind, metadata }: Loose): string => `${kind}/${metadata.name}`;

describe('deploy/layer2', { skip: skipWithoutKubernetesBinaries() }, () => {
  it('adds rights, and root with NET_RAW alone', () => {
    const [native, layer2] = [rendered('native'), rendered('layer2')];
    const known = new Map(native.map((one) => [id(one), one]));
    const added = layer2.filter((one) => !known.has(id(one))).map(id);
    assert.deepEqual(added.sort(), [
      ...['Role/berth-controller-kube-proxy', 'Role/berth-controller-layer2', 'Role/berth-speaker-layer2'],
      'RoleBinding/berth-controller-kube-proxy',
      ...['RoleBinding/berth-controller-layer2', 'RoleBinding/berth-speaker-layer2', 'Secret/memberlist'],
    ]);
    for (const one of layer2) {
      const before = known.get(id(one));
      if (before === undefined) continue;
      if (one.kind === 'DaemonSet') {
        const [container] = one.spec.template.spec.containers;
        assert.deepEqual(container.securityContext, {
          ...{ runAsNonRoot: false, runAsUser: 0, runAsGroup: 0 },
          ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
          capabilities: { drop: ['ALL'], add: ['NET_RAW'] },
        });
        const { volumes } = one.spec.template.spec;
        assert.deepEqual(
          volumes.map(({ configMap }: Loose) => [configMap.name, configMap.optional]),
          [['metallb-excludel2', true]],
        );
        delete one.spec.template.spec.volumes;
        delete container.volumeMounts;
        container.securityContext = before.spec.template.spec.containers[0].securityContext;
        assert.equal(one.spec.template.spec.securityContext.seccompProfile.type, 'RuntimeDefault');
      }
      if (one.kind === 'Deployment') {
        const [{ env }] = one.spec.template.spec.containers;
        const name = { name: 'METALLB_ML_SECRET_NAME', value: 'memberlist' };
        assert.ok(env.some((entry: Loose) => isDeepStrictEqual(entry, name)));
        one.spec.template.spec.containers[0].env = env.filter((entry: Loose) => entry.name !== name.name);
      }
      assert.deepEqual(one, before);
    }
  });

  it('gives a speaker no right to Secrets but to read that of all speakers, and the controller none but to fill that one', () => {
    const roles = rendered('layer2').filter(
      ({ kind, metadata }) => kind === 'Role' && /layer2$/.test(metadata.name),
    );
    const secrets = roles.map(({ metadata, rules }) => [
      metadata.name,
      rules.filter(({ resources }: Loose) => resources.includes('secrets')),
    ]);
    const rule = { apiGroups: [''], resources: ['secrets'] };
    assert.deepEqual(Object.fromEntries(secrets), {
      'berth-speaker-layer2': [{ ...rule, resourceNames: ['memberlist'], verbs: ['list', 'watch'] }],
      'berth-controller-layer2': [{ ...rule, resourceNames: ['memberlist'], verbs: ['patch'] }],
    });
  });

  it('lets the controller read the ConfigMap of kube-proxy, and none of that name elsewhere', () => {
    const [role, ...others] = rendered('layer2').filter(({ rules = [] }) =>
      rules.some(({ resourceNames = [] }: Loose) => resourceNames.includes('kube-proxy')),
    );
    assert.deepEqual(others, []);
    assert.deepEqual([role.kind, role.metadata.namespace], ['Role', 'kube-system']);
    assert.deepEqual(role.rules, [
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['kube-proxy'], verbs: ['get'] },
    ]);
  });
});
