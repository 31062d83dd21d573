/**
 * This file describes the operations of a resource for OpenAPI, as far as `kubectl` reads them: by the parameter
 * `fieldValidation` of a write it leaves validation to the server.
 */

import type { ServedResource } from '../kinds/served-resource.ts';
import type { Json, JsonObject } from '../object/value.ts';
import { groupVersionKind } from './definitions.ts';

/** HTTP methods of an operation, by path. */
export type PathItem = Readonly<Record<string, JsonObject>>;

const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'];

/** The paths of a resource with their operations; `parameter` and `responses` depend on the version of OpenAPI. */
export function resourcePaths(
  resource: ServedResource,
  parts: { readonly parameter: (name: string) => JsonObject; readonly responses: JsonObject },
): Readonly<Record<string, PathItem>> {
  const { group, version, namespaced, plural } = resource;
  const root = `/${groupVersionPath(group, version)}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}`;
  const operation = (action: string, parameters: readonly string[]): JsonObject => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(resource),
    parameters: parameters.map((name): Json => parts.parameter(name)),
    responses: parts.responses,
  });
  return {
    [root]: { get: operation('list', []), post: operation('post', WRITE_PARAMETERS) },
    [`${root}/{name}`]: {
      get: operation('get', []),
      put: operation('put', WRITE_PARAMETERS),
      patch: operation('patch', [...WRITE_PARAMETERS, 'force']),
      delete: operation('delete', []),
    },
  };
}

export const groupVersionPath = (group: string, version: string): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;
