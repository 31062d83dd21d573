/** Paths that are not resources: version, health, discovery and OpenAPI. */

import { aggregatedDiscovery, apiGroups, apiResources, apiVersions, groupOf } from '../discovery.ts';
import { openapiFor, openapiIndex } from '../openapi.ts';
import type { Registry } from '../registry.ts';
import type { JsonObject } from '../value.ts';
import type { Form } from './accept.ts';
import { type Answer, jsonAnswer, noSuchPath, textAnswer } from './answer.ts';

/** The Kubernetes whose answers this server gives. */
export const KUBERNETES_VERSION = 'v1.35.4';

const version: JsonObject = {
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

export function informed(path: string, form: Form, registry: Registry): Answer {
  switch (path) {
    case '/version':
      return jsonAnswer(200, version);
    case '/healthz':
    case '/livez':
    case '/readyz':
      return textAnswer(200, 'ok');
    case '/api':
      return form === 'discovery'
        ? discovery(aggregatedDiscovery(registry, true))
        : jsonAnswer(200, apiVersions());
    case '/apis':
      return form === 'discovery'
        ? discovery(aggregatedDiscovery(registry, false))
        : jsonAnswer(200, apiGroups(registry));
    case '/openapi/v3':
      return jsonAnswer(200, openapiIndex(registry));
    default:
      return deeper(path, registry) ?? noSuchPath();
  }
}

const discovery = (body: JsonObject): Answer => {
  const answer = jsonAnswer(200, body);
  return { ...answer, headers: { 'content-type': DISCOVERY_TYPE } };
};

function deeper(path: string, registry: Registry): Answer | null {
  const found =
    /^(\/openapi\/v3)?\/(?:api\/(?<core>[^/]+)|apis\/(?<group>[^/]+)(?:\/(?<version>[^/]+))?)$/.exec(
      path,
    )?.groups;
  if (found === undefined) return null;
  const group = found['core'] === undefined ? (found['group'] ?? '') : '';
  const wanted = found['core'] ?? found['version'];
  if (path.startsWith('/openapi/')) {
    const document = wanted === undefined ? null : openapiFor(registry, group, wanted);
    return document === null ? null : jsonAnswer(200, document);
  }
  const body = wanted === undefined ? groupOf(registry, group) : apiResources(registry, group, wanted);
  return body === null ? null : jsonAnswer(200, body);
}
