/** A clock whose hands the test moves. Due timers run in order of their time, then of their making. */
import type { Clock, Millis } from '../../src/base/clock.ts';

type Timer = { readonly at: Millis; readonly run: () => void };

export class FakeClock implements Clock {
  #now: Millis;
  #wallOffset: Millis;
  readonly #timers = new Set<Timer>();

  /** `wall` is what the calendar says at the start; 2026-01-01 unless told. */
  constructor({ now = 0, wall = Date.UTC(2026, 0, 1) }: { now?: Millis; wall?: Millis } = {}) {
    this.#now = now;
    this.#wallOffset = wall - now;
  }

  now(): Millis {
    return this.#now;
  }

  wall(): Millis {
    return this.#now + this.#wallOffset;
  }

  after(delay: Millis, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(delay, 0), run };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Timers that have yet to run. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due; null where none waits. */
  get nextAt(): Millis | null {
    return this.#next()?.at ?? null;
  }

  /** Moves on by `ms` and runs, each at its own time, all timers that come due, also those they start. */
  advance(ms: Millis): void {
    const until = this.#now + ms;
    for (let timer = this.#next(); timer !== null && timer.at <= until; timer = this.#next()) {
      this.#fire(timer);
    }
    this.#now = until;
  }

  /** As `advance`, but promises get their turn before the first timer, between timers and at the end. */
  async advanceAsync(ms: Millis): Promise<void> {
    const until = this.#now + ms;
    await flushPromises();
    for (let timer = this.#next(); timer !== null && timer.at <= until; timer = this.#next()) {
      this.#fire(timer);
      await flushPromises();
    }
    this.#now = until;
    await flushPromises();
  }

  /** The calendar jumps, monotonic time does not: a suspended machine, or a correction by NTP. */
  jumpWall(ms: Millis): void {
    this.#wallOffset += ms;
  }

  #next(): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers) if (first === null || timer.at < first.at) first = timer;
    return first;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.run();
  }
}

/** Lets every promise that can go on, go on. */
export const flushPromises = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
