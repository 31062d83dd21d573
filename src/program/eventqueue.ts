/**
 * Events go behind. They are worth having and never worth waiting for: while what matters more is being written
 * they only trickle, so that the API server's time goes to that, and when too many wait the oldest give way.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../observe/log.ts';
import { BoundedQueue } from '../work/bounded.ts';
import { becauseOf, type EventApi, type Note } from './ports.ts';

/** Each is some hundred bytes; a burst of that many Services loses no event. */
export const EVENTS_WAITING_MAX = 20_000;

const IN_FLIGHT_MAX = 4;

/** Addresses must have been quiet for so long before events go out at full speed. */
const QUIET_AFTER: Millis = 150;

/** While it is not quiet, one event goes out so often: late, but not never. */
const TRICKLE_EVERY: Millis = 500;

/** A server that is busy is left alone for so long when it does not say. */
const BUSY_PAUSE: Millis = 1000;

/** After so many failures an event has lost its point. */
const TRIES_MAX = 5;

type Waiting = { readonly note: Note; tries: number };

export type EventQueueOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly api: EventApi;
  /** The monotonic time at which an address was last being written; null where none ever was. */
  readonly lastWrite: () => Millis | null;
  /** One that was given up, for whatever reason. */
  readonly dropped: () => void;
};

export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #waiting = new BoundedQueue<Waiting>(EVENTS_WAITING_MAX);
  #inFlight = 0;
  #pausedUntil: Millis = 0;
  #lastTrickle: Millis = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(note: Note): void {
    if (this.#stopped) return;
    if (this.#waiting.push({ note, tries: 0 }) !== undefined) this.#options.dropped();
    this.#schedule(0);
  }

  /** Posts no more; settles when what is under way is over. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
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
    while (!this.#stopped && this.#waiting.size > 0) {
      const wait = this.#wait(now);
      if (wait > 0) {
        this.#schedule(wait);
        return;
      }
      if (this.#inFlight >= IN_FLIGHT_MAX) return; // the next one to come back pumps
      const next = this.#waiting.shift();
      if (next !== undefined) void this.#post(next);
    }
  }

  /** 0 if one may go now. */
  #wait(now: Millis): Millis {
    if (now < this.#pausedUntil) return this.#pausedUntil - now;
    const last = this.#options.lastWrite();
    if (last === null || now - last >= QUIET_AFTER) return 0;
    const trickle = this.#lastTrickle + TRICKLE_EVERY - now;
    if (trickle <= 0) {
      this.#lastTrickle = now;
      return 0;
    }
    return Math.min(trickle, last + QUIET_AFTER - now);
  }

  async #post(waiting: Waiting): Promise<void> {
    this.#inFlight++;
    const answer = await this.#options.api.post(waiting.note);
    this.#inFlight--;
    if (answer.kind !== 'done') this.#failed(waiting, answer);
    if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
    this.#schedule(0);
  }

  #failed(
    waiting: Waiting,
    answer: Exclude<Awaited<ReturnType<EventApi['post']>>, { readonly kind: 'done' }>,
  ): void {
    waiting.tries++;
    const mayHelp = answer.kind === 'busy' || answer.kind === 'unsent' || answer.kind === 'unknown';
    if (mayHelp) {
      const after = answer.kind === 'busy' ? (answer.after ?? BUSY_PAUSE) : BUSY_PAUSE;
      this.#pausedUntil = this.#options.clock.now() + after;
    }
    if (mayHelp && waiting.tries < TRIES_MAX) {
      if (this.#waiting.push(waiting) !== undefined) this.#options.dropped();
      return;
    }
    this.#options.dropped();
    this.#options.log.debug('event given up', {
      because: becauseOf(answer),
      reason: waiting.note.event.reason,
    });
  }
}
