/** Create, update and patch. Each returns the object as stored, or the answer that says why not. */

import { err, ok, type Result } from '../../base/result.ts';
import {
  type Cluster,
  generatedName,
  makeUid,
  type Target,
  tableOf,
  timestamp,
  type WriteOptions,
} from '../cluster.ts';
import { required, wrong } from '../fielderror.ts';
import { establish } from '../kinds/crd.ts';
import { groupVersion } from '../kinds/resource.ts';
import { withAuthor } from '../managedfields.ts';
import { CRD_TABLE } from '../registry.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  type Failure,
  forbidden,
  invalid,
  MODIFIED,
  notFound,
} from '../status.ts';
import { keyOf } from '../storage.ts';
import {
  type Json,
  type JsonObject,
  listAt,
  metaOf,
  nameOf,
  namespaceOf,
  sameValue,
  textAt,
  uidOf,
  withKey,
  withMeta,
} from '../value.ts';
import { decode } from './decode.ts';
import { settle } from './settle.ts';

export type Written = {
  readonly object: JsonObject;
  readonly created: boolean;
  readonly warnings: readonly string[];
};

type Outcome = Result<Written, Failure>;

/** The real server takes this for its own mistake, and gives no reason. */
const versionOnCreate: Failure = {
  code: 500,
  reason: '',
  message: 'resourceVersion should not be set on objects to be created',
};

export function create(cluster: Cluster, target: Target, body: Json, options: WriteOptions): Outcome {
  const { resource } = target;
  const decoded = decode(body, resource, options);
  if (!decoded.ok) return decoded;
  const placed = place(cluster, target, decoded.value.object);
  if (!placed.ok) return placed;
  if (resource.rules.answer !== undefined) {
    return ok({ object: resource.rules.answer(decoded.value.object), created: true, warnings: [] });
  }
  let object = placed.value;
  const meta = metaOf(object);
  if (textAt(meta, 'resourceVersion') !== '') {
    return err(versionOnCreate);
  }
  const generate = textAt(meta, 'generateName');
  if (textAt(meta, 'name') === '' && generate === '') {
    return err(invalid(resource, '', [required('metadata.name', 'name or generateName is required')]));
  }
  object = withMeta(object, {
    ...(textAt(meta, 'name') === '' ? { name: generatedName(generate, cluster.random) } : {}),
    uid: makeUid(cluster.random),
    creationTimestamp: timestamp(cluster),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    managedFields: undefined,
    selfLink: undefined,
  });
  if (resource.hasStatus && !resource.statusOnCreate) object = withKey(object, 'status', undefined);
  const settled = settle({ object, before: null, subresource: '' }, resource);
  if (!settled.ok) return settled;
  const key = keyOf(target.namespace, nameOf(object));
  const table = tableOf(cluster, resource);
  if (table.get(key) !== undefined) return err(alreadyExists(resource, nameOf(object)));
  const authored = authorize(cluster, settled.value, null, target, options);
  const stored = options.dryRun ? authored : table.put(key, finished(cluster, target, authored));
  return ok({ object: stored, created: true, warnings: decoded.value.warnings });
}

/** The namespace of the path, which must exist and not be on its way out. */
function place(cluster: Cluster, target: Target, object: JsonObject): Result<JsonObject, Failure> {
  const { resource, namespace } = target;
  if (!resource.namespaced) return ok(withMeta(object, { namespace: undefined }));
  if (namespace === '') return err(badRequest('an empty namespace may not be set during creation'));
  const own = namespaceOf(object);
  if (own !== '' && own !== namespace) {
    return err(
      badRequest('the namespace of the provided object does not match the namespace sent on the request'),
    );
  }
  const home = cluster.store.table('namespaces').get(namespace);
  if (home === undefined)
    return err(notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, namespace));
  if (metaOf(home)['deletionTimestamp'] !== undefined) {
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

/** A body that names another place than its path. */
function misplacement(object: JsonObject, { name, namespace }: Target): Failure | null {
  const says = (what: string, own: string, wanted: string): Failure =>
    badRequest(`the ${what} of the object (${own}) does not match the ${what} on the URL (${wanted})`);
  const [own, home] = [nameOf(object), namespaceOf(object)];
  if (own !== '' && own !== name) return says('name', own, name);
  return home !== '' && home !== namespace ? says('namespace', home, namespace) : null;
}

/** PUT. */
export function update(cluster: Cluster, target: Target, body: Json, options: WriteOptions): Outcome {
  const { resource, name, namespace, subresource } = target;
  const decoded = decode(body, resource, options);
  if (!decoded.ok) return decoded;
  const { object, warnings } = decoded.value;
  const before = tableOf(cluster, resource).get(keyOf(namespace, name));
  const misplaced = misplacement(object, target);
  if (misplaced !== null) return err(misplaced);
  const version = textAt(metaOf(object), 'resourceVersion');
  if (before === undefined) {
    if (!resource.createOnUpdate || subresource !== '' || version !== '')
      return err(notFound(resource, name));
    return create(cluster, target, withMeta(object, { name }), options);
  }
  if (version === '' && !resource.blindUpdate) {
    return err(
      invalid(resource, name, [wrong('metadata.resourceVersion', 0, 'must be specified for an update')]),
    );
  }
  const uid = uidOf(object);
  if (uid !== '' && uid !== uidOf(before)) {
    const says = `StorageError: invalid object, Code: 4, Key: ${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${uidOf(before)}`;
    return err(conflict(resource, name, says));
  }
  const named = withMeta(object, { name, ...(namespace === '' ? {} : { namespace }) });
  return change(cluster, target, before, named, options, warnings);
}

/**
 * Makes `proposed` out of `before`, in one synchronous step: what a patch came to, or the body of a PUT. A
 * resourceVersion in `proposed` is a precondition. What changes nothing is not written.
 */
export function change(
  cluster: Cluster,
  target: Target,
  before: JsonObject,
  proposed: JsonObject,
  options: WriteOptions,
  warnings: readonly string[],
): Outcome {
  const { resource, name, subresource } = target;
  const misplaced = misplacement(proposed, target);
  if (misplaced !== null) return err(misplaced);
  const version = textAt(metaOf(proposed), 'resourceVersion');
  if (version !== '' && version !== textAt(metaOf(before), 'resourceVersion')) {
    return err(conflict(resource, name, MODIFIED));
  }
  const settled = settle({ object: proposed, before, subresource }, resource);
  if (!settled.ok) return settled;
  if (sameValue(settled.value, before)) return ok({ object: before, created: false, warnings });
  const authored = authorize(cluster, settled.value, before, target, options);
  if (options.dryRun) return ok({ object: authored, created: false, warnings });
  const table = tableOf(cluster, resource);
  const key = keyOf(target.namespace, name);
  const meta = metaOf(authored);
  if (meta['deletionTimestamp'] !== undefined && listAt(meta, 'finalizers').length === 0) {
    return ok({ object: table.remove(key, authored) ?? authored, created: false, warnings });
  }
  return ok({ object: table.put(key, finished(cluster, target, authored)), created: false, warnings });
}

function authorize(
  cluster: Cluster,
  object: JsonObject,
  before: JsonObject | null,
  target: Target,
  options: WriteOptions,
): JsonObject {
  return withAuthor(object, before, target.resource.schema, {
    manager: options.manager,
    subresource: target.subresource,
    apiVersion: groupVersion(target.resource),
    time: timestamp(cluster),
  });
}

/** A definition is established as it is stored. */
function finished(cluster: Cluster, target: Target, object: JsonObject): JsonObject {
  return target.resource.plural === 'customresourcedefinitions' && CRD_TABLE.endsWith(target.resource.group)
    ? establish(object, cluster.clock.wall())
    : object;
}
