/** Index of the nodes on which each Service has usable endpoints: the union of what all speakers see. */

import type { Endpoints } from '../../../announce/decision/endpoints.ts';
import type { ServiceKey } from '../../../objects/service.ts';
import { type EndpointSummary, joinSummaries, type SliceSummary, sliceKey } from '../slice-summary.ts';

export type ServiceEndpoints = {
  /** There is a usable endpoint, on whichever node or on none. */
  readonly hasUsable: boolean;
  readonly byNode: ReadonlyMap<string, EndpointSummary>;
};

const NO_SERVICE_ENDPOINTS: ServiceEndpoints = { hasUsable: false, byNode: new Map() };

/** A decision depends on whether there are endpoints and of which family: one address of each represents all others. */
const PLACEHOLDER_ADDRESS = { 4: '0.0.0.0', 6: '::' } as const;

/** The usable endpoints on a node, as its speaker sees them; null for none. */
export function localEndpoints({ families }: EndpointSummary): Endpoints | null {
  if (families.length === 0) return null;
  return { hasAny: true, ready: families.map((family) => PLACEHOLDER_ADDRESS[family]), serving: [] };
}

export class EndpointNodes {
  /** By the key of the slice. */
  readonly #owners = new Map<string, ServiceKey>();
  readonly #slices = new Map<ServiceKey, Map<string, SliceSummary>>();
  /** The joined endpoints of Services that were asked for and have not changed since. */
  readonly #joined = new Map<ServiceKey, ServiceEndpoints>();

  put(slice: SliceSummary): void {
    const key = sliceKey(slice);
    this.remove(key);
    if (slice.service === null) return;
    this.#owners.set(key, slice.service);
    const slices = this.#slices.get(slice.service) ?? new Map<string, SliceSummary>();
    this.#slices.set(slice.service, slices.set(key, slice));
    this.#joined.delete(slice.service);
  }

  /** `key` is that of the slice. */
  remove(key: string): void {
    const owner = this.#owners.get(key);
    if (owner === undefined) return;
    this.#owners.delete(key);
    this.#joined.delete(owner);
    const rest = this.#slices.get(owner);
    rest?.delete(key);
    if (rest?.size === 0) this.#slices.delete(owner);
  }

  /** The same value for as long as nothing changes. */
  endpointsOf(key: ServiceKey): ServiceEndpoints {
    const known = this.#joined.get(key);
    if (known !== undefined) return known;
    const joined = join([...(this.#slices.get(key)?.values() ?? [])]);
    if (joined !== NO_SERVICE_ENDPOINTS) this.#joined.set(key, joined);
    return joined;
  }
}

function join(slices: readonly SliceSummary[]): ServiceEndpoints {
  const [only, ...others] = slices;
  if (only === undefined) return NO_SERVICE_ENDPOINTS;
  if (others.length === 0) return only;
  const byNode = new Map(only.byNode);
  for (const [node, endpoints] of others.flatMap((slice) => [...slice.byNode])) {
    const known = byNode.get(node);
    byNode.set(node, known === undefined ? endpoints : joinSummaries(known, endpoints));
  }
  return { hasUsable: slices.some(({ hasUsable }) => hasUsable), byNode };
}
