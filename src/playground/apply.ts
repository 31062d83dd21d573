/**
 * Puts manifests into the cluster through its API, as `kubectl apply` on an empty cluster would: namespaces and kinds
 * first, each object with kubectl's own note of what was applied, so that a later `kubectl apply` goes on from there.
 */

import type { Millis } from '../base/clock.ts';
import { fieldsOf, listOf, metadataOf, type Raw, textOf } from '../cluster/fields.ts';
import { type ApiOutcome, type ApiSender, describeOutcome, MERGE_PATCH } from '../kube/outcome.ts';
import { collectionPath, objectPath, type Resource, withQuery } from '../kube/resource.ts';
import type { Complaint, Manifest } from './manifests.ts';

export type Applied = {
  /** How many objects of each kind the cluster took. */
  readonly taken: ReadonlyMap<string, number>;
  readonly refused: readonly Complaint[];
  /** Objects of kinds that a cluster so small does not have: Deployments' Ingress, say. */
  readonly leftOut: readonly Complaint[];
};

const REQUEST_TIMEOUT: Millis = 10_000;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const FIELD_MANAGER = 'kubectl-client-side-apply';

export async function applyAll(client: ApiSender, manifests: readonly Manifest[]): Promise<Applied> {
  const taken = new Map<string, number>();
  const refused: Complaint[] = [];
  const leftOut: Complaint[] = [];
  for (const manifest of inOrder(manifests)) {
    const { object, place } = manifest;
    const kind = textOf(object['kind']);
    const resource = await findResource(client, object);
    if (resource === null) {
      const says = `${nameOf(object)}: there is no ${kind} of ${textOf(object['apiVersion'])} in a playground`;
      leftOut.push({ place, says });
      continue;
    }
    const outcome = await applyOne(client, resource, object);
    if (outcome.kind === 'ok') taken.set(kind, (taken.get(kind) ?? 0) + 1);
    else refused.push({ place, says: `${nameOf(object)} was ${sentence(outcome)}` });
  }
  return { taken, refused, leftOut };
}

/** What came of two goes. */
export function both(first: Applied, second: Applied): Applied {
  const taken = new Map(first.taken);
  for (const [kind, count] of second.taken) taken.set(kind, (taken.get(kind) ?? 0) + count);
  return {
    taken,
    refused: [...first.refused, ...second.refused],
    leftOut: [...first.leftOut, ...second.leftOut],
  };
}

const FIRST: readonly string[] = ['Namespace', 'CustomResourceDefinition'];

/** Others may stand in them, and be of them. */
function inOrder(manifests: readonly Manifest[]): readonly Manifest[] {
  const rank = ({ object }: Manifest): number => {
    const index = FIRST.indexOf(textOf(object['kind']));
    return index < 0 ? FIRST.length : index;
  };
  return [...manifests].sort((a, b) => rank(a) - rank(b));
}

const nameOf = (object: Raw): string => {
  const { name, generateName } = metadataOf(object) as { name?: unknown; generateName?: unknown };
  return `${textOf(object['kind'])} "${textOf(name) || textOf(generateName)}"`;
};

const sentence = (outcome: Exclude<ApiOutcome, { kind: 'ok' }>): string =>
  outcome.kind === 'refused' ? `refused: ${outcome.message}` : describeOutcome(outcome);

/** Asked of the server anew each time: kinds may have come with the object before. */
async function findResource(client: ApiSender, object: Raw): Promise<Resource | null> {
  const apiVersion = textOf(object['apiVersion']);
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
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

async function applyOne(client: ApiSender, resource: Resource, object: Raw): Promise<ApiOutcome> {
  const namespace = resource.namespaced ? textOf(metadataOf(object)['namespace']) || 'default' : null;
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

/** kubectl compares with this what it is told to apply next. */
function withLastApplied(object: Raw, namespace: string | null): Raw {
  const metadata = { ...metadataOf(object), ...(namespace === null ? {} : { namespace }) };
  const bare: Raw = {
    ...object,
    metadata: { ...metadata, annotations: fieldsOf(metadataOf(object)['annotations']) },
  };
  const annotations = { ...fieldsOf(metadataOf(bare)['annotations']), [LAST_APPLIED]: `${goJson(bare)}\n` };
  return { ...bare, metadata: { ...metadata, annotations } };
}

/** Keys in order, as Go writes maps. */
function goJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
