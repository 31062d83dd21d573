/**
 * Whether ServiceBGPStatus objects are kept at all: there is one for each pair of a Service and a node, and a cluster of
 * many nodes and many Services would drown in them.
 *
 * A speaker takes its own Services times the number of Nodes for the cluster's total. It does not count the objects that
 * exist: those are as few as the speakers that have come so far, and none once all have stopped, so that a rule on them
 * would make and remove them in turns. The product asks nobody, is the same after a restart, and where every node announces
 * the same Services it is exact. Local Services make nodes differ; then the fuller ones stop earlier.
 */
import type { Clock, Millis } from '../base/clock.ts';

/** How often the Nodes are counted. */
export const COUNT_EVERY: Millis = 300_000;

/** It must be so far below the limit before they are kept again. */
const BACK_BELOW = 0.8;

export type StatusLimitOptions = {
  readonly clock: Clock;
  /** In the whole cluster; 0 keeps none. */
  readonly limit: number;
  /** How many Nodes there are; null where that cannot be told now. */
  readonly countNodes: () => Promise<number | null>;
  readonly changed: (isOn: boolean) => void;
};

export class StatusLimit {
  readonly #options: StatusLimitOptions;
  #nodes = 1;
  #services = 0;
  #isOn: boolean;
  #cancel: () => void = () => {};
  #isRunning = false;

  constructor(options: StatusLimitOptions) {
    this.#options = options;
    this.#isOn = options.limit > 0;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** What it takes the cluster's total to be, in a sentence. */
  get says(): string {
    const { limit } = this.#options;
    return `${this.#services} Services here times ${this.#nodes} Nodes are more than ${limit} objects (--service-bgp-status-limit)`;
  }

  /** Settles when the Nodes have been counted for the first time, or cannot be. */
  async start(): Promise<void> {
    this.#isRunning = this.#options.limit > 0;
    if (this.#isRunning) await this.#count();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel();
  }

  /** So many Services of this node have a status, or would. */
  wants(services: number): void {
    this.#services = services;
    this.#judge();
  }

  async #count(): Promise<void> {
    const { clock, countNodes } = this.#options;
    this.#nodes = (await countNodes()) ?? this.#nodes;
    if (!this.#isRunning) return;
    this.#judge();
    this.#cancel = clock.after(COUNT_EVERY, () => void this.#count());
  }

  #judge(): void {
    const { limit, changed } = this.#options;
    const total = this.#services * Math.max(1, this.#nodes);
    const isOn = total <= (this.#isOn ? limit : limit * BACK_BELOW) && limit > 0;
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    changed(isOn);
  }
}
