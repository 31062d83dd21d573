/**
 * When a node leaves, and when it does not after all. It asks its routers to prefer others, waits, and only then
 * withdraws: connections that are on their way elsewhere by then lose nothing (RFC 8326).
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../observe/log.ts';
import type { Speaker } from './speaker.ts';

export type NodeDrainOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly wait: Millis;
  readonly speaker: Pick<Speaker, 'setDraining' | 'shutDown' | 'resume' | 'hasEstablishedSession'>;
  /** It is over: nothing of the node is announced any more. */
  readonly drained: () => void;
};

export class NodeDrain {
  readonly #options: NodeDrainOptions;
  #phase: 'stays' | 'leaving' | 'left' = 'stays';
  #cancelTimer: () => void = () => {};

  constructor(options: NodeDrainOptions) {
    this.#options = options;
  }

  get isDraining(): boolean {
    return this.#phase !== 'stays';
  }

  /** `why` is the end of a sentence that begins with "this node leaves:"; null where it stays. */
  setReason(reason: string | null): void {
    if (reason === null) this.#cancelDrain();
    else if (this.#phase === 'stays') this.#begin(reason);
  }

  stop(): void {
    this.#cancelTimer();
  }

  #begin(because: string): void {
    const { clock, log, speaker, wait } = this.#options;
    this.#phase = 'leaving';
    log.info('this node leaves, its routers are asked to prefer others', { because, wait });
    speaker.setDraining(true);
    this.#cancelTimer = clock.after(speaker.hasEstablishedSession ? wait : 0, () => {
      this.#phase = 'left';
      void speaker.shutDown().then(() => {
        if (this.#phase !== 'left') return; // it came back while its last words were read
        log.info('this node has left, everything is withdrawn', { because });
        this.#options.drained();
      });
    });
  }

  #cancelDrain(): void {
    if (this.#phase === 'stays') return;
    const { log, speaker } = this.#options;
    this.#cancelTimer();
    log.info('this node stays');
    if (this.#phase === 'left') speaker.resume();
    else speaker.setDraining(false);
    this.#phase = 'stays';
  }
}
