/**
 * Limits the number of ServiceBGPStatus objects: there is one for each pair of a Service and a node, too many for a large
 * cluster.
 *
 * A speaker estimates the cluster's total as its own Services times the number of Nodes. It does not count existing objects:
 * their number depends on how many speakers run, so a limit on it would oscillate between creating and deleting. The estimate
 * needs no coordination, is stable across restarts, and is exact if every node announces the same Services. With
 * externalTrafficPolicy Local the nodes differ, and those with more Services stop earlier.
 */
import type { Clock, Millis } from '../../base/clock.ts';

/** Interval between two counts of the Nodes. */
export const NODE_COUNT_INTERVAL: Millis = 300_000;
/** Until the first count: with one Node assumed, a large cluster would be taken for a small one. Doubles each time. */
export const FIRST_COUNT_RETRY: Millis = 10_000;

/** Fraction of the limit below which objects are kept again. */
const RESUME_FACTOR = 0.8;

export type ServiceBgpStatusLimitOptions = {
  readonly clock: Clock;
  /** Maximum number of objects in the cluster; 0 keeps none. */
  readonly limit: number;
  /** Number of Nodes; null if unknown now. */
  readonly countNodes: () => Promise<number | null>;
  readonly onChange: (isEnabled: boolean) => void;
};

export class ServiceBgpStatusLimit {
  readonly #options: ServiceBgpStatusLimitOptions;
  #nodeCount = 1;
  /** Until the next count. */
  #countDelay = FIRST_COUNT_RETRY;
  #serviceCount = 0;
  #isEnabled: boolean;
  #cancel: () => void = () => {};
  #isRunning = false;

  constructor(options: ServiceBgpStatusLimitOptions) {
    this.#options = options;
    this.#isEnabled = options.limit > 0;
  }

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  /** Why no objects are kept, as a sentence with the estimate. */
  get reason(): string {
    const { limit } = this.#options;
    return `${this.#serviceCount} Services on this node times ${this.#nodeCount} Nodes exceed ${limit} objects (--service-bgp-status-limit)`;
  }

  /** Settles after the first count of the Nodes, whether or not it succeeded. */
  async start(): Promise<void> {
    this.#isRunning = this.#options.limit > 0;
    if (this.#isRunning) await this.#countNodes();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel();
  }

  /** Sets the number of Services of this node that need a status. */
  setServiceCount(count: number): void {
    this.#serviceCount = count;
    this.#evaluate();
  }

  async #countNodes(): Promise<void> {
    const { clock, countNodes } = this.#options;
    const nodeCount = await countNodes();
    if (!this.#isRunning) return;
    if (nodeCount !== null) {
      this.#nodeCount = nodeCount;
      this.#countDelay = NODE_COUNT_INTERVAL;
    }
    this.#evaluate();
    this.#cancel = clock.after(this.#countDelay, () => void this.#countNodes());
    this.#countDelay = Math.min(2 * this.#countDelay, NODE_COUNT_INTERVAL);
  }

  #evaluate(): void {
    const { limit, onChange } = this.#options;
    const total = this.#serviceCount * Math.max(1, this.#nodeCount);
    const isEnabled = total <= (this.#isEnabled ? limit : limit * RESUME_FACTOR) && limit > 0;
    if (isEnabled === this.#isEnabled) return;
    this.#isEnabled = isEnabled;
    onChange(isEnabled);
  }
}
