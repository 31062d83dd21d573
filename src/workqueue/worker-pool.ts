/**
 * Worker pool: takes keys of a work queue as they become due, and processes several at once, but no key twice. Keys of low
 * priority can be limited to a rate.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { type RateLimit, TokenBucket } from './token-bucket.ts';
import { type EnqueueOptions, type Priority, WorkQueue } from './work-queue.ts';

/** After this many keys the pool yields to the event loop once, so that probes, timers and sockets are served. */
const KEYS_PER_TICK = 256;

export type WorkerPoolOptions<K> = {
  readonly clock: Clock;
  /** The number of keys that may be in flight. */
  readonly concurrency: number;
  /** The number of keys of one lane that may be in flight. */
  readonly laneConcurrency?: number;
  /** The weight of the keys of one lane that may be in flight together. */
  readonly laneWeightMax?: number;
  /** Limits the keys of low priority; without it they only come after those of high priority. */
  readonly lowPriorityRate?: RateLimit;
  /**
   * Processes a key. It handles failures itself, by adding the key again with a later due time. `weigh` takes the weight of
   * what it did; the default is 0.
   */
  readonly work: (key: K, weigh: (weight: number) => void) => Promise<void>;
  /** Called with an error that `work` throws, which is a bug. The pool has stopped taking keys then. */
  readonly onError: (error: unknown) => void;
};

export class WorkerPool<K> {
  readonly #options: WorkerPoolOptions<K>;
  readonly #queue: WorkQueue<K>;
  readonly #lowPriorityBucket: TokenBucket | null;
  #running = false;
  #isDispatchScheduled = false;
  #keysThisTick = 0;
  #cancelTimer: () => void = () => {};
  #idleWaiters: (() => void)[] = [];

  /** Takes no keys before `start`; keys may be added before. */
  constructor(options: WorkerPoolOptions<K>) {
    this.#options = options;
    const { laneConcurrency, laneWeightMax } = options;
    this.#queue = new WorkQueue<K>({
      ...(laneConcurrency === undefined ? {} : { laneInFlightMax: laneConcurrency }),
      ...(laneWeightMax === undefined ? {} : { laneWeightMax }),
    });
    this.#lowPriorityBucket = options.lowPriorityRate ? new TokenBucket(options.lowPriorityRate) : null;
  }

  /** The number of keys that wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** The number of keys in flight. */
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

  /** Stops taking keys; waiting keys stay. Resolves when no key is in flight. */
  stop(): Promise<void> {
    this.#running = false;
    this.#cancelTimer();
    if (this.#queue.inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Dispatches in a microtask, so that no work starts within the caller of `add`. */
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

  /** Wakes up when the next key is due, and for one of low priority when the rate allows it. */
  #scheduleWakeUp(now: Millis): void {
    const delays = [this.#delayUntilDue('high', now), this.#delayUntilDue('low', now)].filter(
      (delay) => delay !== null,
    );
    if (delays.length > 0) this.#wakeUpAfter(Math.min(...delays));
  }

  #delayUntilDue(priority: Priority, now: Millis): Millis | null {
    const due = this.#queue.nextDue(priority);
    if (due === null) return null;
    const delay = Math.max(0, due - now);
    return priority === 'low' ? Math.max(delay, this.#lowPriorityBucket?.wait(now) ?? 0) : delay;
  }

  #wakeUpAfter(delay: Millis): void {
    this.#cancelTimer = this.#options.clock.after(delay, () => {
      this.#keysThisTick = 0;
      this.#scheduleDispatch();
    });
  }

  async #process(key: K): Promise<void> {
    let weight = 0;
    try {
      await this.#options.work(key, (done) => {
        weight = done;
      });
    } catch (error) {
      this.#running = false;
      this.#options.onError(error);
    } finally {
      this.#queue.done(key, weight);
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
