/** Deletes objects. Finalizers delay the deletion; a namespace is deleted with its contents. */

import { err, ok, type Result } from '../../base/result.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import type { ServedResource } from '../kinds/served-resource.ts';
import { conflict, notFound, type StatusError, successStatus } from '../object/status.ts';
import { objectKey } from '../object/storage.ts';
import {
  type Json,
  type JsonObject,
  listAt,
  metaOf,
  objectAt,
  resourceVersionOf,
  textAt,
  uidOf,
  withMeta,
} from '../object/value.ts';
import { type ApiServerState, collectionOf, nowTimestamp, type RequestTarget } from './server-state.ts';

export type DeleteOptions = { readonly dryRun: boolean; readonly body: JsonObject };

/** The object where it still exists (finalizers), or where its resource returns it; else a Status. */
export function deleteObject(
  state: ApiServerState,
  target: RequestTarget,
  options: DeleteOptions,
): Result<JsonObject, StatusError> {
  const { resource, name, namespace } = target;
  const stored = collectionOf(state, resource).get(objectKey(namespace, name));
  if (stored === undefined) return err(notFound(resource, name));
  const failed = checkPreconditions(stored, resource, options.body);
  if (failed !== null) return err(failed);
  const { object, isDeleted } = deleteStored(state, resource, stored, options.dryRun);
  return ok(
    isDeleted && !RETURNS_DELETED_OBJECT.has(resource.plural) ? deletedStatus(object, resource) : object,
  );
}

/** Resources whose deletion answers with the object (`ReturnDeletedObject` in pkg/registry). */
const RETURNS_DELETED_OBJECT = new Set(['services', 'pods', 'serviceaccounts', 'namespaces']);

const deletedStatus = (object: JsonObject, resource: ServedResource): JsonObject =>
  successStatus({
    name: nameOf(object),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
    uid: uidOf(object),
  });

function checkPreconditions(
  stored: JsonObject,
  resource: ServedResource,
  body: JsonObject,
): StatusError | null {
  const { uid, resourceVersion } = objectAt(body, 'preconditions');
  const conflictOn = (what: string, expected: Json, recorded: string, explanation: string): StatusError =>
    conflict(
      { ...resource, plural: resource.kind },
      nameOf(stored),
      `the ${what} in the precondition (${String(expected)}) does not match the ${what} in record (${recorded}). The object might have been ${explanation}`,
    );
  if (uid !== undefined && uid !== uidOf(stored)) {
    return conflictOn('UID', uid, uidOf(stored), 'deleted and then recreated');
  }
  if (resourceVersion !== undefined && resourceVersion !== resourceVersionOf(stored)) {
    return conflictOn('ResourceVersion', resourceVersion, resourceVersionOf(stored), 'modified');
  }
  return null;
}

/** Removes `stored`, or marks it as being deleted where it has finalizers. */
export function deleteStored(
  state: ApiServerState,
  resource: ServedResource,
  stored: JsonObject,
  dryRun: boolean,
): { readonly object: JsonObject; readonly isDeleted: boolean } {
  const table = collectionOf(state, resource);
  const key = objectKey(namespaceOf(stored), nameOf(stored));
  if (listAt(metaOf(stored), 'finalizers').length === 0) {
    if (dryRun) return { object: stored, isDeleted: true };
    if (resource.plural === 'namespaces' && resource.group === '')
      return { object: terminateNamespace(state, stored, key), isDeleted: true };
    return { object: table.remove(key) ?? stored, isDeleted: true };
  }
  if (metaOf(stored)['deletionTimestamp'] !== undefined) return { object: stored, isDeleted: false };
  const generation = metaOf(stored)['generation'];
  const marked = withMeta(stored, {
    deletionTimestamp: nowTimestamp(state),
    deletionGracePeriodSeconds: 0,
    ...(typeof generation === 'number' ? { generation: generation + 1 } : {}),
  });
  return { object: dryRun ? marked : table.put(key, marked), isDeleted: false };
}

/** Sets the namespace to Terminating, deletes its contents, then the namespace itself. */
function terminateNamespace(state: ApiServerState, stored: JsonObject, key: string): JsonObject {
  const table = state.storage.collection('namespaces');
  const marked = withMeta(stored, { deletionTimestamp: nowTimestamp(state) });
  const terminating = table.put(key, {
    ...marked,
    status: { ...objectAt(stored, 'status'), phase: 'Terminating' },
  });
  for (const [, contents] of [...state.storage.collections()]) {
    for (const [innerKey, object] of contents.entries()) {
      if (textAt(metaOf(object), 'namespace') === key) contents.remove(innerKey);
    }
  }
  table.remove(key);
  return terminating;
}
