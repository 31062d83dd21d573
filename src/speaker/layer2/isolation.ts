/**
 * Whether this node is the one that is cut off. A speaker that hears no other one any more asks the API server. Where that
 * does not answer either, it is cut off, and stops answering; of two speakers nobody can tell which one is, so both keep what
 * they have. One that a larger set of speakers does not hear is cut off at once. When it can be reached again, it first reads who
 * answers now.
 */
import type { Clock, Millis } from '../../base/clock.ts';

/** The API server has to answer within this time. */
export const ASK_TIMEOUT: Millis = 300;
/** Until it is asked again. */
const ASK_INTERVAL: Millis = 500;

export type IsolationState =
  /** It hears others, or the API server answers. */
  | 'connected'
  /** Nothing is known yet: nothing changes meanwhile. */
  | 'asking'
  | 'cut-off';

export type IsolationOptions = {
  readonly clock: Clock;
  /** Whether the API server answers within `ASK_TIMEOUT`. */
  readonly ask: () => Promise<boolean>;
  /** Reads again who answers for what: what a speaker knew before it was cut off is of the past. False where it cannot. */
  readonly refresh: () => Promise<boolean>;
  readonly changed: (state: IsolationState) => void;
};

export class Isolation {
  readonly #options: IsolationOptions;
  #state: IsolationState = 'connected';
  #isAlone = false;
  #isOutside = false;
  #isStopped = false;
  #cancel: () => void = () => {};

  constructor(options: IsolationOptions) {
    this.#options = options;
  }

  get state(): IsolationState {
    return this.#state;
  }

  /** Whether a larger set of speakers does not hear this one. */
  get isOutside(): boolean {
    return this.#isOutside;
  }

  /** Whether the speaker hears no other one. */
  setAlone(isAlone: boolean): void {
    if (isAlone === this.#isAlone) return;
    this.#isAlone = isAlone;
    this.#cancel();
    if (isAlone) {
      if (this.#state !== 'cut-off') this.#become('asking');
      void this.#ask();
    } else if (this.#state === 'cut-off') void this.#return();
    else this.#become('connected');
  }

  setOutside(isOutside: boolean): void {
    if (isOutside === this.#isOutside) return;
    this.#isOutside = isOutside;
    if (isOutside) this.#become('cut-off');
    else if (!this.#isAlone && this.#state === 'cut-off') void this.#return();
  }

  stop(): void {
    this.#isStopped = true;
    this.#isAlone = false;
    this.#cancel();
  }

  async #ask(): Promise<void> {
    const isAnswered = await this.#options.ask();
    if (!this.#isAlone) return;
    if (!isAnswered) this.#become('cut-off');
    else if (this.#state === 'cut-off') await this.#return();
    else this.#become('connected');
    if (this.#isAlone) this.#cancel = this.#options.clock.after(ASK_INTERVAL, () => void this.#ask());
  }

  async #return(): Promise<void> {
    if (this.#isOutside) return;
    const isRead = await this.#options.refresh();
    if (this.#isStopped || this.#isOutside) return;
    if (isRead) this.#become('connected');
    else if (!this.#isAlone)
      this.#cancel = this.#options.clock.after(ASK_INTERVAL, () => void this.#return());
  }

  #become(state: IsolationState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.changed(state);
  }
}
