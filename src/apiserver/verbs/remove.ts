/** Delete, of one object and of many. Finalizers hold an object back; a namespace takes its contents with it. */

import { err, ok, type Result } from '../../base/result.ts';
import { type Cluster, type Target, tableOf, timestamp } from '../cluster.ts';
import type { Resource } from '../kinds/resource.ts';
import { conflict, type Failure, notFound, successOf } from '../status.ts';
import { keyOf } from '../storage.ts';
import {
  type Json,
  type JsonObject,
  listAt,
  metaOf,
  nameOf,
  namespaceOf,
  objectAt,
  textAt,
  uidOf,
  versionOf,
  withMeta,
} from '../value.ts';

export type RemoveOptions = { readonly dryRun: boolean; readonly body: JsonObject };

/** The object where it is still there (finalizers) or is shown once more, else a Status. */
export function remove(
  cluster: Cluster,
  target: Target,
  options: RemoveOptions,
): Result<JsonObject, Failure> {
  const { resource, name, namespace } = target;
  const held = tableOf(cluster, resource).get(keyOf(namespace, name));
  if (held === undefined) return err(notFound(resource, name));
  const refused = precondition(held, resource, options.body);
  if (refused !== null) return err(refused);
  const { object, gone } = removeHeld(cluster, resource, held, options.dryRun);
  return ok(gone && !SHOWN_ONCE_MORE.has(resource.plural) ? goodbye(object, resource) : object);
}

/** Resources whose deletion answers with the object (`ReturnDeletedObject` in pkg/registry). */
const SHOWN_ONCE_MORE = new Set(['services', 'pods', 'serviceaccounts', 'namespaces']);

const goodbye = (object: JsonObject, resource: Resource): JsonObject =>
  successOf({
    name: nameOf(object),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
    uid: uidOf(object),
  });

function precondition(held: JsonObject, resource: Resource, body: JsonObject): Failure | null {
  const { uid, resourceVersion } = objectAt(body, 'preconditions');
  const refuse = (what: string, wanted: Json, recorded: string, might: string): Failure =>
    conflict(
      { ...resource, plural: resource.kind },
      nameOf(held),
      `the ${what} in the precondition (${String(wanted)}) does not match the ${what} in record (${recorded}). The object might have been ${might}`,
    );
  if (uid !== undefined && uid !== uidOf(held)) {
    return refuse('UID', uid, uidOf(held), 'deleted and then recreated');
  }
  if (resourceVersion !== undefined && resourceVersion !== versionOf(held)) {
    return refuse('ResourceVersion', resourceVersion, versionOf(held), 'modified');
  }
  return null;
}

/** Takes `held` away, or marks it where finalizers keep it. */
export function removeHeld(
  cluster: Cluster,
  resource: Resource,
  held: JsonObject,
  dryRun: boolean,
): { readonly object: JsonObject; readonly gone: boolean } {
  const table = tableOf(cluster, resource);
  const key = keyOf(namespaceOf(held), nameOf(held));
  if (listAt(metaOf(held), 'finalizers').length === 0) {
    if (dryRun) return { object: held, gone: true };
    if (resource.plural === 'namespaces' && resource.group === '')
      return { object: endNamespace(cluster, held, key), gone: true };
    return { object: table.remove(key) ?? held, gone: true };
  }
  if (metaOf(held)['deletionTimestamp'] !== undefined) return { object: held, gone: false };
  const generation = metaOf(held)['generation'];
  const marked = withMeta(held, {
    deletionTimestamp: timestamp(cluster),
    deletionGracePeriodSeconds: 0,
    ...(typeof generation === 'number' ? { generation: generation + 1 } : {}),
  });
  return { object: dryRun ? marked : table.put(key, marked), gone: false };
}

/** First it is seen Terminating, then its contents go, then the namespace itself. */
function endNamespace(cluster: Cluster, held: JsonObject, key: string): JsonObject {
  const table = cluster.store.table('namespaces');
  const marked = withMeta(held, { deletionTimestamp: timestamp(cluster) });
  const terminating = table.put(key, {
    ...marked,
    status: { ...objectAt(held, 'status'), phase: 'Terminating' },
  });
  for (const [, contents] of [...cluster.store.tables()]) {
    for (const [inner, object] of contents.entries()) {
      if (textAt(metaOf(object), 'namespace') === key) contents.remove(inner);
    }
  }
  table.remove(key);
  return terminating;
}
