/**
 * The objects that addresses depend on, decoded as the controller decodes them. Read once, from the live cluster or from
 * files; `plan` applies an edit to a copy.
 */
import type { Raw } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { layer2OnlyPools, type PoolCoverage, readPoolCoverage } from '../../config/pool/coverage.ts';
import { toWatchedPool, type WatchedPool } from '../../controller/main/api/watched-objects.ts';
import {
  BGP_ADVERTISEMENTS,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NAMESPACES,
  SERVICES,
} from '../../kube/resource.ts';
import { decodeNamespace, type Namespace } from '../../objects/namespace.ts';
import {
  decodeService,
  type Service,
  type ServiceKey,
  serviceKey,
  splitServiceKey,
} from '../../objects/service.ts';
import { CalicoClaimObjects } from './calico-claims.ts';
import type { ResourceRef } from './resource-ref.ts';

/** The state, for those who need all of it. The error is a sentence: a part is missing. */
export function wholeState(state: ClusterState): Result<ClusterState, string> {
  const [missing] = state.missing.values();
  return missing === undefined ? ok(state) : err(missing);
}

export class ClusterState {
  /** Namespace of pools and advertisements; those of other namespaces are ignored. */
  readonly poolNamespace: string;
  readonly services = new Map<ServiceKey, Service>();
  readonly pools = new Map<string, WatchedPool>();
  readonly namespaces = new Map<string, Namespace['labels']>();
  readonly claimObjects: CalicoClaimObjects;
  /** Pools of other namespaces, by name; a live cluster is searched for them only if there is no other pool. */
  readonly ignoredPools = new Map<string, { readonly namespace: string }>();
  /** Names of objects of the kind AddressPool, which nothing reads any more. A live cluster is not searched for them. */
  readonly oldPools = new Set<string>();
  /** Sentences about objects of the input that are ignored, though they were probably meant. */
  readonly unread: string[] = [];
  /** By kind, why objects that decide about addresses could not be listed: sentences. */
  readonly missing = new Map<string, string>();
  /** False where remarks about advertisements would be guesses. */
  areAdvertisementsRead = true;
  readonly #l2Advertisements = new Map<string, PoolCoverage | null>();
  readonly #bgpAdvertisements = new Map<string, PoolCoverage | null>();

  constructor(poolNamespace: string, claimObjects = new CalicoClaimObjects()) {
    this.poolNamespace = poolNamespace;
    this.claimObjects = claimObjects;
  }

  copy(): ClusterState {
    const copy = new ClusterState(this.poolNamespace, this.claimObjects.copy());
    for (const [key, service] of this.services) copy.services.set(key, service);
    for (const [name, pool] of this.pools) copy.pools.set(name, pool);
    for (const [name, ignored] of this.ignoredPools) copy.ignoredPools.set(name, ignored);
    for (const name of this.oldPools) copy.oldPools.add(name);
    for (const [name, labels] of this.namespaces) copy.namespaces.set(name, labels);
    for (const [name, one] of this.#l2Advertisements) copy.#l2Advertisements.set(name, one);
    for (const [name, one] of this.#bgpAdvertisements) copy.#bgpAdvertisements.set(name, one);
    for (const [kind, says] of this.missing) copy.missing.set(kind, says);
    copy.areAdvertisementsRead = this.areAdvertisementsRead;
    return copy;
  }

  /** Adds or replaces an object. False if it is ignored: a pool or advertisement of another namespace. */
  put({ resource, namespace, name }: ResourceRef, raw: Raw): boolean {
    const isRelevant = !resource.namespaced || resource === SERVICES || namespace === this.poolNamespace;
    if (!isRelevant) {
      if (resource === IP_ADDRESS_POOLS) this.ignoredPools.set(name, { namespace });
      return false;
    }
    if (resource === SERVICES) {
      const service = decodeService(raw);
      const key = serviceKey(namespace, name);
      if (service !== null) this.services.set(key, { ...service, key });
    } else if (resource === IP_ADDRESS_POOLS) {
      const pool = toWatchedPool(raw);
      if (pool !== null) this.pools.set(name, pool);
    } else if (resource === NAMESPACES) {
      this.namespaces.set(name, decodeNamespace(raw)?.labels ?? {});
    } else {
      this.#advertisementsOf(resource)?.set(name, readPoolCoverage(raw));
    }
    return true;
  }

  /** Removes an object; with a Namespace, also its Services. */
  remove({ resource, namespace, name }: ResourceRef): void {
    if (resource === SERVICES) this.services.delete(serviceKey(namespace, name));
    else if (resource === IP_ADDRESS_POOLS) this.pools.delete(name);
    else if (resource !== NAMESPACES) this.#advertisementsOf(resource)?.delete(name);
    else {
      this.namespaces.delete(name);
      for (const key of this.services.keys()) {
        if (splitServiceKey(key).namespace === name) this.services.delete(key);
      }
    }
  }

  /** Removes all objects of a kind. */
  clear(resource: ResourceRef['resource']): void {
    if (resource === SERVICES) this.services.clear();
    else if (resource === IP_ADDRESS_POOLS) this.pools.clear();
    else if (resource === NAMESPACES) this.namespaces.clear();
    else this.#advertisementsOf(resource)?.clear();
  }

  has({ resource, namespace, name }: ResourceRef): boolean {
    if (resource === SERVICES) return this.services.has(serviceKey(namespace, name));
    if (resource === IP_ADDRESS_POOLS) return namespace === this.poolNamespace && this.pools.has(name);
    if (resource === NAMESPACES) return this.namespaces.has(name);
    return namespace === this.poolNamespace && this.#advertisementsOf(resource)?.has(name) === true;
  }

  /** The names of all objects of a kind that is not Service. */
  namesOf(resource: ResourceRef['resource']): Iterable<string> {
    if (resource === IP_ADDRESS_POOLS) return this.pools.keys();
    if (resource === NAMESPACES) return this.namespaces.keys();
    return this.#advertisementsOf(resource)?.keys() ?? [];
  }

  /** Names of the pools that an L2Advertisement selects and no BGPAdvertisement does; none where that is not known. */
  layer2OnlyPools(): ReadonlySet<string> {
    if (!this.areAdvertisementsRead) return new Set();
    const coverages = (all: ReadonlyMap<string, PoolCoverage | null>) =>
      [...all.values()].flatMap((coverage) => coverage ?? []);
    return layer2OnlyPools(
      [...this.pools.values()],
      coverages(this.#l2Advertisements),
      coverages(this.#bgpAdvertisements),
    );
  }

  #advertisementsOf(resource: ResourceRef['resource']): Map<string, PoolCoverage | null> | null {
    if (resource === L2_ADVERTISEMENTS) return this.#l2Advertisements;
    return resource === BGP_ADVERTISEMENTS ? this.#bgpAdvertisements : null;
  }
}
