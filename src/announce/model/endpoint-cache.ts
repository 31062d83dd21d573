/** Cache of the EndpointSlices of a cluster as seen from one node, by Service. */
import type { EndpointSlice } from '../../objects/endpoint-slice.ts';
import type { ServiceKey } from '../../objects/service.ts';
import {
  type Endpoints,
  joinEndpoints,
  NO_ENDPOINTS,
  type NodeSlice,
  sameEndpoints,
} from '../decision/endpoints.ts';

export type SliceRef = Pick<EndpointSlice, 'namespace' | 'name'>;

export class EndpointCache {
  /** By `namespace/name` of the slice; only slices that belong to a Service. */
  readonly #serviceBySlice = new Map<string, ServiceKey>();
  readonly #slicesByService = new Map<ServiceKey, Map<string, Endpoints>>();

  /** Returns the Services whose endpoints may differ now. */
  put(slice: NodeSlice): readonly ServiceKey[] {
    const { service, endpoints } = slice;
    const id = sliceId(slice);
    const before = this.#serviceBySlice.get(id) ?? null;
    if (before !== service) {
      const affected = this.remove(slice);
      if (service === null) return affected;
      this.#add(id, service, endpoints);
      return [...affected, service];
    }
    if (service === null) return [];
    const existing = this.#slicesByService.get(service)?.get(id) ?? NO_ENDPOINTS;
    if (sameEndpoints(existing, endpoints)) return [];
    this.#add(id, service, endpoints);
    return [service];
  }

  /** Returns the Services whose endpoints may differ now. */
  remove(slice: SliceRef): readonly ServiceKey[] {
    const id = sliceId(slice);
    const service = this.#serviceBySlice.get(id);
    if (service === undefined) return [];
    this.#serviceBySlice.delete(id);
    const remaining = this.#slicesByService.get(service);
    remaining?.delete(id);
    if (remaining?.size === 0) this.#slicesByService.delete(service);
    return [service];
  }

  endpointsOf(service: ServiceKey): Endpoints {
    const parts = this.#slicesByService.get(service);
    return parts === undefined ? NO_ENDPOINTS : joinEndpoints([...parts.values()]);
  }

  #add(id: string, service: ServiceKey, endpoints: Endpoints): void {
    this.#serviceBySlice.set(id, service);
    const parts = this.#slicesByService.get(service);
    if (parts === undefined) this.#slicesByService.set(service, new Map([[id, endpoints]]));
    else parts.set(id, endpoints);
  }
}

const sliceId = ({ namespace, name }: SliceRef): string => `${namespace}/${name}`;
