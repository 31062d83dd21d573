/** Measures how long Services wait: from the first time that one is seen without an address until it is written. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';

export class AssignmentLatency {
  readonly #clock: Clock;
  readonly #waitingSince = new Map<ServiceKey, Millis>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  observe(service: Service): void {
    if (service.ingress.length > 0) this.#waitingSince.delete(service.key);
    else if (!this.#waitingSince.has(service.key)) this.#waitingSince.set(service.key, this.#clock.now());
  }

  /** The time that it waited; null for a Service that was never seen without an address. */
  finish(key: ServiceKey): Millis | null {
    const since = this.#waitingSince.get(key);
    this.#waitingSince.delete(key);
    return since === undefined ? null : this.#clock.now() - since;
  }

  forget(key: ServiceKey): void {
    this.#waitingSince.delete(key);
  }
}
