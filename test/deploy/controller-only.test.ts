import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { CONTROLLER_FLAGS } from '../../src/controller/flags.ts';
import { findKubernetesBinaries, skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { createNamespace } from '../support/namespace.ts';
import { sharedApi } from '../support/real-api.ts';

const base = fileURLToPath(new URL('../../deploy/controller-only', import.meta.url));

type Rule = { readonly resources?: readonly string[]; readonly verbs: readonly string[] };

type Manifest = {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: the tests check fields of any manifest
  readonly [field: string]: any;
};

describe('deploy/controller-only', { skip: skipWithoutKubernetesBinaries() }, () => {
  let folder: string;
  let manifests: readonly Manifest[];

  const render = (path: string): string => {
    const parts = findKubernetesBinaries();
    assert.ok(parts.isAvailable);
    return execFileSync(parts.kubectl, ['kustomize', path], { encoding: 'utf8' });
  };
  const read = (text: string): Manifest[] =>
    parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  const only = (kind: string): Manifest => {
    const [found, ...others] = manifests.filter((each) => each.kind === kind);
    assert.ok(found !== undefined && others.length === 0, `one ${kind}`);
    return found;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-overlay-'));
    manifests = read(render(base));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('contains the nine kinds of MetalLB and one of ours, and what the controller needs', () => {
    const counts: Record<string, number> = {};
    for (const { kind } of manifests) counts[kind] = (counts[kind] ?? 0) + 1;
    assert.deepEqual(counts, {
      ClusterRole: 2,
      ClusterRoleBinding: 1,
      CustomResourceDefinition: 10,
      Deployment: 1,
      Namespace: 1,
      NetworkPolicy: 1,
      PodDisruptionBudget: 1,
      Role: 1,
      RoleBinding: 1,
      ServiceAccount: 1,
    });
  });

  test('has the namespace with the labels that the manifests of MetalLB set', () => {
    assert.deepEqual(only('Namespace').metadata, {
      name: 'metallb-system',
      labels: {
        'pod-security.kubernetes.io/enforce': 'privileged',
        'pod-security.kubernetes.io/audit': 'privileged',
        'pod-security.kubernetes.io/warn': 'privileged',
      },
    });
  });

  test('shares no name with the objects of MetalLB, so that neither overwrites the other', () => {
    const theirs = [
      'controller',
      'speaker',
      'pod-lister',
      'metallb-system:controller',
      'metallb-system:speaker',
    ];
    for (const { kind, metadata } of manifests) {
      if (kind !== 'Namespace' && kind !== 'CustomResourceDefinition') {
        assert.ok(
          metadata.name.startsWith('berth-') && !theirs.includes(metadata.name),
          `${kind} ${metadata.name}`,
        );
      }
    }
  });

  test('grants no reading of Secrets, no wildcard, and no deletion', () => {
    const rules = manifests.flatMap((each) => (each['rules'] ?? []) as Rule[]);
    assert.ok(rules.length > 10);
    for (const { resources = [], verbs } of rules) {
      assert.ok(
        !resources.some((resource) => resource.startsWith('secrets') || resource.includes('*')),
        `${resources}`,
      );
      assert.ok(
        !verbs.some((verb) => ['*', 'delete', 'deletecollection', 'escalate', 'bind'].includes(verb)),
        `${verbs}`,
      );
    }
  });

  test('runs without rights on its node', () => {
    const pod = only('Deployment')['spec'].template.spec;
    const [container] = pod.containers;
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.equal(pod.securityContext.seccompProfile.type, 'RuntimeDefault');
    for (const name of ['hostNetwork', 'hostPID', 'hostIPC', 'volumes'])
      assert.equal(pod[name], undefined, name);
  });

  test('starts the controller with flags and environment variables that exist', () => {
    const [{ args, env }] = only('Deployment')['spec'].template.spec.containers;
    const [verb, ...flags] = args as string[];
    assert.equal(verb, 'controller');
    for (const flag of flags) assert.ok(Object.hasOwn(CONTROLLER_FLAGS, flag.replace(/^--|=.*$/g, '')), flag);
    const known: readonly string[] = Object.values(CONTROLLER_FLAGS).map((flag) =>
      'environment' in flag ? flag.environment : '',
    );
    for (const { name } of env as { name: string }[]) assert.ok(known.includes(name), name);
  });

  test('two replicas fit on one node', () => {
    const { replicas, template } = only('Deployment')['spec'];
    assert.equal(replicas, 2);
    const { podAntiAffinity } = template.spec.affinity;
    assert.deepEqual(Object.keys(podAntiAffinity), ['preferredDuringSchedulingIgnoredDuringExecution']);
    assert.ok(!template.spec.containers[0].ports.some((port: object) => 'hostPort' in port));
  });

  test('budget, policy and affinity select the Pods of the Deployment', () => {
    const { selector, template } = only('Deployment')['spec'];
    const { labels } = template.metadata;
    const [affinity] = template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    for (const means of [
      selector,
      only('PodDisruptionBudget')['spec'].selector,
      only('NetworkPolicy')['spec'].podSelector,
      affinity.podAffinityTerm.labelSelector,
    ]) {
      assert.deepEqual(means.matchLabels, labels);
    }
  });

  test('the policy permits ingress to the metrics only: a node reaches its own Pods, with its probes, by itself', () => {
    const [container] = only('Deployment')['spec'].template.spec.containers;
    const [ingress] = only('NetworkPolicy')['spec'].ingress;
    assert.deepEqual(
      ingress.ports.map((each: { port: string }) => each.port),
      ['metricshttps'],
    );
    assert.ok(container.ports.some((each: { name: string }) => each.name === 'metricshttps'));
  });

  /** Renders an overlay as a user writes it. */
  function overlay(lines: readonly string[]): string {
    const path = join(folder, `overlay-${lines.length}`);
    mkdirSync(path);
    const text = [
      'apiVersion: kustomize.config.k8s.io/v1beta1',
      'kind: Kustomization',
      `resources: [${relative(path, base)}]`,
      ...lines,
    ];
    writeFileSync(join(path, 'kustomization.yaml'), `${text.join('\n')}\n`);
    return render(path);
  }

  test('an overlay replaces the image named localhost/berth', () => {
    const text = overlay([
      'images: [{ name: localhost/berth, newName: registry.example/infra/berth, newTag: "9.9" }]',
    ]);
    assert.match(text, /image: registry\.example\/infra\/berth:9\.9$/m);
  });

  test('a real API server accepts every object, with strict validation', async () => {
    const api = await sharedApi();
    const namespace = await createNamespace(api);
    const input = overlay([`namespace: ${namespace}`, '# the same, elsewhere']);
    const ran = await api.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], { input });
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout.trim().split('\n').length, manifests.length, ran.stdout);
    assert.equal(
      /warning/i.test(ran.stderr.replaceAll(/.*last-applied-configuration.*/g, '')),
      false,
      ran.stderr,
    );
  });
});
