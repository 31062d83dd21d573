/**
 * Nodes that came back a short time ago, as far as this speaker has seen it. It publishes them, and so all speakers elect
 * by the same: a node among them takes nothing from an owner that is alive.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import { compareText } from '../../base/text.ts';

export type ReturnedNodesOptions = {
  readonly clock: Clock;
  /** This one. */
  readonly node: string;
  /** `--l2-failback-delay`; with 0 no node is ever among them. */
  readonly delay: Millis;
  /** A node is among them, or is no more. */
  readonly changed: () => void;
};

export class ReturnedNodes {
  readonly #options: ReturnedNodesOptions;
  readonly #lost = new Set<string>();
  /** What ends the wait of each. */
  readonly #waiting = new Map<string, () => void>();
  #hasStarted = false;

  constructor(options: ReturnedNodesOptions) {
    this.#options = options;
  }

  /** Sorted. */
  get nodes(): readonly string[] {
    return [...this.#waiting.keys()].sort(compareText);
  }

  /** This speaker can answer. Only the first call counts. */
  started(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#add(this.#options.node);
  }

  /** Of two ends of a link that was broken nobody knows which one was away, so both count. */
  linkChanged(other: string, isUp: boolean): void {
    if (!isUp) {
      this.#lost.add(other);
      return;
    }
    if (!this.#lost.delete(other)) return;
    this.#add(other);
    this.#add(this.#options.node);
  }

  stop(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  /** A node that comes back again waits anew. */
  #add(node: string): void {
    const { clock, delay, changed } = this.#options;
    if (delay === 0) return;
    this.#waiting.get(node)?.();
    const cancel = clock.after(delay, () => {
      this.#waiting.delete(node);
      changed();
    });
    this.#waiting.set(node, cancel);
    changed();
  }
}
