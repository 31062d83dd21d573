/** The nodes on which each Service has usable endpoints: the union of what all speakers see. */
import { type Endpoints, endpointsOnNode, joinEndpoints } from '../../../announce/decision/endpoints.ts';
import type { Endpoint, EndpointSlice } from '../../../objects/endpoint-slice.ts';
import type { ServiceKey } from '../../../objects/service.ts';

export type ServiceEndpoints = {
  /** There is a usable endpoint, on whichever node or on none. */
  readonly anywhere: boolean;
  /** The nodes that have one. */
  readonly nodes: ReadonlyMap<string, Endpoints>;
};

export const NO_SERVICE_ENDPOINTS: ServiceEndpoints = { anywhere: false, nodes: new Map() };

/** `owner` is null for a slice that belongs to no Service. */
export type SliceNodes = ServiceEndpoints & { readonly owner: ServiceKey | null };

/** A decision depends on whether there are endpoints and of which family: one address of each represents all others. */
const PLACEHOLDER_ADDRESS = { 4: '0.0.0.0', 6: '::' } as const;

export function summarizeSlice(slice: EndpointSlice): SliceNodes {
  const byNode = new Map<string, Endpoint[]>();
  for (const endpoint of slice.endpoints) {
    if (endpoint.node === '') continue;
    const known = byNode.get(endpoint.node);
    if (known === undefined) byNode.set(endpoint.node, [endpoint]);
    else known.push(endpoint);
  }
  const nodes = new Map<string, Endpoints>();
  for (const [name, endpoints] of byNode) {
    const onNode = summarizeEndpoints(endpointsOnNode({ endpoints }, name));
    if (onNode !== null) nodes.set(name, onNode);
  }
  return { owner: slice.service, anywhere: endpointsOnNode(slice, '').hasAny, nodes };
}

function summarizeEndpoints({ ready, serving }: Endpoints): Endpoints | null {
  const all = [...ready, ...serving];
  if (all.length === 0) return null;
  const families = ([4, 6] as const).filter((family) =>
    all.some((one) => one.includes(':') === (family === 6)),
  );
  return { hasAny: true, ready: families.map((family) => PLACEHOLDER_ADDRESS[family]), serving: [] };
}

export class EndpointNodes {
  /** By `namespace/name` of the slice. */
  readonly #owners = new Map<string, ServiceKey>();
  readonly #byOwner = new Map<ServiceKey, Map<string, SliceNodes>>();
  /** What was asked for since it changed last. */
  readonly #cache = new Map<ServiceKey, ServiceEndpoints>();

  put(id: string, slice: SliceNodes): void {
    this.remove(id);
    if (slice.owner === null) return;
    this.#owners.set(id, slice.owner);
    const parts = this.#byOwner.get(slice.owner) ?? new Map<string, SliceNodes>();
    this.#byOwner.set(slice.owner, parts.set(id, slice));
    this.#cache.delete(slice.owner);
  }

  remove(id: string): void {
    const owner = this.#owners.get(id);
    if (owner === undefined) return;
    this.#owners.delete(id);
    this.#cache.delete(owner);
    const rest = this.#byOwner.get(owner);
    rest?.delete(id);
    if (rest?.size === 0) this.#byOwner.delete(owner);
  }

  /** The same value for as long as nothing changes. */
  endpointsOf(key: ServiceKey): ServiceEndpoints {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const joined = this.#join(key);
    if (joined !== NO_SERVICE_ENDPOINTS) this.#cache.set(key, joined);
    return joined;
  }

  #join(key: ServiceKey): ServiceEndpoints {
    const [only, ...others] = [...(this.#byOwner.get(key)?.values() ?? [])];
    if (only === undefined) return NO_SERVICE_ENDPOINTS;
    if (others.length === 0) return only;
    const nodes = new Map(only.nodes);
    for (const [name, one] of others.flatMap((part) => [...part.nodes])) {
      const known = nodes.get(name);
      nodes.set(name, known === undefined ? one : joinEndpoints([known, one]));
    }
    return { anywhere: only.anywhere || others.some(({ anywhere }) => anywhere), nodes };
  }
}
