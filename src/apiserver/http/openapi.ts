/**
 * OpenAPI v3 documents, as far as `kubectl` reads them: the `fieldValidation` parameter of PATCH and POST, by which it
 * leaves validation to the server, and the schemas for `kubectl explain`.
 */

import type { ResourceRegistry } from '../kinds/registry.ts';
import type { ServedResource } from '../kinds/served-resource.ts';
import { groupVersion } from '../object/resource-name.ts';
import type { Json, JsonObject } from '../object/value.ts';

const groupVersionPath = (group: string, version: string): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;

export function openapiIndex(registry: ResourceRegistry): JsonObject {
  const paths: Record<string, Json> = {};
  for (const { group, version } of registry.all()) {
    const path = groupVersionPath(group, version);
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}` };
  }
  return { paths };
}

/** The document of one version of one group; null where it is not served. */
export function openapiFor(registry: ResourceRegistry, group: string, version: string): JsonObject | null {
  const served = registry
    .all()
    .filter((resource) => resource.group === group && resource.version === version);
  if (served.length === 0) return null;
  const paths: Record<string, Json> = {};
  const schemas: Record<string, Json> = {};
  for (const resource of served) {
    const root = `/${groupVersionPath(group, version)}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.plural}`;
    paths[root] = { get: operation(resource, 'list'), post: operation(resource, 'post') };
    paths[`${root}/{name}`] = {
      get: operation(resource, 'get'),
      put: operation(resource, 'put'),
      patch: operation(resource, 'patch'),
      delete: operation(resource, 'delete'),
    };
    schemas[schemaName(resource)] = {
      ...(resource.schema as JsonObject),
      'x-kubernetes-group-version-kind': [groupVersionKind(resource)],
    };
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: groupVersion({ group, version }) },
    paths,
    components: { schemas },
  };
}

const groupVersionKind = ({ group, version, kind }: ServedResource): JsonObject => ({ group, version, kind });

const schemaName = ({ group, version, kind }: ServedResource): string =>
  `${group === '' ? 'io.k8s.api.core' : group.split('.').reverse().join('.')}.${version}.${kind}`;

const WRITES = new Set(['post', 'put', 'patch']);

function operation(resource: ServedResource, action: string): JsonObject {
  const parameters = WRITES.has(action) ? ['dryRun', 'fieldManager', 'fieldValidation'] : [];
  return {
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(resource),
    parameters: parameters.map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string', uniqueItems: true },
    })),
    responses: {
      '200': {
        description: 'OK',
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName(resource)}` } } },
      },
    },
  };
}
