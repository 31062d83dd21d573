/** Objects without HTTP: the same verbs, for tests that set a scene and for the playground. */

import { invariant } from '../base/invariant.ts';
import { type Cluster, type Target, tableOf } from './cluster.ts';
import { groupVersion, type Resource, tableName } from './kinds/resource.ts';
import { type Failure, statusOf } from './status.ts';
import { keyOf } from './storage.ts';
import { type JsonObject, nameOf, namespaceOf, objectAt, textAt, withMeta } from './value.ts';
import { remove } from './verbs/remove.ts';
import { change, create, update } from './verbs/write.ts';

export interface Direct {
  /** `resource` is the table's name: `services`, `ipaddresspools.metallb.io`. */
  get(resource: string, namespace: string, name: string): JsonObject | undefined;
  list(resource: string): readonly JsonObject[];
  /** Creates or replaces, status included where `object` has one; throws with the server's sentence when refused. */
  put(object: JsonObject, manager?: string): JsonObject;
  /** Deletes as a client would; false where there was nothing. */
  delete(resource: string, namespace: string, name: string): boolean;
  /** The revision of the last write. */
  revision(): number;
}

export function directAccess(cluster: Cluster): Direct {
  const find = (table: string): Resource | undefined =>
    cluster.registry.all().find((resource) => tableName(resource) === table);
  return {
    get: (table, namespace, name) => cluster.store.table(table).get(keyOf(namespace, name)),
    list: (table) =>
      cluster.store
        .table(table)
        .entries()
        .map(([, object]) => object),
    put: (object, manager = 'test') => put(cluster, object, manager),
    delete: (table, namespace, name) => {
      const resource = find(table);
      if (resource === undefined) return false;
      return remove(cluster, { resource, namespace, name, subresource: '' }, { dryRun: false, body: {} }).ok;
    },
    revision: () => cluster.store.revision,
  };
}

function put(cluster: Cluster, object: JsonObject, manager: string): JsonObject {
  const resource = cluster.registry
    .all()
    .find((each) => groupVersion(each) === object['apiVersion'] && each.kind === object['kind']);
  invariant(
    resource !== undefined,
    `nothing serves ${textAt(object, 'apiVersion')} ${textAt(object, 'kind')}`,
  );
  const namespace = resource.namespaced ? namespaceOf(object) || 'default' : '';
  const target: Target = { resource, namespace, name: nameOf(object), subresource: '' };
  const options = { dryRun: false, fieldValidation: 'Strict', manager } as const;
  const exists = tableOf(cluster, resource).get(keyOf(namespace, nameOf(object)));
  const bare = withMeta(object, {
    resourceVersion: textAt(objectAt(exists, 'metadata'), 'resourceVersion') || undefined,
  });
  const written = (exists === undefined ? create : update)(cluster, target, bare, options);
  if (!written.ok) throw refusal(written.error);
  const status = object['status'];
  if (status === undefined || !resource.hasStatus) return written.value.object;
  const stored = written.value.object;
  const withStatus = change(
    cluster,
    { ...target, name: nameOf(stored), subresource: 'status' },
    stored,
    { ...stored, status },
    options,
    [],
  );
  if (!withStatus.ok) throw refusal(withStatus.error);
  return withStatus.value.object;
}

const refusal = (failure: Failure): Error => new Error(textAt(statusOf(failure), 'message'));
