/** The Services that changed since the last election, so that the next one looks at no other. */
import type { ServiceKey } from '../../objects/service.ts';
import type { TouchedServices } from '../election/incremental-elections.ts';
import type { Layer2Service } from '../election/layer2-service.ts';

/** So many are noted; after that, the next election looks at all. A node that is cut off holds none, for as long as that lasts. */
export const TOUCHED_MAX = 10_000;

export class TouchedLog {
  #services = new Map<ServiceKey, Layer2Service | null>();
  #keys = new Set<ServiceKey>();
  /** Any may differ: so it is before the first election. */
  #areAll = true;

  /** A Service came or changed; null for one that is gone. */
  service(key: ServiceKey, service: Layer2Service | null): void {
    if (this.#hasRoom()) this.#services.set(key, service);
  }

  /** The endpoints or records of the Service may differ. */
  key(key: ServiceKey): void {
    if (this.#hasRoom()) this.#keys.add(key);
  }

  /** What changed since the last call; null: any may differ. */
  take(): TouchedServices | null {
    const touched = this.#areAll ? null : { services: this.#services, keys: this.#keys };
    this.#areAll = false;
    this.#clear();
    return touched;
  }

  #hasRoom(): boolean {
    if (this.#services.size + this.#keys.size >= TOUCHED_MAX) {
      this.#areAll = true;
      this.#clear();
    }
    return !this.#areAll;
  }

  #clear(): void {
    this.#services = new Map();
    this.#keys = new Set();
  }
}
