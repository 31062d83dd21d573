/** Reads and writes objects without HTTP, by the same verbs; for tests and the playground. */

import { invariant } from '../base/invariant.ts';
import { apiVersionOf } from '../objects/api-group.ts';
import { nameOf, namespaceOf } from '../objects/metadata.ts';
import type { ServedResource } from './kinds/served-resource.ts';
import { groupResource } from './object/resource-name.ts';
import { type StatusError, toStatus } from './object/status.ts';
import { objectKey } from './object/storage.ts';
import { type JsonObject, objectAt, textAt, withMeta } from './object/value.ts';
import { deleteObject } from './verbs/delete.ts';
import { type ApiServerState, collectionOf, type RequestTarget } from './verbs/server-state.ts';
import { applyUpdate, createObject, updateObject } from './verbs/write.ts';

export interface DirectClient {
  /** `resource` is a group resource: `services`, `ipaddresspools.metallb.io`. */
  get(resource: string, namespace: string, name: string): JsonObject | undefined;
  list(resource: string): readonly JsonObject[];
  /** Creates or replaces an object, with its status if it has one; throws with the message of the Status when refused. */
  put(object: JsonObject, manager?: string): JsonObject;
  /** Deletes as a client would; false where the object does not exist. */
  delete(resource: string, namespace: string, name: string): boolean;
  /** The revision of the last write. */
  revision(): number;
}

export function createDirectClient(state: ApiServerState): DirectClient {
  const findResource = (resourceName: string): ServedResource | undefined =>
    state.registry.all().find((resource) => groupResource(resource) === resourceName);
  return {
    get: (resourceName, namespace, name) =>
      state.storage.collection(resourceName).get(objectKey(namespace, name)),
    list: (resourceName) =>
      state.storage
        .collection(resourceName)
        .entries()
        .map(([, object]) => object),
    put: (object, manager = 'test') => put(state, object, manager),
    delete: (resourceName, namespace, name) => {
      const resource = findResource(resourceName);
      if (resource === undefined) return false;
      return deleteObject(state, { resource, namespace, name, subresource: '' }, { dryRun: false, body: {} })
        .ok;
    },
    revision: () => state.storage.revision,
  };
}

function put(state: ApiServerState, object: JsonObject, manager: string): JsonObject {
  const resource = state.registry
    .all()
    .find((each) => apiVersionOf(each) === object['apiVersion'] && each.kind === object['kind']);
  invariant(
    resource !== undefined,
    `nothing serves ${textAt(object, 'apiVersion')} ${textAt(object, 'kind')}`,
  );
  const namespace = resource.namespaced ? namespaceOf(object) || 'default' : '';
  const target: RequestTarget = { resource, namespace, name: nameOf(object), subresource: '' };
  const options = { dryRun: false, fieldValidation: 'Strict', manager, managedFields: null } as const;
  const exists = collectionOf(state, resource).get(objectKey(namespace, nameOf(object)));
  const withVersion = withMeta(object, {
    resourceVersion: textAt(objectAt(exists, 'metadata'), 'resourceVersion') || undefined,
  });
  const written = (exists === undefined ? createObject : updateObject)(state, target, withVersion, options);
  if (!written.ok) throw toError(written.error);
  const status = object['status'];
  if (status === undefined || !resource.hasStatus) return written.value.object;
  const stored = written.value.object;
  const withStatus = applyUpdate(
    state,
    { ...target, name: nameOf(stored), subresource: 'status' },
    { before: stored, proposed: { ...stored, status }, warnings: [] },
    options,
  );
  if (!withStatus.ok) throw toError(withStatus.error);
  return withStatus.value.object;
}

const toError = (error: StatusError): Error => new Error(textAt(toStatus(error), 'message'));
