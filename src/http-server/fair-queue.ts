/**
 * Shares a few places for work among client addresses: each source has at most one place, and sources take turns. So a
 * client that asks a hundred times waits for itself, not others for it.
 */
import { err, ok, type Result } from '../base/result.ts';

export type FairQueueLimits = {
  /** Work that runs at the same time, of all sources. */
  readonly places: number;
  /** Work that waits for a place, of all sources. */
  readonly waitingMax: number;
};

type Waiting = { readonly start: () => void; readonly refuse: () => void };

export class FairQueue {
  readonly #limits: FairQueueLimits;
  /** Sources that have a place. */
  readonly #running = new Set<string>();
  /** By source: those that wait longest first, the source whose turn is next first. */
  readonly #waiting = new Map<string, Waiting[]>();
  #waitingCount = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  /** Runs `work` when its source has a place. `full`: it was refused, because its source has the most that waits. */
  run<T>(source: string, work: () => T | Promise<T>): Promise<Result<T, 'full'>> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        this.#running.add(source);
        const finish = (): void => {
          this.#running.delete(source);
          this.#moveToEnd(source);
          this.#startNext();
        };
        // `work` may throw at once, or later.
        new Promise<T>((settle) => settle(work()))
          .then((value) => resolve(ok(value)), reject)
          .finally(finish);
      };
      this.#enqueue(source, { start, refuse: () => resolve(err('full')) });
      this.#startNext();
    });
  }

  #enqueue(source: string, one: Waiting): void {
    const own = this.#waiting.get(source) ?? [];
    own.push(one);
    this.#waiting.set(source, own);
    this.#waitingCount++;
    if (this.#waitingCount <= this.#limits.waitingMax) return;
    const [largest, longest] = [...this.#waiting].reduce((a, b) => (b[1].length > a[1].length ? b : a));
    this.#take(largest, longest, longest.length - 1)?.refuse();
  }

  #startNext(): void {
    for (const [source, own] of this.#waiting) {
      if (this.#running.size >= this.#limits.places) return;
      if (this.#running.has(source)) continue;
      this.#take(source, own, 0)?.start();
    }
  }

  /** The next turn of a source is after those of all others that wait. */
  #moveToEnd(source: string): void {
    const own = this.#waiting.get(source);
    if (own === undefined) return;
    this.#waiting.delete(source);
    this.#waiting.set(source, own);
  }

  #take(source: string, own: Waiting[], index: number): Waiting | undefined {
    const [taken] = own.splice(index, 1);
    if (taken !== undefined) this.#waitingCount--;
    if (own.length === 0) this.#waiting.delete(source);
    return taken;
  }
}
