/** Usable endpoints of a Service in the whole cluster: whether there are any, and on which nodes. */
import { rememberByObject } from '../../base/remember.ts';
import { compareText } from '../../base/text.ts';
import type { Endpoint, EndpointSlice } from '../../objects/endpoint-slice.ts';
import type { ServiceKey } from '../../objects/service.ts';

export type UsableEndpoints = {
  /** There is one, on whichever node or on none. */
  readonly hasAny: boolean;
  readonly nodes: ReadonlySet<string>;
};

export const NO_USABLE_ENDPOINTS: UsableEndpoints = { hasAny: false, nodes: new Set() };

/** MetalLB: an endpoint is usable while it is ready or serving, so also while it terminates. */
export const usableEndpoints = ({ endpoints }: Pick<EndpointSlice, 'endpoints'>): UsableEndpoints =>
  usableIn(endpoints);

/** Services may share a list of endpoints, where it is assumed. */
const usableIn = rememberByObject((endpoints: readonly Endpoint[]): UsableEndpoints => {
  const usable = endpoints.filter(({ isReady, isServing }) => isReady || isServing);
  if (usable.length === 0) return NO_USABLE_ENDPOINTS;
  return { hasAny: true, nodes: new Set(usable.map(({ node }) => node).filter((node) => node !== '')) };
});

/** Sets of nodes that are kept for others to share; with more, sharing begins anew. */
const SHARED_MAX = 1000;

/** Thousands of slices have endpoints on the same few nodes: the returned function gives equal ones as one object. */
export function shareUsable(): (usable: UsableEndpoints) => UsableEndpoints {
  const known = new Map<string, UsableEndpoints>();
  return (usable) => {
    const name = `${usable.hasAny} ${[...usable.nodes].sort(compareText).join(' ')}`;
    const shared = known.get(name);
    if (shared !== undefined) return shared;
    if (known.size >= SHARED_MAX) known.clear();
    known.set(name, usable);
    return usable;
  };
}

/** The union over the slices of one Service. */
export function joinUsable(parts: readonly UsableEndpoints[]): UsableEndpoints {
  const [only, ...others] = parts;
  if (only === undefined) return NO_USABLE_ENDPOINTS;
  if (others.length === 0) return only;
  return {
    hasAny: parts.some(({ hasAny }) => hasAny),
    nodes: new Set(parts.flatMap(({ nodes }) => [...nodes])),
  };
}

/** The endpoints of every Service that has a slice. */
export function usableByService(slices: readonly EndpointSlice[]): ReadonlyMap<ServiceKey, UsableEndpoints> {
  const parts = new Map<ServiceKey, UsableEndpoints[]>();
  for (const slice of slices) {
    if (slice.service === null) continue;
    const known = parts.get(slice.service);
    if (known === undefined) parts.set(slice.service, [usableEndpoints(slice)]);
    else known.push(usableEndpoints(slice));
  }
  return new Map([...parts].map(([service, list]) => [service, joinUsable(list)]));
}
