/** The namespace when the bases are applied: on an empty cluster, beside MetalLB, and where it has labels of its own. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { type AnyObject, NAMESPACE } from '../controller/support/rig.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import type { RealApi } from '../support/real-api/start.ts';
import { dedicatedApi } from '../support/real-api.ts';

const PATH = `/api/v1/namespaces/${NAMESPACE}`;
const BASES = ['controller-only', 'calico', 'native'] as const;

/** As the manifests of MetalLB have it. */
const METALLB_LABELS = {
  'pod-security.kubernetes.io/audit': 'privileged',
  'pod-security.kubernetes.io/enforce': 'privileged',
  'pod-security.kubernetes.io/warn': 'privileged',
};

/** Stricter, and with more than MetalLB sets. */
const OWN_LABELS = { 'pod-security.kubernetes.io/enforce': 'baseline', team: 'network' };

describe('the namespace', { skip: skipWithoutKubernetesBinaries() }, () => {
  let api: RealApi;

  before(async () => {
    api = await dedicatedApi();
  });
  beforeEach(() => removeNamespace());
  after(() => api?.stop());

  /** Nothing finalises namespaces here. */
  async function removeNamespace(): Promise<void> {
    const { status } = await api.request('DELETE', PATH);
    if (status === 404) return;
    const { metadata } = await api.requestOk<AnyObject>('GET', PATH);
    await api.requestOk('PUT', `${PATH}/finalize`, {
      ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, uid: metadata.uid } },
      spec: { finalizers: [] },
    });
  }

  async function apply(args: readonly string[], input?: string): Promise<void> {
    const ran = await api.kubectl(['apply', ...args], input === undefined ? {} : { input });
    assert.equal(ran.code, 0, ran.stderr);
  }

  /** With kubectl's record of what it applied, from which it learns what to remove. */
  const applyNamespace = (labels: AnyObject): Promise<void> =>
    apply(
      ['-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } }),
    );

  const labels = async (): Promise<AnyObject> =>
    (await api.requestOk<AnyObject>('GET', PATH)).metadata.labels;

  const withName = (others: AnyObject): AnyObject => ({
    ...others,
    'kubernetes.io/metadata.name': NAMESPACE,
  });

  for (const base of BASES) {
    it(`is made by deploy/${base} on an empty cluster, with one command`, async () => {
      await apply(['-k', join(root, 'deploy', base)]);
      await api.requestOk('GET', `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/berth-controller`);
    });

    it(`keeps the labels of MetalLB's manifests when deploy/${base} is applied`, async () => {
      await applyNamespace(METALLB_LABELS);
      await apply(['-k', join(root, 'deploy', base)]);
      assert.deepEqual(await labels(), withName(METALLB_LABELS));
    });

    it(`keeps all labels when deploy/${base} is applied with deploy/existing-namespace`, async () => {
      await applyNamespace(OWN_LABELS);
      const overlay = join(api.folder, `overlay-${base}`);
      mkdirSync(overlay);
      const [resource, component] = [base, 'existing-namespace'].map((name) =>
        relative(overlay, join(root, 'deploy', name)),
      );
      writeFileSync(
        join(overlay, 'kustomization.yaml'),
        `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [${resource}]\ncomponents: [${component}]\n`,
      );
      await apply(['-k', overlay]);
      assert.deepEqual(await labels(), withName(OWN_LABELS));
    });
  }

  it('keeps all labels when deploy/beside-metallb is applied', async () => {
    await applyNamespace({ ...METALLB_LABELS, team: 'network' });
    await apply(['-k', join(root, 'deploy/beside-metallb')]);
    assert.deepEqual(await labels(), withName({ ...METALLB_LABELS, team: 'network' }));
    await api.requestOk('GET', `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/berth-controller`);
  });
});
