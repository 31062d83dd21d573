/** A limit on how much is under way at once. Who finds no slot free waits in line. */
import { invariant } from '../base/invariant.ts';

export class Slots {
  readonly limit: number;
  #taken = 0;
  readonly #line: (() => void)[] = [];
  #idle: (() => void)[] = [];

  constructor(limit: number) {
    invariant(limit >= 1, 'there is at least one slot');
    this.limit = limit;
  }

  /** Slots that can be had at once. */
  get free(): number {
    return this.limit - this.#taken;
  }

  get inFlight(): number {
    return this.#taken;
  }

  /** Those in line for a slot. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Runs `work` in a slot, at once where one is free, and gives back what it gives back, errors included. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.limit) this.#taken++;
    else await new Promise<void>((turn) => this.#line.push(turn)); // the one who leaves hands his slot over
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Settles when nothing is under way and nobody waits. */
  idle(): Promise<void> {
    if (this.#taken === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #leave(): void {
    const next = this.#line.shift();
    if (next !== undefined) {
      next();
      return;
    }
    this.#taken--;
    if (this.#taken > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
