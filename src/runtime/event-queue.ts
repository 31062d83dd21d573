/**
 * Queue of Events. They yield to the writes of Services: while those are in flight Events only trickle, which leaves the API
 * server to them. Namespaces take turns: the Events of one delay those of another by as many as there are namespaces. When the
 * queue is full, the namespace with the most Events loses its oldest one.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../observe/log.ts';
import { TurnQueue } from '../workqueue/turn-queue.ts';
import { type EventApi, failureReason, type ObjectEvent } from './ports.ts';

/** A burst of so many Services loses no Event; each is a few hundred bytes. */
export const EVENTS_QUEUED_MAX = 20_000;

const IN_FLIGHT_MAX = 4;

/** Events are sent at full speed when no Service has been written for so long. */
const QUIET_AFTER: Millis = 150;

/** Until then one Event is sent in this time. */
const TRICKLE_INTERVAL: Millis = 500;

/** The pause after a busy server's response that gives no time. */
const BUSY_PAUSE: Millis = 1000;

/** After so many failures an Event is dropped. */
const ATTEMPTS_MAX = 5;

type QueuedEvent = { readonly item: ObjectEvent; attempts: number };

export type EventQueueOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly api: EventApi;
  /** When a write of a Service was last in flight, by the monotonic clock; null before the first. */
  readonly lastWriteAt: () => Millis | null;
  /** An Event was dropped, for whatever reason. */
  readonly onDropped: () => void;
};

export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #queued = new TurnQueue<QueuedEvent>(EVENTS_QUEUED_MAX);
  #inFlight = 0;
  #pausedUntil: Millis = 0;
  #lastTrickle: Millis = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #stopped = false;
  #idleWaiters: (() => void)[] = [];

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#queued.size;
  }

  add(event: ObjectEvent): void {
    if (this.#stopped) return;
    this.#push({ item: event, attempts: 0 });
    this.#schedule(0);
  }

  /** Sends no more Events; settles when those in flight have ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  #push(queued: QueuedEvent): void {
    const dropped = this.#queued.push(queued.item.regarding.namespace, queued);
    if (dropped !== undefined) this.#options.onDropped();
  }

  #schedule(delay: Millis): void {
    if (this.#cancel !== null || this.#stopped) return;
    this.#cancel = this.#options.clock.after(delay, () => {
      this.#cancel = null;
      this.#pump();
    });
  }

  #pump(): void {
    const now = this.#options.clock.now();
    while (!this.#stopped && this.#queued.size > 0) {
      const waitTime = this.#waitTime(now);
      if (waitTime > 0) {
        this.#schedule(waitTime);
        return;
      }
      if (this.#inFlight >= IN_FLIGHT_MAX) return; // the next response pumps again
      const next = this.#queued.shift();
      if (next !== undefined) void this.#post(next);
    }
  }

  /** Time until the next Event may be sent; 0 for now. */
  #waitTime(now: Millis): Millis {
    if (now < this.#pausedUntil) return this.#pausedUntil - now;
    const last = this.#options.lastWriteAt();
    if (last === null || now - last >= QUIET_AFTER) return 0;
    const trickle = this.#lastTrickle + TRICKLE_INTERVAL - now;
    if (trickle <= 0) {
      this.#lastTrickle = now;
      return 0;
    }
    return Math.min(trickle, last + QUIET_AFTER - now);
  }

  async #post(queued: QueuedEvent): Promise<void> {
    this.#inFlight++;
    const outcome = await this.#options.api.post(queued.item);
    this.#inFlight--;
    if (outcome.kind !== 'done') this.#handleFailure(queued, outcome);
    if (this.#inFlight === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    this.#schedule(0);
  }

  #handleFailure(
    queued: QueuedEvent,
    outcome: Exclude<Awaited<ReturnType<EventApi['post']>>, { readonly kind: 'done' }>,
  ): void {
    queued.attempts++;
    const isRetryable = outcome.kind === 'busy' || outcome.kind === 'unsent' || outcome.kind === 'unknown';
    if (isRetryable) {
      const after = outcome.kind === 'busy' ? (outcome.retryAfter ?? BUSY_PAUSE) : BUSY_PAUSE;
      this.#pausedUntil = this.#options.clock.now() + after;
    }
    if (isRetryable && queued.attempts < ATTEMPTS_MAX) {
      this.#push(queued);
      return;
    }
    this.#options.onDropped();
    this.#options.log.debug('event dropped', {
      because: failureReason(outcome),
      reason: queued.item.event.reason,
    });
  }
}
