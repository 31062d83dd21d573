/** OpenAPI v3 documents, one for each version of a group: `kubectl` validates and explains by them. */

import { apiVersionOf } from '../../objects/api-group.ts';
import type { ResourceRegistry } from '../kinds/registry.ts';
import type { Json, JsonObject } from '../object/value.ts';
import { Definitions } from './definitions.ts';
import { groupVersionPath, resourcePaths } from './operations.ts';

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
  const definitions = new Definitions(3);
  const paths: Record<string, Json> = {};
  for (const resource of served) {
    const schema = { $ref: `#/components/schemas/${definitions.add(resource)}` };
    const responses = { '200': { description: 'OK', content: { 'application/json': { schema } } } };
    const parameter = (name: string): JsonObject => ({
      name,
      in: 'query',
      schema: { type: 'string', uniqueItems: true },
    });
    Object.assign(paths, resourcePaths(resource, { parameter, responses }));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: apiVersionOf({ group, version }) },
    paths,
    components: { schemas: definitions.all },
  };
}
