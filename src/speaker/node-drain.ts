/**
 * Node drain: advertises GRACEFUL_SHUTDOWN, waits, and only then withdraws all routes, so that routers move traffic to other
 * nodes without loss (RFC 8326). It can be cancelled at any time.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../observe/log.ts';
import type { Speaker } from './speaker.ts';

export type NodeDrainOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly wait: Millis;
  readonly speaker: Pick<Speaker, 'setDraining' | 'shutDown' | 'resume' | 'hasEstablishedSession'>;
  /** The drain is complete: all routes are withdrawn. */
  readonly drained: () => void;
};

export class NodeDrain {
  readonly #options: NodeDrainOptions;
  #phase: 'staying' | 'draining' | 'drained' = 'staying';
  #cancelTimer: () => void = () => {};
  /** Counts the drains: one whose sessions close after it was cancelled says nothing about the next. */
  #drains = 0;

  constructor(options: NodeDrainOptions) {
    this.#options = options;
  }

  get isDraining(): boolean {
    return this.#phase !== 'staying';
  }

  /** `reason` is the drain trigger, a clause for the log; null if the node is not to be drained. */
  setReason(reason: string | null): void {
    if (reason === null) this.#cancelDrain();
    else if (this.#phase === 'staying') this.#begin(reason);
  }

  stop(): void {
    this.#cancelTimer();
  }

  #begin(because: string): void {
    const { clock, log, speaker, wait } = this.#options;
    const drain = ++this.#drains;
    this.#phase = 'draining';
    log.info('draining the node, routes re-advertised with GRACEFUL_SHUTDOWN', { because, wait });
    speaker.setDraining(true);
    this.#cancelTimer = clock.after(speaker.hasEstablishedSession ? wait : 0, () => {
      this.#phase = 'drained';
      void speaker.shutDown().then(() => {
        // Cancelled while the sessions were closing.
        if (this.#phase !== 'drained' || drain !== this.#drains) return;
        log.info('node drained, all routes withdrawn', { because });
        this.#options.drained();
      });
    });
  }

  #cancelDrain(): void {
    if (this.#phase === 'staying') return;
    const { log, speaker } = this.#options;
    this.#cancelTimer();
    log.info('drain cancelled');
    if (this.#phase === 'drained') speaker.resume();
    else speaker.setDraining(false);
    this.#phase = 'staying';
  }
}
