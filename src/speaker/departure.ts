/**
 * When a node leaves, and when it does not after all. It asks its routers to prefer others, waits, and only then
 * withdraws: connections that are on their way elsewhere by then lose nothing (RFC 8326).
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../observe/log.ts';
import type { Speaker } from './speaker.ts';

export type DepartureOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly wait: Millis;
  readonly speaker: Pick<Speaker, 'drain' | 'leave' | 'comeBack' | 'hasListeners'>;
  /** It is over: nothing of the node is announced any more. */
  readonly left: () => void;
};

export class Departure {
  readonly #options: DepartureOptions;
  #phase: 'stays' | 'leaving' | 'left' = 'stays';
  #cancel: () => void = () => {};

  constructor(options: DepartureOptions) {
    this.#options = options;
  }

  get isLeaving(): boolean {
    return this.#phase !== 'stays';
  }

  /** `why` is the end of a sentence that begins with "this node leaves:"; null where it stays. */
  set(why: string | null): void {
    if (why === null) this.#stay();
    else if (this.#phase === 'stays') this.#leave(why);
  }

  stop(): void {
    this.#cancel();
  }

  #leave(because: string): void {
    const { clock, log, speaker, wait } = this.#options;
    this.#phase = 'leaving';
    log.info('this node leaves, its routers are asked to prefer others', { because, wait });
    speaker.drain(true);
    this.#cancel = clock.after(speaker.hasListeners ? wait : 0, () => {
      this.#phase = 'left';
      void speaker.leave().then(() => {
        if (this.#phase !== 'left') return; // it came back while its last words were read
        log.info('this node has left, everything is withdrawn', { because });
        this.#options.left();
      });
    });
  }

  #stay(): void {
    if (this.#phase === 'stays') return;
    const { log, speaker } = this.#options;
    this.#cancel();
    log.info('this node stays');
    if (this.#phase === 'left') speaker.comeBack();
    else speaker.drain(false);
    this.#phase = 'stays';
  }
}
