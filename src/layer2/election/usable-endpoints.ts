/** Usable endpoints of a Service in the whole cluster: whether there are any, and on which nodes. */
import { rememberByObject } from '../../base/remember.ts';
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
