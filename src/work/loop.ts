/**
 * Keeps a work queue flowing: takes keys as they come due and works on several at once, never on one twice. It
 * holds no opinion on what the work is. Calm keys can be held to a rate; urgent ones never are.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { type AddOptions, type Lane, WorkQueue } from './queue.ts';
import { type Rate, TokenBucket } from './rate.ts';

/** After so many keys the loop lets go of the thread once, so that probes, timers and sockets get their turn. */
const KEYS_A_TURN = 256;

export type LoopOptions<K> = {
  readonly clock: Clock;
  /** How many keys may be worked on at once. */
  readonly limit: number;
  /** Holds the calm lane to a rate; without it calm keys only stand back behind urgent ones. */
  readonly calm?: Rate;
  /** Handles its own failures, by adding the key again for later. */
  readonly work: (key: K) => Promise<void>;
  /** Told of an error that `work` let through: a fault of ours. The loop takes no more keys by then. */
  readonly onBroken: (error: unknown) => void;
};

export class WorkLoop<K> {
  readonly #options: LoopOptions<K>;
  readonly #queue = new WorkQueue<K>();
  readonly #calm: TokenBucket | null;
  #running = false;
  #pumpIsComing = false;
  #keysThisTurn = 0;
  #cancelAlarm: () => void = () => {};
  #resting: (() => void)[] = [];

  /** It stands still until `start`; keys may be added before. */
  constructor(options: LoopOptions<K>) {
    this.#options = options;
    this.#calm = options.calm ? new TokenBucket(options.calm) : null;
  }

  /** Keys that wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Keys being worked on. */
  get busy(): number {
    return this.#queue.busy;
  }

  add(key: K, options?: AddOptions): void {
    this.#queue.add(key, options);
    this.#pumpSoon();
  }

  forget(key: K): void {
    this.#queue.forget(key);
  }

  start(): void {
    this.#running = true;
    this.#keysThisTurn = 0;
    this.#pumpSoon();
  }

  /** Takes no more keys; what waits goes on waiting. Settles when the work under way is over. */
  stop(): Promise<void> {
    this.#running = false;
    this.#cancelAlarm();
    if (this.#queue.busy === 0) return Promise.resolve();
    return new Promise((resolve) => this.#resting.push(resolve));
  }

  /** Never within the caller's own turn: who adds a key does not expect work to begin under his hands. */
  #pumpSoon(): void {
    if (this.#pumpIsComing || !this.#running) return;
    this.#pumpIsComing = true;
    queueMicrotask(() => {
      this.#pumpIsComing = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (!this.#running || this.#keysThisTurn >= KEYS_A_TURN) return;
    this.#cancelAlarm();
    const now = this.#options.clock.now();
    while (this.#queue.busy < this.#options.limit) {
      const key = this.#next(now);
      if (key === null) {
        this.#sleep(now);
        return;
      }
      void this.#workOn(key);
      this.#keysThisTurn++;
      if (this.#keysThisTurn < KEYS_A_TURN) continue;
      this.#wakeIn(0);
      return;
    }
  }

  #next(now: Millis): K | null {
    const urgent = this.#queue.take(now, 'urgent');
    if (urgent !== null) return urgent;
    const due = this.#queue.nextDue();
    if (due === null || due > now || (this.#calm && this.#calm.take(now) > 0)) return null;
    return this.#queue.take(now);
  }

  /** Until the next key is due, and for a calm one until the rate allows it. */
  #sleep(now: Millis): void {
    const waits = [this.#untilDue('urgent', now), this.#untilDue('calm', now)].filter(
      (wait) => wait !== null,
    );
    if (waits.length > 0) this.#wakeIn(Math.min(...waits));
  }

  #untilDue(lane: Lane, now: Millis): Millis | null {
    const due = this.#queue.nextDue(lane);
    if (due === null) return null;
    const wait = Math.max(0, due - now);
    return lane === 'calm' ? Math.max(wait, this.#calm?.wait(now) ?? 0) : wait;
  }

  #wakeIn(delay: Millis): void {
    this.#cancelAlarm = this.#options.clock.after(delay, () => {
      this.#keysThisTurn = 0;
      this.#pumpSoon();
    });
  }

  async #workOn(key: K): Promise<void> {
    try {
      await this.#options.work(key);
    } catch (error) {
      this.#running = false;
      this.#options.onBroken(error);
    } finally {
      this.#queue.done(key);
      if (this.#queue.busy === 0) this.#rest();
      this.#pumpSoon();
    }
  }

  #rest(): void {
    const resting = this.#resting;
    this.#resting = [];
    for (const resolve of resting) resolve();
  }
}
