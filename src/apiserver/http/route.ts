/** What a request's path and method ask for. */

import type { Target } from '../cluster.ts';
import type { Registry } from '../registry.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export type Route =
  | { readonly kind: 'resource'; readonly verb: Verb; readonly target: Target }
  | { readonly kind: 'other'; readonly path: string }
  | { readonly kind: 'method-not-allowed' }
  | { readonly kind: 'none' };

const itemVerbs: Readonly<Record<string, Verb>> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const listVerbs: Readonly<Record<string, Verb>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' };

export function routeOf(method: string, url: URL, registry: Registry): Route {
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const core = parts[0] === 'api' && parts.length >= 3;
  const grouped = parts[0] === 'apis' && parts.length >= 4;
  if (!core && !grouped) return { kind: 'other', path: url.pathname.replace(/(.)\/$/, '$1') };
  const group = core ? '' : (parts[1] ?? '');
  const version = (core ? parts[1] : parts[2]) ?? '';
  const place = placeOf(parts.slice(core ? 2 : 3));
  const resource = registry.find(group, version, place.plural);
  const { subresource } = place;
  if (resource === undefined) return { kind: 'none' };
  if (subresource !== '' && (subresource !== 'status' || !resource.hasStatus)) return { kind: 'none' };
  if (place.namespace !== '' && !resource.namespaced) return { kind: 'none' };
  if (place.name !== '' && resource.namespaced && place.namespace === '') return { kind: 'none' };
  const target: Target = {
    resource,
    namespace: place.namespace,
    name: place.name,
    subresource: subresource === 'status' ? 'status' : '',
  };
  const verb = (place.name === '' ? listVerbs : itemVerbs)[method];
  const wanted = verb === 'list' && isTrue(url.searchParams.get('watch')) ? 'watch' : verb;
  const allowed =
    wanted !== undefined && resource.verbs.includes(wanted) && !(subresource !== '' && wanted === 'delete');
  return allowed ? { kind: 'resource', verb: wanted, target } : { kind: 'method-not-allowed' };
}

type Place = {
  readonly namespace: string;
  readonly plural: string;
  readonly name: string;
  readonly subresource: string;
};

/** `namespaces/a/services/b/status`, `services`, and `namespaces/a` for the namespace itself. */
function placeOf(parts: readonly string[]): Place {
  const [first = '', second = '', third, ...rest] = parts;
  const inNamespace =
    first === 'namespaces' && third !== undefined && third !== 'status' && third !== 'finalize';
  if (inNamespace)
    return { namespace: second, plural: third, name: rest[0] ?? '', subresource: rest.slice(1).join('/') };
  return { namespace: '', plural: first, name: second, subresource: [third ?? [], ...rest].flat().join('/') };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not percent-encoded text: taken as it stands, and then found nowhere.
    return part;
  }
}

export const isTrue = (text: string | null): boolean => text === 'true' || text === '1';
