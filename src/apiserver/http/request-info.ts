/** Parses the path and method of a request (apiserver `RequestInfo`). */

import { EXTRA_SUBRESOURCES, type ExtraSubresource } from '../kinds/extra-subresource.ts';
import type { ResourceRegistry } from '../kinds/registry.ts';
import type { RequestTarget } from '../verbs/server-state.ts';

export type RequestVerb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection';

export type RequestInfo =
  | {
      readonly kind: 'resource';
      readonly verb: RequestVerb;
      readonly target: RequestTarget;
      /** A subresource of another kind; null for the object, and for its status. */
      readonly extra: ExtraSubresource | null;
    }
  | { readonly kind: 'other'; readonly path: string }
  | { readonly kind: 'method-not-allowed' }
  | { readonly kind: 'none' };

const itemVerbs: Readonly<Record<string, RequestVerb>> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const listVerbs: Readonly<Record<string, RequestVerb>> = {
  GET: 'list',
  POST: 'create',
  DELETE: 'deletecollection',
};

export function resolveRequestInfo(method: string, url: URL, registry: ResourceRegistry): RequestInfo {
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeSegmentOrKeep);
  const isCore = parts[0] === 'api' && parts.length >= 3;
  const isGrouped = parts[0] === 'apis' && parts.length >= 4;
  if (!isCore && !isGrouped) return { kind: 'other', path: url.pathname.replace(/(.)\/$/, '$1') };
  const group = isCore ? '' : (parts[1] ?? '');
  const version = (isCore ? parts[1] : parts[2]) ?? '';
  const path = parseResourcePath(parts.slice(isCore ? 2 : 3));
  const resource = registry.find(group, version, path.plural);
  const { subresource } = path;
  if (resource === undefined) return { kind: 'none' };
  const extra = resource.extraSubresources.find((name) => name === subresource) ?? null;
  const isStatus = subresource === 'status' && resource.hasStatus;
  if (subresource !== '' && !isStatus && extra === null) return { kind: 'none' };
  if (path.namespace !== '' && !resource.namespaced) return { kind: 'none' };
  if (path.name !== '' && resource.namespaced && path.namespace === '') return { kind: 'none' };
  const target: RequestTarget = {
    resource,
    namespace: path.namespace,
    name: path.name,
    subresource: subresource === 'status' ? 'status' : '',
  };
  if (extra !== null) {
    const verb = method === 'POST' ? 'create' : itemVerbs[method];
    const isServed = verb !== undefined && EXTRA_SUBRESOURCES[extra].verbs.includes(verb);
    return isServed ? { kind: 'resource', verb, target, extra } : { kind: 'method-not-allowed' };
  }
  const verb = (path.name === '' ? listVerbs : itemVerbs)[method];
  const effectiveVerb = verb === 'list' && isTrue(url.searchParams.get('watch')) ? 'watch' : verb;
  const isAllowed =
    effectiveVerb !== undefined &&
    resource.verbs.includes(effectiveVerb) &&
    !(subresource !== '' && effectiveVerb === 'delete');
  return isAllowed
    ? { kind: 'resource', verb: effectiveVerb, target, extra }
    : { kind: 'method-not-allowed' };
}

type ResourcePath = {
  readonly namespace: string;
  readonly plural: string;
  readonly name: string;
  readonly subresource: string;
};

/** `namespaces/a/services/b/status`, `services`, and `namespaces/a` for the namespace itself. */
function parseResourcePath(parts: readonly string[]): ResourcePath {
  const [first = '', second = '', third, ...rest] = parts;
  const inNamespace =
    first === 'namespaces' && third !== undefined && third !== 'status' && third !== 'finalize';
  if (inNamespace)
    return { namespace: second, plural: third, name: rest[0] ?? '', subresource: rest.slice(1).join('/') };
  return { namespace: '', plural: first, name: second, subresource: [third ?? [], ...rest].flat().join('/') };
}

function decodeSegmentOrKeep(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not valid percent-encoding: used as it is, which matches nothing.
    return part;
  }
}

export const isTrue = (text: string | null): boolean => text === 'true' || text === '1';
