/**
 * The part of a cluster that addresses depend on, cut down as the controller cuts it down. A scene is made once,
 * from the live cluster or from files, and copied where an edit is to be tried.
 */
import type { Raw } from '../../cluster/fields.ts';
import type { Namespace } from '../../cluster/namespace.ts';
import { type Service, type ServiceKey, serviceKey, splitServiceKey } from '../../cluster/service.ts';
import { layer2OnlyPools } from '../../config/coverage.ts';
import {
  type WatchedAdvertisement,
  type WatchedPool,
  watchedAdvertisement,
  watchedPool,
} from '../../controller/main/objects.ts';
import { BGP_ADVERTISEMENTS, L2_ADVERTISEMENTS, NAMESPACES, POOLS, SERVICES } from '../../kube/resource.ts';
import { translateNamespace, translateService } from '../../kube/translate.ts';
import type { Ref } from './kinds.ts';

export class Scene {
  /** Objects of metallb.io count in this namespace alone. */
  readonly poolNamespace: string;
  readonly services = new Map<ServiceKey, Service>();
  readonly pools = new Map<string, WatchedPool>();
  readonly namespaces = new Map<string, Namespace['labels']>();
  readonly #layer2 = new Map<string, WatchedAdvertisement>();
  readonly #bgp = new Map<string, WatchedAdvertisement>();

  constructor(poolNamespace: string) {
    this.poolNamespace = poolNamespace;
  }

  copy(): Scene {
    const copy = new Scene(this.poolNamespace);
    for (const [key, service] of this.services) copy.services.set(key, service);
    for (const [name, pool] of this.pools) copy.pools.set(name, pool);
    for (const [name, labels] of this.namespaces) copy.namespaces.set(name, labels);
    for (const [name, one] of this.#layer2) copy.#layer2.set(name, one);
    for (const [name, one] of this.#bgp) copy.#bgp.set(name, one);
    return copy;
  }

  /** Takes an object in, in place of what had its name. False where it does not count. */
  put({ resource, namespace, name }: Ref, raw: Raw): boolean {
    const counts = !resource.namespaced || resource === SERVICES || namespace === this.poolNamespace;
    if (!counts) return false;
    if (resource === SERVICES) {
      const service = translateService(raw);
      const key = serviceKey(namespace, name);
      if (service !== null) this.services.set(key, { ...service, key });
    } else if (resource === POOLS) {
      const pool = watchedPool(raw);
      if (pool !== null) this.pools.set(name, pool);
    } else if (resource === NAMESPACES) {
      this.namespaces.set(name, translateNamespace(raw)?.labels ?? {});
    } else {
      const advertisement = watchedAdvertisement(raw);
      if (advertisement !== null) this.#advertisements(resource)?.set(name, advertisement);
    }
    return true;
  }

  /** Takes an object out. A namespace takes the Services in it along. */
  remove({ resource, namespace, name }: Ref): void {
    if (resource === SERVICES) this.services.delete(serviceKey(namespace, name));
    else if (resource === POOLS) this.pools.delete(name);
    else if (resource !== NAMESPACES) this.#advertisements(resource)?.delete(name);
    else {
      this.namespaces.delete(name);
      for (const key of this.services.keys()) {
        if (splitServiceKey(key).namespace === name) this.services.delete(key);
      }
    }
  }

  /** Forgets all objects of a kind. */
  clear(resource: Ref['resource']): void {
    if (resource === SERVICES) this.services.clear();
    else if (resource === POOLS) this.pools.clear();
    else if (resource === NAMESPACES) this.namespaces.clear();
    else this.#advertisements(resource)?.clear();
  }

  has({ resource, namespace, name }: Ref): boolean {
    if (resource === SERVICES) return this.services.has(serviceKey(namespace, name));
    if (resource === POOLS) return namespace === this.poolNamespace && this.pools.has(name);
    if (resource === NAMESPACES) return this.namespaces.has(name);
    return namespace === this.poolNamespace && this.#advertisements(resource)?.has(name) === true;
  }

  /** Pools that only an L2Advertisement covers. */
  layer2Only(): ReadonlySet<string> {
    const coverages = (all: ReadonlyMap<string, WatchedAdvertisement>) =>
      [...all.values()].flatMap(({ coverage }) => coverage ?? []);
    return layer2OnlyPools([...this.pools.values()], coverages(this.#layer2), coverages(this.#bgp));
  }

  #advertisements(resource: Ref['resource']): Map<string, WatchedAdvertisement> | null {
    if (resource === L2_ADVERTISEMENTS) return this.#layer2;
    return resource === BGP_ADVERTISEMENTS ? this.#bgp : null;
  }
}
