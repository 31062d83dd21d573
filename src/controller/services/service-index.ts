/**
 * All Services that the allocator may have to decide about: those of the cache, and those that have left it and may still
 * carry what was written on them.
 */
import type { Service, ServiceKey } from '../../objects/service.ts';
import type { ServiceCacheView } from '../ports.ts';

export class ServiceIndex {
  /** Left the watch: deleted, or of another type now. Only a read can tell. */
  readonly deletionPending = new Map<ServiceKey, Service>();
  /** Of another type now, and still carrying what we wrote. */
  readonly formerlyManaged = new Map<ServiceKey, Service>();
  readonly #view: ServiceCacheView;

  constructor(view: ServiceCacheView) {
    this.#view = view;
  }

  get(key: ServiceKey): Service | undefined {
    return this.#view.get(key) ?? this.formerlyManaged.get(key) ?? this.deletionPending.get(key);
  }

  /** Those of the cache. */
  values(): Iterable<Service> {
    return this.#view.values();
  }

  clear(): void {
    this.deletionPending.clear();
    this.formerlyManaged.clear();
  }
}
