/** What a bystander sees: one watch of all Services, and when each was first seen with an address. */
import type { BaselineClient } from './baseline/client.ts';
import type { RawService } from './raw-service.ts';
import { hasAddress, keyOf, WATCH_PATH } from './services.ts';

export class AssignmentWatch {
  /** The last state of each. */
  readonly known = new Map<string, RawService>();
  /** When an address was first seen on it, on the clock of `performance.now()`. */
  readonly at = new Map<string, number>();
  /** When it was seen to be deleted. */
  readonly leftAt = new Map<string, number>();
  /** How many have an address, by namespace. */
  readonly #served = new Map<string, number>();
  #listeners: (() => boolean)[] = [];
  readonly stop: () => void;

  constructor(baseline: BaselineClient) {
    this.stop = baseline.watch(WATCH_PATH, (type, object) => {
      const key = keyOf(object);
      const { namespace } = object.metadata;
      if (type === 'DELETED') {
        if (this.at.delete(key)) this.#served.set(namespace, this.served(namespace) - 1);
        this.known.delete(key);
        this.leftAt.set(key, performance.now());
      } else {
        this.known.set(key, object);
        if (hasAddress(object) && !this.at.has(key)) {
          this.at.set(key, performance.now());
          this.#served.set(namespace, this.served(namespace) + 1);
        }
      }
      this.#listeners = this.#listeners.filter((isOver) => !isOver());
    });
  }

  served(namespace: string): number {
    return this.#served.get(namespace) ?? 0;
  }

  /** Settles with the time at which the Service was seen with an address. */
  async address(key: string): Promise<number> {
    await this.until(() => this.at.has(key));
    return this.at.get(key) ?? Number.NaN;
  }

  /** Settles as soon as `holds` does, which is asked after each piece of news. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#listeners.push(() => {
        if (!condition()) return false;
        resolve();
        return true;
      });
    });
  }
}
