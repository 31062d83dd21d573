/** One watch of Services, and when each was first observed with an address. */
import type { BaselineClient } from './baseline/client.ts';
import type { RawService } from './raw-service.ts';
import { hasAddress, keyOf, WATCH_PATH } from './services.ts';

export class AssignmentWatch {
  /** The last state of each Service. */
  readonly known = new Map<string, RawService>();
  /** When each was first observed, by `performance.now()`. */
  readonly enteredAt = new Map<string, number>();
  /** When each was first observed with an address. */
  readonly at = new Map<string, number>();
  /** When each deletion was observed. */
  readonly leftAt = new Map<string, number>();
  /** The number of Services with an address, by namespace. */
  readonly #served = new Map<string, number>();
  #listeners: (() => boolean)[] = [];
  readonly stop: () => void;

  constructor(baseline: BaselineClient, path = WATCH_PATH) {
    this.stop = baseline.watch(path, (type, object) => {
      const key = keyOf(object);
      const { namespace } = object.metadata;
      if (type === 'DELETED') {
        if (this.at.delete(key)) this.#served.set(namespace, this.served(namespace) - 1);
        this.known.delete(key);
        this.enteredAt.delete(key);
        this.leftAt.set(key, performance.now());
      } else {
        this.known.set(key, object);
        if (!this.enteredAt.has(key)) this.enteredAt.set(key, performance.now());
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

  /** Resolves with the time at which the Service was observed with an address. */
  async address(key: string): Promise<number> {
    await this.until(() => this.at.has(key));
    return this.at.get(key) ?? Number.NaN;
  }

  /** Services per second, from the first address observed in the namespace to the last. */
  rate(namespace: string): number {
    const times = [...this.at].filter(([key]) => key.startsWith(`${namespace}/`)).map(([, time]) => time);
    return (1000 * (times.length - 1)) / (Math.max(...times) - Math.min(...times));
  }

  /** Resolves when the condition holds, which is checked after each watch event. */
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
