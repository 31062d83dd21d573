/** The EndpointSlices of a cluster as one node sees them: of each what it counts for, by Service. */

import {
  type Endpoints,
  joinEndpoints,
  NO_ENDPOINTS,
  type SliceEndpoints,
  sameEndpoints,
} from '../../objects/endpoint-slice.ts';
import type { ServiceKey } from '../../objects/service.ts';

export type SliceKey = { readonly namespace: string; readonly name: string };

export class EndpointCache {
  /** By `namespace/name` of the slice. */
  readonly #serviceBySlice = new Map<string, ServiceKey>();
  readonly #slicesByService = new Map<ServiceKey, Map<string, Endpoints>>();

  /** The Services to which this makes a difference. */
  put(key: SliceKey, { service, endpoints }: SliceEndpoints): readonly ServiceKey[] {
    const id = sliceId(key);
    const before = this.#serviceBySlice.get(id);
    if (before !== service) {
      const affected = this.remove(key);
      this.#add(id, service, endpoints);
      return [...affected, service];
    }
    const existing = this.#slicesByService.get(service)?.get(id) ?? NO_ENDPOINTS;
    if (sameEndpoints(existing, endpoints)) return [];
    this.#add(id, service, endpoints);
    return [service];
  }

  remove(key: SliceKey): readonly ServiceKey[] {
    const id = sliceId(key);
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

const sliceId = ({ namespace, name }: SliceKey): string => `${namespace}/${name}`;
