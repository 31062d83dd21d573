/**
 * Whether ServiceBGPStatus objects are kept at all: there is one for each pair of a Service and a node, and a cluster of
 * many nodes and many Services would drown in them.
 *
 * A speaker takes its own Services times the number of Nodes for the cluster's total. It does not count the objects that
 * exist: those are as few as the speakers that have come so far, and none once all have stopped, so that a rule on them
 * would make and remove them in turns. The product asks nobody, is the same after a restart, and where every node announces
 * the same Services it is exact. Local Services make nodes differ; then the fuller ones stop earlier.
 */
import type { Clock, Millis } from '../../base/clock.ts';

/** How often the Nodes are counted. */
export const NODE_COUNT_INTERVAL: Millis = 300_000;

/** It must be so far below the limit before they are kept again. */
const RESUME_FACTOR = 0.8;

export type ServiceBgpStatusLimitOptions = {
  readonly clock: Clock;
  /** In the whole cluster; 0 keeps none. */
  readonly limit: number;
  /** How many Nodes there are; null where that cannot be told now. */
  readonly countNodes: () => Promise<number | null>;
  readonly onChange: (isEnabled: boolean) => void;
};

export class ServiceBgpStatusLimit {
  readonly #options: ServiceBgpStatusLimitOptions;
  #nodeCount = 1;
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

  /** What it takes the cluster's total to be, in a sentence. */
  get reason(): string {
    const { limit } = this.#options;
    return `${this.#serviceCount} Services here times ${this.#nodeCount} Nodes are more than ${limit} objects (--service-bgp-status-limit)`;
  }

  /** Settles when the Nodes have been counted for the first time, or cannot be. */
  async start(): Promise<void> {
    this.#isRunning = this.#options.limit > 0;
    if (this.#isRunning) await this.#countNodes();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel();
  }

  /** So many Services of this node have a status, or would. */
  setServiceCount(count: number): void {
    this.#serviceCount = count;
    this.#evaluate();
  }

  async #countNodes(): Promise<void> {
    const { clock, countNodes } = this.#options;
    this.#nodeCount = (await countNodes()) ?? this.#nodeCount;
    if (!this.#isRunning) return;
    this.#evaluate();
    this.#cancel = clock.after(NODE_COUNT_INTERVAL, () => void this.#countNodes());
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
