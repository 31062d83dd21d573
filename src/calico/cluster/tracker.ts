/**
 * Keeps the converged routes of a cluster up to date while its objects change. A changed EndpointSlice updates the host
 * routes of its Service alone; any other change rebuilds everything.
 */

import { type Address, formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { bogusRoute } from '../confd/refused-addresses.ts';
import {
  type AnnouncementContext,
  resolveAnnouncement,
  type ServiceAnnouncement,
} from '../confd/service-announcement.ts';
import { type ClusterObject, clusterObjectKey } from '../objects/cluster-object.ts';
import { hostPrefix } from '../objects/prefixes.ts';
import type { CalicoService, CalicoSlice } from '../objects/services.ts';
import type { ConvergedCluster } from './converged-cluster.ts';

export type ObjectChange =
  | { readonly kind: 'upserted'; readonly object: ClusterObject }
  | { readonly kind: 'deleted'; readonly object: ClusterObject };

export class Tracker {
  readonly #converge: (objects: readonly ClusterObject[]) => ConvergedCluster;
  readonly #objects = new Map<string, ClusterObject>();
  /** Services by their addresses. Nodes announce a shared address wherever one of its Services has an endpoint. */
  readonly #servicesByAddress = new Map<string, Set<string>>();
  /** EndpointSlices by Service. */
  readonly #slices = new Map<ServiceKey, Map<string, CalicoSlice>>();
  #services: ReadonlyMap<ServiceKey, CalicoService> = new Map();
  #converged: ConvergedCluster | null = null;
  /** The slices in `#converged` once one of them has changed. They are copied once, since copying dominates the cost. */
  #updatedSlices: Map<string, readonly CalicoSlice[]> | null = null;

  constructor(
    objects: readonly ClusterObject[],
    converge: (objects: readonly ClusterObject[]) => ConvergedCluster,
  ) {
    this.#converge = converge;
    for (const object of objects) this.#objects.set(clusterObjectKey(object), object);
  }

  get objects(): readonly ClusterObject[] {
    return [...this.#objects.values()];
  }

  /** The cluster after all changes so far; computed when it is asked for. */
  get converged(): ConvergedCluster {
    this.#converged ??= this.#rebuild();
    return this.#converged;
  }

  apply({ kind, object }: ObjectChange): void {
    const key = clusterObjectKey(object);
    const before = this.#objects.get(key);
    if (kind === 'upserted') this.#objects.set(key, object);
    else this.#objects.delete(key);
    if (this.#converged === null) return;
    if (object.type !== 'slice') {
      this.#converged = null;
      return;
    }
    const owners = new Set<ServiceKey>();
    if (before?.type === 'slice' && before.slice.service !== null) {
      owners.add(before.slice.service);
      this.#slices.get(before.slice.service)?.delete(key);
    }
    if (kind === 'upserted' && object.slice.service !== null) {
      owners.add(object.slice.service);
      getOrCreate(this.#slices, object.slice.service).set(key, object.slice);
    }
    for (const owner of owners) this.#updateService(this.#converged, owner);
    this.#converged = this.#withSlices(this.#converged, owners);
  }

  /** `converged` with the current slices of these Services. */
  #withSlices(converged: ConvergedCluster, owners: ReadonlySet<string>): ConvergedCluster {
    const slices = this.#updatedSlices ?? new Map(converged.cluster.slices);
    for (const owner of owners) {
      const slicesNow = [...(this.#slices.get(owner)?.values() ?? [])];
      if (slicesNow.length > 0) slices.set(owner, slicesNow);
      else slices.delete(owner);
    }
    if (this.#updatedSlices !== null) return converged;
    this.#updatedSlices = slices;
    return { ...converged, cluster: { ...converged.cluster, slices } };
  }

  #rebuild(): ConvergedCluster {
    const converged = this.#converge(this.objects);
    this.#servicesByAddress.clear();
    this.#slices.clear();
    this.#services = converged.cluster.services;
    this.#updatedSlices = null;
    for (const [key, object] of this.#objects)
      if (object.type === 'slice' && object.slice.service !== null)
        getOrCreate(this.#slices, object.slice.service).set(key, object.slice);
    for (const service of this.#services.values()) {
      for (const address of addressesOf(service)) {
        const text = formatAddress(address);
        this.#servicesByAddress.set(text, (this.#servicesByAddress.get(text) ?? new Set()).add(service.key));
      }
    }
    return converged;
  }

  #updateService(converged: ConvergedCluster, key: string): void {
    const service = this.#services.get(key);
    if (service === undefined || !converged.ranges.hasAny) return;
    for (const address of addressesOf(service)) this.#updateHostRoute(converged, address);
  }

  #updateHostRoute(converged: ConvergedCluster, address: Address): void {
    const { cluster, ranges, ribs } = converged;
    const context: AnnouncementContext = {
      ranges,
      aggregation: cluster.configuration.aggregation,
      behaviour: cluster.behaviour,
    };
    const rib = ribs[address.family];
    const nodes = new Set<number>();
    let isEverywhere = false;
    for (const key of this.#servicesByAddress.get(formatAddress(address)) ?? []) {
      const announcement = this.#resolveService(key, context);
      if (
        announcement === 'unchanged' ||
        !announcement.addresses.some((ip) => ip.bits === address.bits && ip.family === address.family)
      )
        continue;
      if (announcement.nodes === 'everywhere') isEverywhere = true;
      else
        for (const node of announcement.nodes) {
          const index = rib.indexOf(node);
          if (index !== undefined && rib.originators.announcingNodes.includes(index)) nodes.add(index);
        }
    }
    const prefix = hostPrefix(address);
    if (bogusRoute(prefix) === null) rib.setHost(prefix, isEverywhere ? 'everywhere' : [...nodes]);
  }

  #resolveService(key: string, context: AnnouncementContext): ServiceAnnouncement | 'unchanged' {
    const service = this.#services.get(key);
    if (service === undefined) return 'unchanged';
    const slices = [...(this.#slices.get(key)?.values() ?? [])];
    return resolveAnnouncement(service, slices, context);
  }
}

/** All addresses of the Service that Calico may announce. */
const addressesOf = ({ clusterIPs, externalIPs, statusIPs }: CalicoService): readonly Address[] => [
  ...clusterIPs,
  ...externalIPs,
  ...statusIPs,
];

function getOrCreate<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const map = maps.get(key) ?? new Map<string, V>();
  maps.set(key, map);
  return map;
}
