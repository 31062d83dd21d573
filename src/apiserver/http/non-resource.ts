/** Serves paths that are not resources: version, health, discovery and OpenAPI. */

import type { ResourceRegistry } from '../kinds/registry.ts';
import type { JsonObject } from '../object/value.ts';
import { encodeOpenapiV2, OPENAPI_V2_PROTOBUF_TYPE, openapiV2 } from '../openapi/openapi-v2.ts';
import { openapiFor, openapiIndex } from '../openapi/openapi-v3.ts';
import type { Representation } from './content-negotiation.ts';
import { aggregatedDiscovery, apiGroup, apiGroups, apiResources, apiVersions } from './discovery.ts';
import { type ApiResponse, jsonResponse, pathNotFound, textResponse } from './response.ts';

/** The Kubernetes version that this server behaves like. */
export const KUBERNETES_VERSION = 'v1.35.4';

const VERSION_INFO: JsonObject = {
  major: '1',
  minor: '35',
  emulationMajor: '1',
  emulationMinor: '35',
  gitVersion: `${KUBERNETES_VERSION}+berth`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: 'linux/amd64',
};

const DISCOVERY_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export function serveNonResource(
  path: string,
  representation: Representation,
  registry: ResourceRegistry,
  accept: string,
): ApiResponse {
  switch (path) {
    case '/version':
      return jsonResponse(200, VERSION_INFO);
    case '/healthz':
    case '/livez':
    case '/readyz':
      return textResponse(200, 'ok');
    case '/api':
      return representation === 'discovery'
        ? discoveryResponse(aggregatedDiscovery(registry, true))
        : jsonResponse(200, apiVersions());
    case '/apis':
      return representation === 'discovery'
        ? discoveryResponse(aggregatedDiscovery(registry, false))
        : jsonResponse(200, apiGroups(registry));
    case '/openapi/v2':
      return openapiV2Response(openapiV2(registry, KUBERNETES_VERSION), accept);
    case '/openapi/v3':
      return jsonResponse(200, openapiIndex(registry));
    default:
      return serveGroupPath(path, registry) ?? pathNotFound();
  }
}

const discoveryResponse = (body: JsonObject): ApiResponse => {
  const response = jsonResponse(200, body);
  return { ...response, headers: { 'content-type': DISCOVERY_TYPE } };
};

/** Protobuf where the client asks for it: client-go can read nothing else. */
const openapiV2Response = (document: JsonObject, accept: string): ApiResponse =>
  accept.includes(OPENAPI_V2_PROTOBUF_TYPE)
    ? {
        code: 200,
        body: encodeOpenapiV2(document),
        headers: { 'content-type': OPENAPI_V2_PROTOBUF_TYPE.replace('@', '.') },
      }
    : jsonResponse(200, document);

function serveGroupPath(path: string, registry: ResourceRegistry): ApiResponse | null {
  const matched =
    /^(\/openapi\/v3)?\/(?:api\/(?<core>[^/]+)|apis\/(?<group>[^/]+)(?:\/(?<version>[^/]+))?)$/.exec(
      path,
    )?.groups;
  if (matched === undefined) return null;
  const group = matched['core'] === undefined ? (matched['group'] ?? '') : '';
  const requestedVersion = matched['core'] ?? matched['version'];
  if (path.startsWith('/openapi/')) {
    const document = requestedVersion === undefined ? null : openapiFor(registry, group, requestedVersion);
    return document === null ? null : jsonResponse(200, document);
  }
  const body =
    requestedVersion === undefined
      ? apiGroup(registry, group)
      : apiResources(registry, group, requestedVersion);
  return body === null ? null : jsonResponse(200, body);
}
