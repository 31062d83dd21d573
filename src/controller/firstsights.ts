/** How long Services wait: from the first sight of one that needs an address until it is written. */
import type { Clock, Millis } from '../base/clock.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';

export class FirstSights {
  readonly #clock: Clock;
  readonly #since = new Map<ServiceKey, Millis>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  saw(service: Service): void {
    if (service.ingress.length > 0) this.#since.delete(service.key);
    else if (!this.#since.has(service.key)) this.#since.set(service.key, this.#clock.now());
  }

  /** Null where nobody saw it without. */
  served(key: ServiceKey): Millis | null {
    const since = this.#since.get(key);
    this.#since.delete(key);
    return since === undefined ? null : this.#clock.now() - since;
  }

  forget(key: ServiceKey): void {
    this.#since.delete(key);
  }
}
