/** Usable endpoints of a Service, from its EndpointSlices, as seen from one node. */
import { sameItems } from '../../base/list.ts';
import { compareText } from '../../base/text.ts';
import type { Family } from '../../net/address.ts';
import type { EndpointSlice } from '../../objects/endpoint-slice.ts';
import type { ServiceKey } from '../../objects/service.ts';

export type Endpoints = {
  /** There is a usable endpoint, on whichever node or on none. */
  readonly hasAny: boolean;
  /** Addresses of ready endpoints on this node, sorted and unique. */
  readonly ready: readonly string[];
  /** Addresses of endpoints on this node that are not ready and still serve, sorted and unique. */
  readonly serving: readonly string[];
};

export const NO_ENDPOINTS: Endpoints = { hasAny: false, ready: [], serving: [] };

/** Shared by the thousands of slices that have endpoints on other nodes only. */
const REMOTE_ENDPOINTS: Endpoints = { hasAny: true, ready: [], serving: [] };

/** An EndpointSlice reduced to what counts on one node. */
export type NodeSlice = Pick<EndpointSlice, 'namespace' | 'name' | 'service'> & {
  readonly endpoints: Endpoints;
};

export const sliceOnNode = (slice: EndpointSlice, node: string): NodeSlice => ({
  namespace: slice.namespace,
  name: slice.name,
  service: slice.service,
  endpoints: endpointsOnNode(slice, node),
});

/** MetalLB: an endpoint is usable while it is ready or serving, so also while it terminates. */
export function endpointsOnNode({ endpoints }: Pick<EndpointSlice, 'endpoints'>, node: string): Endpoints {
  const usable = endpoints.filter(({ isReady, isServing }) => isReady || isServing);
  const local = usable.filter((one) => one.node !== '' && one.node === node);
  return compactEndpoints({
    hasAny: usable.length > 0,
    ready: local.filter(({ isReady }) => isReady).flatMap(({ addresses }) => addresses),
    serving: local.filter(({ isReady }) => !isReady).flatMap(({ addresses }) => addresses),
  });
}

function compactEndpoints({ hasAny, ready, serving }: Endpoints): Endpoints {
  if (!hasAny) return NO_ENDPOINTS;
  if (ready.length + serving.length === 0) return REMOTE_ENDPOINTS;
  return { hasAny, ready: sortedUnique(ready), serving: sortedUnique(serving) };
}

const sortedUnique = (texts: readonly string[]): readonly string[] =>
  texts.length < 2 ? texts : [...new Set(texts)].sort(compareText);

/** The union over the slices of one Service, of both address families: MetalLB does not separate the two. */
export function joinEndpoints(parts: readonly Endpoints[]): Endpoints {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  return compactEndpoints({
    hasAny: parts.some(({ hasAny }) => hasAny),
    ready: parts.flatMap(({ ready }) => ready),
    serving: parts.flatMap(({ serving }) => serving),
  });
}

/** The endpoints of every Service that has a slice. */
export function endpointsByService(
  slices: readonly EndpointSlice[],
  node: string,
): ReadonlyMap<ServiceKey, Endpoints> {
  const parts = new Map<ServiceKey, Endpoints[]>();
  for (const slice of slices) {
    if (slice.service === null) continue;
    const endpoints = endpointsOnNode(slice, node);
    const known = parts.get(slice.service);
    if (known === undefined) parts.set(slice.service, [endpoints]);
    else known.push(endpoints);
  }
  return new Map([...parts].map(([service, list]) => [service, joinEndpoints(list)]));
}

export const hasLocalEndpoints = ({ ready, serving }: Endpoints): boolean =>
  ready.length + serving.length > 0;

/**
 * The number of different endpoints on this node that share the traffic for an address of this family. As in kube-proxy,
 * endpoints that only serve count where none is ready.
 */
export function countLocalEndpoints(all: readonly Endpoints[], family: Family): number {
  const count = (readiness: 'ready' | 'serving'): number =>
    new Set(all.flatMap((one) => one[readiness]).filter((text) => text.includes(':') === (family === 6)))
      .size;
  return count('ready') || count('serving');
}

export const sameEndpoints = (a: Endpoints, b: Endpoints): boolean =>
  a === b || (a.hasAny === b.hasAny && sameItems(a.ready, b.ready) && sameItems(a.serving, b.serving));
