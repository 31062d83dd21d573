/** Renders the chart with values, as Helm does without a cluster. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from '../../../dev/place.mjs';
import { findClient } from '../../support/client-binaries.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests, read by tests that know their shape
export type Loose = any;

export const CHART = join(root, 'charts/berth');
export const IMAGE = 'registry.example/infra/berth';
const NAMESPACE = 'metallb-system';

const helm = findClient('helm');
export const skipWithoutHelm: string | false =
  skipWithoutKubernetesBinaries() || (helm.isAvailable ? false : helm.reason);

export function helmPath(): string {
  assert.ok(helm.isAvailable);
  return helm.path;
}

export type Rendered = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Renders with values as JSON: it is YAML enough. */
export function render(values: object, ...flags: readonly string[]): Rendered {
  const args = ['template', 'berth', CHART, '--namespace', NAMESPACE, '--values', '-', ...flags];
  const { status, stdout, stderr } = spawnSync(helmPath(), args, {
    input: JSON.stringify(values),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  });
  return { code: status, stdout, stderr };
}

function allObjectsOf(values: object, flags: readonly string[]): readonly Loose[] {
  const { code, stdout, stderr } = render(values, ...flags);
  assert.equal(code, 0, stderr);
  return parseAllDocuments(stdout)
    .map((one) => one.toJS() as Loose)
    .filter((one) => one !== null);
}

const isHook = ({ metadata }: Loose): boolean => metadata.annotations?.['helm.sh/hook'] !== undefined;

/** What a release consists of. */
export const objectsOf = (values: object, ...flags: readonly string[]): readonly Loose[] =>
  allObjectsOf(values, flags).filter((one) => !isHook(one));

/** What exists during `helm test` alone. */
export const hooksOf = (values: object, ...flags: readonly string[]): readonly Loose[] =>
  allObjectsOf(values, flags).filter(isHook);

/** The values that every release has to give. */
export const named = (mode: string, more: object = {}): object => ({
  mode,
  image: { repository: IMAGE },
  ...more,
});

/** Without the objects that the bases do not have. */
export const withoutPolicies = { policies: { enabled: false }, validation: { enabled: false } };

export const id = ({ kind, metadata }: Loose): string => `${kind}/${metadata.name}`;

export const byId = (objects: readonly Loose[]): Readonly<Record<string, Loose>> =>
  Object.fromEntries(objects.map((one) => [id(one), one]));

/** Takes off what says that Helm installed an object. */
export function withoutHelm(object: Loose): Loose {
  const { labels, annotations } = object.metadata;
  for (const label of ['app.kubernetes.io/managed-by', 'helm.sh/chart']) delete labels[label];
  if (annotations) delete annotations['helm.sh/resource-policy'];
  for (const [name, value] of Object.entries(object.metadata))
    if (typeof value === 'object' && Object.keys(value ?? {}).length === 0) delete object.metadata[name];
  return object;
}

/** What kustomize makes of a folder, with the image and the namespace of another place. */
export const likeChart = (text: string, namespace: string): Readonly<Record<string, Loose>> =>
  byId(
    parseAllDocuments(
      text.replaceAll('image: localhost/berth:', `image: ${IMAGE}:`).replaceAll(NAMESPACE, namespace),
    )
      .map((one) => one.toJS() as Loose)
      .filter(({ kind }) => kind !== 'Namespace'),
  );
