/**
 * This file applies manifests through the API, as `kubectl apply` does. Namespaces and CustomResourceDefinitions go first.
 * Each object gets kubectl's last-applied annotation, so that a later `kubectl apply` computes its patch from it.
 */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { type ApiOutcome, type ApiSender, describeOutcome } from '../../kube/http/api-request.ts';
import { collectionPath, NAMESPACES, objectPath, type Resource, withQuery } from '../../kube/resource.ts';
import type { Manifest, ManifestProblem } from '../../manifests/parse-manifests.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { MERGE_PATCH } from '../../objects/patch-type.ts';
import { suggestKind } from './kind-suggestion.ts';

export type ApplyResult = {
  /** The number of applied objects of each kind. */
  readonly appliedByKind: ReadonlyMap<string, number>;
  readonly refused: readonly ManifestProblem[];
  /** Objects of kinds that the API server of the playground does not serve, such as Ingress. */
  readonly skipped: readonly ManifestProblem[];
};

const REQUEST_TIMEOUT: Millis = 10_000;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const FIELD_MANAGER = 'kubectl-client-side-apply';

export type NamespaceOptions = {
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** Creates the namespaces of the objects where they are missing. */
  readonly createNamespace: boolean;
};

export const NAMESPACE_DEFAULTS: NamespaceOptions = { namespace: 'default', createNamespace: false };

export async function applyManifests(
  client: ApiSender,
  manifests: readonly Manifest[],
  options: NamespaceOptions,
): Promise<ApplyResult> {
  const appliedByKind = new Map<string, number>();
  const refused: ManifestProblem[] = [];
  const skipped: ManifestProblem[] = [];
  for (const manifest of sortByDependency(manifests)) {
    const { object, location } = manifest;
    const kind = textOf(object['kind']);
    const resource = await findResource(client, object);
    if (resource === null) {
      const message = `${describeObject(object)}: there is no ${kind} of ${textOf(object['apiVersion'])} in a playground`;
      const meant = await suggestKind(client, object);
      if (meant === null) skipped.push({ location, message });
      else refused.push({ location, message: `${message}; ${meant}` });
      continue;
    }
    const namespace = resource.namespaced
      ? textOf(metadataOf(object)['namespace']) || options.namespace
      : null;
    if (namespace !== null && options.createNamespace && (await createNamespace(client, namespace)))
      appliedByKind.set('Namespace', (appliedByKind.get('Namespace') ?? 0) + 1);
    const outcome = await applyObject(client, resource, { object, namespace });
    if (outcome.kind === 'ok') appliedByKind.set(kind, (appliedByKind.get(kind) ?? 0) + 1);
    else {
      const hint = isWithoutNamespace(outcome, options) ? ' (--create-namespace creates it)' : '';
      refused.push({ location, message: `${describeObject(object)} was ${describeFailure(outcome)}${hint}` });
    }
  }
  return { appliedByKind, refused, skipped };
}

/** The sum of two results. */
export function mergeResults(first: ApplyResult, second: ApplyResult): ApplyResult {
  const appliedByKind = new Map(first.appliedByKind);
  for (const [kind, count] of second.appliedByKind)
    appliedByKind.set(kind, (appliedByKind.get(kind) ?? 0) + count);
  return {
    appliedByKind,
    refused: [...first.refused, ...second.refused],
    skipped: [...first.skipped, ...second.skipped],
  };
}

const KINDS_FIRST: readonly string[] = ['Namespace', 'CustomResourceDefinition'];

/** Other objects may be in these namespaces or of these kinds, so those are created first. */
function sortByDependency(manifests: readonly Manifest[]): readonly Manifest[] {
  const rank = ({ object }: Manifest): number => {
    const index = KINDS_FIRST.indexOf(textOf(object['kind']));
    return index < 0 ? KINDS_FIRST.length : index;
  };
  return [...manifests].sort((a, b) => rank(a) - rank(b));
}

const describeObject = (object: Raw): string => {
  const { name, generateName } = metadataOf(object) as { name?: unknown; generateName?: unknown };
  return `${textOf(object['kind'])} "${textOf(name) || textOf(generateName)}"`;
};

const describeFailure = (outcome: Exclude<ApiOutcome, { kind: 'ok' }>): string =>
  outcome.kind === 'refused' ? `refused: ${outcome.message}` : describeOutcome(outcome);

/** Whether the object was refused because its namespace does not exist. */
const isWithoutNamespace = (outcome: ApiOutcome, { createNamespace }: NamespaceOptions): boolean =>
  !createNamespace && outcome.kind === 'refused' && /^namespaces ".*" not found$/.test(outcome.message);

/** Creates the namespace; returns whether it was missing. The refusal of an invalid name shows at the object. */
async function createNamespace(client: ApiSender, name: string): Promise<boolean> {
  const outcome = await client.send({
    method: 'POST',
    path: withQuery(collectionPath(NAMESPACES, null), { fieldManager: FIELD_MANAGER }),
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    timeout: REQUEST_TIMEOUT,
  });
  return outcome.kind === 'ok';
}

/** Queried for each object: an earlier object may have been the CRD of a later one. */
async function findResource(client: ApiSender, object: Raw): Promise<Resource | null> {
  const { group, version } = parseApiVersion(textOf(object['apiVersion']));
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const outcome = await client.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
  if (outcome.kind !== 'ok') return null;
  const kind = textOf(object['kind']);
  const found = listOf(fieldsOf(outcome.body)['resources'])
    .map(fieldsOf)
    .find((each) => each['kind'] === kind && !textOf(each['name']).includes('/'));
  if (found === undefined) return null;
  return { group, version, kind, plural: textOf(found['name']), namespaced: found['namespaced'] === true };
}

async function applyObject(
  client: ApiSender,
  resource: Resource,
  { object, namespace }: { readonly object: Raw; readonly namespace: string | null },
): Promise<ApiOutcome> {
  const name = textOf(metadataOf(object)['name']);
  const body = withLastApplied(object, namespace);
  const query = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' };
  const created = await client.send({
    method: 'POST',
    path: withQuery(collectionPath(resource, namespace), query),
    body,
    timeout: REQUEST_TIMEOUT,
  });
  if (created.kind !== 'refused' || created.reason !== 'AlreadyExists') return created;
  return client.send({
    method: 'PATCH',
    path: withQuery(objectPath(resource, { namespace, name }), query),
    body,
    contentType: MERGE_PATCH,
    timeout: REQUEST_TIMEOUT,
  });
}

/** Adds the annotation that `kubectl apply` compares with the next manifest (three-way merge). */
function withLastApplied(object: Raw, namespace: string | null): Raw {
  const metadata = { ...metadataOf(object), ...(namespace === null ? {} : { namespace }) };
  const bare: Raw = {
    ...object,
    metadata: { ...metadata, annotations: fieldsOf(metadataOf(object)['annotations']) },
  };
  const annotations = { ...fieldsOf(metadataOf(bare)['annotations']), [LAST_APPLIED]: `${goJson(bare)}\n` };
  return { ...bare, metadata: { ...metadata, annotations } };
}

/** JSON with sorted keys, as Go writes maps. */
function goJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
