/**
 * While a watch fails, lists instead: that tells what is wrong, or gives the objects to those who may list and not watch. A list
 * that gets no answer for a while means that nothing is known any more.
 */
import type { Clock, Millis } from '../../../base/clock.ts';
import type { ReflectorState } from '../../../kube/informer/reflector.ts';

/** Without an answer for this time, what was known is not taken for true. */
export const ANSWER_WITHIN: Millis = 3000;
/** Between the end of one list and the begin of the next. */
export const PROBE_INTERVAL: Millis = 2000;

export type ProbeHandler = {
  /** Lists, and reports the result, unless `isCurrent` is false by then: the watch works again. */
  readonly list: (isCurrent: () => boolean) => Promise<void>;
  /** There was no answer in time. */
  readonly unanswered: (because: string) => void;
};

export class FailureProbe {
  readonly #clock: Clock;
  readonly #handler: ProbeHandler;
  #failure: { readonly because: string } | null = null;
  #cancel: () => void = () => {};

  constructor(clock: Clock, handler: ProbeHandler) {
    this.#clock = clock;
    this.#handler = handler;
  }

  /** The state of the watch. */
  update({ problem }: Pick<ReflectorState, 'problem'>): void {
    if (problem?.kind !== 'failing') this.stop();
    else if (this.#failure === null) {
      const failure = { because: problem.because };
      this.#failure = failure;
      void this.#probe(failure);
    }
  }

  stop(): void {
    this.#failure = null;
    this.#cancel();
  }

  async #probe(failure: { readonly because: string }): Promise<void> {
    const isCurrent = (): boolean => this.#failure === failure;
    const cancel = this.#clock.after(ANSWER_WITHIN, () => {
      if (isCurrent()) this.#handler.unanswered(failure.because);
    });
    await this.#handler.list(isCurrent);
    cancel();
    if (isCurrent()) this.#cancel = this.#clock.after(PROBE_INTERVAL, () => void this.#probe(failure));
  }
}
