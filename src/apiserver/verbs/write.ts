/** Creates and updates objects. Each function returns the object as stored, or the error of the response. */

import { err, ok, type Result } from '../../base/result.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import { withCrdStatus } from '../kinds/crd.ts';
import { CRD_GROUP_RESOURCE } from '../kinds/registry.ts';
import { invalidValue, required } from '../object/field-error.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  MODIFIED_MESSAGE,
  notFound,
  type StatusError,
} from '../object/status.ts';
import { objectKey } from '../object/storage.ts';
import {
  deepEqual,
  type Json,
  type JsonObject,
  listAt,
  metaOf,
  textAt,
  uidOf,
  withKey,
  withMeta,
} from '../object/value.ts';
import { type DecodedObject, decodeObject } from './decode.ts';
import { updateManagedFields, withManagedFields } from './managed-fields.ts';
import { prepareForStorage } from './prepare-for-storage.ts';
import {
  type ApiServerState,
  collectionOf,
  generateName,
  generateUid,
  nowTimestamp,
  type RequestTarget,
  type WriteOptions,
} from './server-state.ts';

export type ObjectWriteResult = {
  readonly object: JsonObject;
  readonly created: boolean;
  readonly warnings: readonly string[];
};

type Outcome = Result<ObjectWriteResult, StatusError>;

/** kube-apiserver answers this with 500 and no reason. */
const VERSION_ON_CREATE: StatusError = {
  code: 500,
  reason: '',
  message: 'resourceVersion should not be set on objects to be created',
};

export function createObject(
  state: ApiServerState,
  target: RequestTarget,
  body: Json,
  options: WriteOptions,
): Outcome {
  const { resource } = target;
  const decoded = decodeObject(body, resource, options);
  return decoded.ok ? createDecoded(state, target, decoded.value, options) : decoded;
}

/** As `createObject`, of a body that is decoded. */
export function createDecoded(
  state: ApiServerState,
  target: RequestTarget,
  decoded: DecodedObject,
  options: WriteOptions,
): Outcome {
  const { resource } = target;
  const inNamespace = checkNamespace(state, target, decoded.object);
  if (!inNamespace.ok) return inNamespace;
  if (resource.strategy.respond !== undefined) {
    return ok({ object: resource.strategy.respond(decoded.object), created: true, warnings: [] });
  }
  let object = inNamespace.value;
  const meta = metaOf(object);
  if (textAt(meta, 'resourceVersion') !== '') {
    return err(VERSION_ON_CREATE);
  }
  const namePrefix = textAt(meta, 'generateName');
  if (textAt(meta, 'name') === '' && namePrefix === '') {
    return err(invalid(resource, '', [required('metadata.name', 'name or generateName is required')]));
  }
  object = withMeta(object, {
    ...(textAt(meta, 'name') === '' ? { name: generateName(namePrefix, state.random) } : {}),
    uid: generateUid(state.random),
    creationTimestamp: nowTimestamp(state),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    managedFields: undefined,
    selfLink: undefined,
  });
  if (resource.hasStatus && !resource.statusOnCreate) object = withKey(object, 'status', undefined);
  const prepared = prepareForStorage({ object, before: null, subresource: '' }, resource);
  if (!prepared.ok) return prepared;
  const key = objectKey(target.namespace, nameOf(object));
  const table = collectionOf(state, resource);
  if (table.get(key) !== undefined) return err(alreadyExists(resource, nameOf(object)));
  const managed = trackManagedFields(state, target, { object: prepared.value, before: null }, options);
  const stored = options.dryRun ? managed : table.put(key, withEstablishedCrd(state, target, managed));
  return ok({ object: stored, created: true, warnings: decoded.warnings });
}

/** Checks the namespace of the path, which must exist and must not be terminating. */
function checkNamespace(
  state: ApiServerState,
  target: RequestTarget,
  object: JsonObject,
): Result<JsonObject, StatusError> {
  const { resource, namespace } = target;
  if (!resource.namespaced) return ok(withMeta(object, { namespace: undefined }));
  if (namespace === '') return err(badRequest('an empty namespace may not be set during creation'));
  const bodyNamespace = namespaceOf(object);
  if (bodyNamespace !== '' && bodyNamespace !== namespace) {
    return err(
      badRequest('the namespace of the provided object does not match the namespace sent on the request'),
    );
  }
  const namespaceObject = state.storage.collection('namespaces').get(namespace);
  if (namespaceObject === undefined)
    return err(notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, namespace));
  if (metaOf(namespaceObject)['deletionTimestamp'] !== undefined) {
    return err(
      forbidden(
        resource,
        nameOf(object),
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      ),
    );
  }
  return ok(withMeta(object, { namespace }));
}

/** The error of a body whose name or namespace differs from the path; null where they agree. */
function pathMismatch(object: JsonObject, { name, namespace }: RequestTarget): StatusError | null {
  const mismatch = (what: string, own: string, expected: string): StatusError =>
    badRequest(`the ${what} of the object (${own}) does not match the ${what} on the URL (${expected})`);
  const [own, ownNamespace] = [nameOf(object), namespaceOf(object)];
  if (own !== '' && own !== name) return mismatch('name', own, name);
  return ownNamespace !== '' && ownNamespace !== namespace
    ? mismatch('namespace', ownNamespace, namespace)
    : null;
}

/** Handles PUT. */
export function updateObject(
  state: ApiServerState,
  target: RequestTarget,
  body: Json,
  options: WriteOptions,
): Outcome {
  const { resource, name, namespace, subresource } = target;
  const decoded = decodeObject(body, resource, options);
  if (!decoded.ok) return decoded;
  const { object, warnings } = decoded.value;
  const before = collectionOf(state, resource).get(objectKey(namespace, name));
  const mismatch = pathMismatch(object, target);
  if (mismatch !== null) return err(mismatch);
  const version = textAt(metaOf(object), 'resourceVersion');
  if (before === undefined) {
    if (!resource.allowCreateOnUpdate || subresource !== '' || version !== '')
      return err(notFound(resource, name));
    return createObject(state, target, withMeta(object, { name }), options);
  }
  if (version === '' && !resource.allowUnconditionalUpdate) {
    return err(
      invalid(resource, name, [
        invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
      ]),
    );
  }
  const uid = uidOf(object);
  if (uid !== '' && uid !== uidOf(before)) {
    const message = `StorageError: invalid object, Code: 4, Key: ${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${uidOf(before)}`;
    return err(conflict(resource, name, message));
  }
  const named = withMeta(object, { name, ...(namespace === '' ? {} : { namespace }) });
  return applyUpdate(state, target, { before, proposed: named, warnings }, options);
}

export type ProposedUpdate = {
  readonly before: JsonObject;
  readonly proposed: JsonObject;
  /** From decoding the body. */
  readonly warnings: readonly string[];
};

/**
 * Replaces `before` by `proposed`, the body of a PUT or the result of a patch, in one synchronous step. A
 * resourceVersion in `proposed` is a precondition. An update without a change is not stored.
 */
export function applyUpdate(
  state: ApiServerState,
  target: RequestTarget,
  { before, proposed, warnings }: ProposedUpdate,
  options: WriteOptions,
): Outcome {
  const { resource, name, subresource } = target;
  const mismatch = pathMismatch(proposed, target);
  if (mismatch !== null) return err(mismatch);
  const version = textAt(metaOf(proposed), 'resourceVersion');
  if (version !== '' && version !== textAt(metaOf(before), 'resourceVersion')) {
    return err(conflict(resource, name, MODIFIED_MESSAGE));
  }
  const prepared = prepareForStorage({ object: proposed, before, subresource }, resource);
  if (!prepared.ok) return prepared;
  const isUnchanged = deepEqual(prepared.value, before);
  if (isUnchanged && options.managedFields === null) return ok({ object: before, created: false, warnings });
  const managed = trackManagedFields(state, target, { object: prepared.value, before }, options);
  if (deepEqual(managed, before)) return ok({ object: before, created: false, warnings });
  if (options.dryRun) return ok({ object: managed, created: false, warnings });
  const table = collectionOf(state, resource);
  const key = objectKey(target.namespace, name);
  const meta = metaOf(managed);
  if (meta['deletionTimestamp'] !== undefined && listAt(meta, 'finalizers').length === 0) {
    return ok({ object: table.remove(key, managed) ?? managed, created: false, warnings });
  }
  return ok({
    object: table.put(key, withEstablishedCrd(state, target, managed)),
    created: false,
    warnings,
  });
}

function trackManagedFields(
  state: ApiServerState,
  target: RequestTarget,
  { object, before }: { readonly object: JsonObject; readonly before: JsonObject | null },
  options: WriteOptions,
): JsonObject {
  if (options.managedFields !== null) return withManagedFields(object, options.managedFields);
  return updateManagedFields(object, before, target.resource.schema, {
    manager: options.manager,
    operation: 'Update',
    subresource: target.subresource,
    apiVersion: apiVersionOf(target.resource),
    time: nowTimestamp(state),
  });
}

/** A CRD is established when it is stored. */
function withEstablishedCrd(state: ApiServerState, target: RequestTarget, object: JsonObject): JsonObject {
  return target.resource.plural === 'customresourcedefinitions' &&
    CRD_GROUP_RESOURCE.endsWith(target.resource.group)
    ? withCrdStatus(object, state.clock.wall())
    : object;
}
