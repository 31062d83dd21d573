/** `deploy/native` is `deploy/controller-only` plus a speaker on every node with its rights, and nothing else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { root } from '../../dev/place.mjs';
import { parseFlags } from '../../src/base/flags.ts';
import { SPEAKER_FLAGS } from '../../src/speaker/flags.ts';
import { manifestsOf } from '../docs/support/markdown.ts';
import { findKubernetesBinaries, skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { createNamespace } from '../support/namespace.ts';
import { sharedApi } from '../support/real-api.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests, read by a test that knows their shape
type Loose = any;

const render = (path: string): string => {
  const parts = findKubernetesBinaries();
  assert.ok(parts.isAvailable);
  return execFileSync(parts.kubectl, ['kustomize', path], { encoding: 'utf8' });
};

const deployed = (name: string): string => render(join(root, 'deploy', name));

const read = (text: string): readonly Loose[] => parseAllDocuments(text).map((one) => one.toJS());

const id = ({ kind, metadata }: Loose): string => `${kind}/${metadata.name}`;

const ADDED = [
  'ClusterRole/berth-controller-native',
  'ClusterRole/berth-speaker',
  'ClusterRoleBinding/berth-controller-native',
  'ClusterRoleBinding/berth-speaker',
  'DaemonSet/berth-speaker',
  'Role/berth-controller-native',
  'Role/berth-speaker',
  'Role/berth-speaker-passwords',
  'RoleBinding/berth-controller-native',
  'RoleBinding/berth-speaker',
  'RoleBinding/berth-speaker-passwords',
  'ServiceAccount/berth-speaker',
];

describe('deploy/native', { skip: skipWithoutKubernetesBinaries() }, () => {
  let folder: string;
  let manifests: ReadonlyMap<string, Loose>;
  let pod: Loose;
  let container: Loose;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-overlays-'));
    manifests = new Map(read(deployed('native')).map((one) => [id(one), one]));
    pod = manifests.get('DaemonSet/berth-speaker').spec.template.spec;
    container = pod.containers[0];
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves the controller and the namespace unchanged', () => {
    const added = new Map(manifests);
    for (const one of read(deployed('controller-only'))) {
      assert.deepEqual(added.get(id(one)), one);
      added.delete(id(one));
    }
    assert.deepEqual([...added.keys()].sort(), ADDED);
  });

  it('grants no wildcard, reading of Secrets in its own namespace only, and writing of its own objects only', () => {
    const written: string[] = [];
    for (const name of ADDED.filter((one) => /^(Cluster)?Role\//.test(one))) {
      const { kind, metadata, rules } = manifests.get(name);
      assert.equal(metadata.namespace, kind === 'Role' ? 'metallb-system' : undefined);
      for (const { resources, verbs } of rules) {
        assert.ok(![...resources, ...verbs].some((text) => text.includes('*')), name);
        const isSecret = resources.includes('secrets');
        assert.equal(isSecret, name === 'Role/berth-speaker-passwords', name);
        if (verbs.some((verb: string) => !/^(get|list|watch)$/.test(verb))) written.push(...resources);
      }
    }
    assert.deepEqual(written.sort(), [
      'configurationstates',
      'configurationstates/status',
      'events',
      'servicebgpstatuses',
      'servicebgpstatuses/status',
      'speakerstatuses',
      'speakerstatuses/status',
      'subjectaccessreviews',
      'tokenreviews',
    ]);
  });

  it('uses the network of its node, and nothing else of it', () => {
    assert.equal(pod.hostNetwork, true);
    for (const name of ['hostPID', 'hostIPC', 'volumes', 'initContainers'])
      assert.equal(pod[name], undefined);
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65_534,
      runAsGroup: 65_534,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('starts the speaker with flags and environment variables that exist, and with time to drain', () => {
    const [verb, ...flags] = container.args as string[];
    assert.equal(verb, 'speaker');
    const given = Object.fromEntries(container.env.map(({ name }: Loose) => [name, 'w1']));
    const parsed = parseFlags(SPEAKER_FLAGS, flags, given);
    assert.ok(parsed.ok, JSON.stringify(parsed));
    const known: readonly string[] = Object.values(SPEAKER_FLAGS).flatMap((flag) =>
      'environment' in flag ? [flag.environment] : [],
    );
    for (const name of Object.keys(given)) assert.ok(known.includes(name), name);
    assert.equal(parsed.value.flags['node-name'], 'w1');
    assert.ok(pod.terminationGracePeriodSeconds * 1000 >= 2 * parsed.value.flags['drain-wait']);
    const ports = Object.fromEntries(
      container.ports.map(({ name, containerPort }: Loose) => [name, containerPort]),
    );
    const { port, 'health-probe-port': probes, 'view-port': view } = parsed.value.flags;
    assert.deepEqual(ports, { metricshttps: port, probes, view });
  });

  it('has probes at the only address on which it listens', () => {
    for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
      assert.equal(probe.httpGet.host, '127.0.0.1');
      assert.equal(probe.httpGet.port, 'probes');
    }
  });

  it('has startup probes that wait for readiness, and get their answer before the kubelet gives up', () => {
    const controller = manifests.get('Deployment/berth-controller').spec.template.spec.containers[0];
    for (const { startupProbe } of [container, controller]) {
      const seconds = Number(/^\/readyz\?wait=(\d+)$/.exec(startupProbe.httpGet.path)?.[1]);
      assert.ok(seconds > 0 && seconds < startupProbe.timeoutSeconds, startupProbe.httpGet.path);
      assert.ok(seconds * startupProbe.failureThreshold >= 600, 'an API server may be away for ten minutes');
    }
  });

  it('tolerates every taint, and is updated node by node', () => {
    assert.deepEqual(pod.tolerations, [{ operator: 'Exists' }]);
    const { updateStrategy, minReadySeconds, selector, template } =
      manifests.get('DaemonSet/berth-speaker').spec;
    assert.deepEqual(updateStrategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
    assert.ok(minReadySeconds > 0);
    assert.deepEqual(selector.matchLabels, template.metadata.labels);
    const controllers = manifests.get('Deployment/berth-controller').spec.selector.matchLabels;
    assert.notDeepEqual(selector.matchLabels, controllers);
  });

  /** The overlays in docs/native.md, in their order. */
  function overlays(): readonly Loose[] {
    const page = readFileSync(join(root, 'docs/native.md'), 'utf8');
    const texts = manifestsOf(page).filter((text) => text.startsWith('patches:'));
    return texts.map((text, index) => {
      const path = join(folder, `overlay-${index}`);
      mkdirSync(path);
      const base = relative(path, join(root, 'deploy/native'));
      writeFileSync(join(path, 'kustomization.yaml'), `resources: [${base}]\n${text}`);
      return read(render(path)).find(({ kind }) => kind === 'DaemonSet').spec.template.spec;
    });
  }

  it('runs on labelled nodes only, and listens on port 179, with the overlays of its page', () => {
    const [labelled, listening, ...others] = overlays();
    assert.equal(others.length, 0);
    assert.deepEqual(labelled, {
      ...pod,
      nodeSelector: { ...pod.nodeSelector, 'berth.dev/speaks': 'here' },
    });
    assert.deepEqual(
      [listening.securityContext.runAsUser, listening.securityContext.runAsNonRoot],
      [0, false],
    );
    const [{ args, securityContext }] = listening.containers;
    assert.deepEqual(args, [...container.args, '--listen-port=179']);
    assert.deepEqual(securityContext.capabilities, { drop: ['ALL'], add: ['NET_BIND_SERVICE'] });
  });

  it('is accepted by a real API server with strict validation', async () => {
    const api = await sharedApi();
    const namespace = await createNamespace(api);
    const input = deployed('native').replaceAll('metallb-system', namespace);
    const ran = await api.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], { input });
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout.trim().split('\n').length, manifests.size, ran.stdout);
    const warnings = ran.stderr
      .split('\n')
      .filter((line) => /warning/i.test(line) && !/last-applied/.test(line));
    assert.deepEqual(warnings, []);
  });

  it('is admitted with the pod-security level of the namespace, and with no stricter one', async () => {
    const api = await sharedApi();
    const tries = async (labels: Record<string, string>): Promise<number> => {
      const namespace = await createNamespace(api, labels);
      const body = { metadata: { generateName: 'speaker-' }, spec: { ...pod, priority: undefined } };
      const { status } = await api.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, body);
      return status;
    };
    assert.equal(await tries(manifests.get('Namespace/metallb-system').metadata.labels), 201);
    assert.equal(await tries({ 'pod-security.kubernetes.io/enforce': 'baseline' }), 403);
  });
});
