/** The EndpointSlices of a cluster as one node sees them: of each what it counts for, by Service. */
import type { ServiceKey } from '../cluster/service.ts';
import { type Endpoints, joinEndpoints, NO_ENDPOINTS, type SliceView, sameEndpoints } from './endpoints.ts';

export type Place = { readonly namespace: string; readonly name: string };

export class SliceBook {
  /** By `namespace/name` of the slice. */
  readonly #owners = new Map<string, ServiceKey>();
  readonly #byOwner = new Map<ServiceKey, Map<string, Endpoints>>();

  /** The Services to which this makes a difference. */
  put(place: Place, { owner, endpoints }: SliceView): readonly ServiceKey[] {
    const id = idOf(place);
    const before = this.#owners.get(id);
    if (before !== owner) {
      const left = this.remove(place);
      this.#add(id, owner, endpoints);
      return [...left, owner];
    }
    const known = this.#byOwner.get(owner)?.get(id) ?? NO_ENDPOINTS;
    if (sameEndpoints(known, endpoints)) return [];
    this.#add(id, owner, endpoints);
    return [owner];
  }

  remove(place: Place): readonly ServiceKey[] {
    const id = idOf(place);
    const owner = this.#owners.get(id);
    if (owner === undefined) return [];
    this.#owners.delete(id);
    const rest = this.#byOwner.get(owner);
    rest?.delete(id);
    if (rest?.size === 0) this.#byOwner.delete(owner);
    return [owner];
  }

  endpointsOf(owner: ServiceKey): Endpoints {
    const parts = this.#byOwner.get(owner);
    return parts === undefined ? NO_ENDPOINTS : joinEndpoints([...parts.values()]);
  }

  #add(id: string, owner: ServiceKey, endpoints: Endpoints): void {
    this.#owners.set(id, owner);
    const parts = this.#byOwner.get(owner);
    if (parts === undefined) this.#byOwner.set(owner, new Map([[id, endpoints]]));
    else parts.set(id, endpoints);
  }
}

const idOf = ({ namespace, name }: Place): string => `${namespace}/${name}`;
