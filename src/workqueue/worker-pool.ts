/**
 * Keeps a work queue flowing: takes keys as they come due and works on several at once, never on one twice. It
 * holds no opinion on what the work is. Calm keys can be held to a rate; urgent ones never are.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { type RateLimit, TokenBucket } from './token-bucket.ts';
import { type EnqueueOptions, type Priority, WorkQueue } from './work-queue.ts';

/** After so many keys the loop lets go of the thread once, so that probes, timers and sockets get their turn. */
const KEYS_PER_TICK = 256;

export type WorkerPoolOptions<K> = {
  readonly clock: Clock;
  /** How many keys may be worked on at once. */
  readonly concurrency: number;
  /** Holds the calm lane to a rate; without it calm keys only stand back behind urgent ones. */
  readonly lowPriorityRate?: RateLimit;
  /** Handles its own failures, by adding the key again for later. */
  readonly work: (key: K) => Promise<void>;
  /** Told of an error that `work` let through: a fault of ours. The loop takes no more keys by then. */
  readonly onError: (error: unknown) => void;
};

export class WorkerPool<K> {
  readonly #options: WorkerPoolOptions<K>;
  readonly #queue = new WorkQueue<K>();
  readonly #lowPriorityBucket: TokenBucket | null;
  #running = false;
  #isDispatchScheduled = false;
  #keysThisTick = 0;
  #cancelTimer: () => void = () => {};
  #idleWaiters: (() => void)[] = [];

  /** It stands still until `start`; keys may be added before. */
  constructor(options: WorkerPoolOptions<K>) {
    this.#options = options;
    this.#lowPriorityBucket = options.lowPriorityRate ? new TokenBucket(options.lowPriorityRate) : null;
  }

  /** Keys that wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Keys being worked on. */
  get inFlight(): number {
    return this.#queue.inFlight;
  }

  add(key: K, options?: EnqueueOptions): void {
    this.#queue.add(key, options);
    this.#scheduleDispatch();
  }

  forget(key: K): void {
    this.#queue.forget(key);
  }

  start(): void {
    this.#running = true;
    this.#keysThisTick = 0;
    this.#scheduleDispatch();
  }

  /** Takes no more keys; what waits goes on waiting. Settles when the work under way is over. */
  stop(): Promise<void> {
    this.#running = false;
    this.#cancelTimer();
    if (this.#queue.inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Never within the caller's own turn: who adds a key does not expect work to begin under his hands. */
  #scheduleDispatch(): void {
    if (this.#isDispatchScheduled || !this.#running) return;
    this.#isDispatchScheduled = true;
    queueMicrotask(() => {
      this.#isDispatchScheduled = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    if (!this.#running || this.#keysThisTick >= KEYS_PER_TICK) return;
    this.#cancelTimer();
    const now = this.#options.clock.now();
    while (this.#queue.inFlight < this.#options.concurrency) {
      const key = this.#takeNext(now);
      if (key === null) {
        this.#scheduleWakeUp(now);
        return;
      }
      void this.#process(key);
      this.#keysThisTick++;
      if (this.#keysThisTick < KEYS_PER_TICK) continue;
      this.#wakeUpAfter(0);
      return;
    }
  }

  #takeNext(now: Millis): K | null {
    const highPriority = this.#queue.take(now, 'high');
    if (highPriority !== null) return highPriority;
    const due = this.#queue.nextDue();
    if (due === null || due > now || (this.#lowPriorityBucket && this.#lowPriorityBucket.take(now) > 0))
      return null;
    return this.#queue.take(now);
  }

  /** Until the next key is due, and for a calm one until the rate allows it. */
  #scheduleWakeUp(now: Millis): void {
    const delays = [this.#delayUntilDue('high', now), this.#delayUntilDue('low', now)].filter(
      (waitTime) => waitTime !== null,
    );
    if (delays.length > 0) this.#wakeUpAfter(Math.min(...delays));
  }

  #delayUntilDue(priority: Priority, now: Millis): Millis | null {
    const due = this.#queue.nextDue(priority);
    if (due === null) return null;
    const waitTime = Math.max(0, due - now);
    return priority === 'low' ? Math.max(waitTime, this.#lowPriorityBucket?.wait(now) ?? 0) : waitTime;
  }

  #wakeUpAfter(delay: Millis): void {
    this.#cancelTimer = this.#options.clock.after(delay, () => {
      this.#keysThisTick = 0;
      this.#scheduleDispatch();
    });
  }

  async #process(key: K): Promise<void> {
    try {
      await this.#options.work(key);
    } catch (error) {
      this.#running = false;
      this.#options.onError(error);
    } finally {
      this.#queue.done(key);
      if (this.#queue.inFlight === 0) this.#resolveIdle();
      this.#scheduleDispatch();
    }
  }

  #resolveIdle(): void {
    const idleWaiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of idleWaiters) resolve();
  }
}
