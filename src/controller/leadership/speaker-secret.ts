/**
 * Fills the Secret by which speakers authenticate each other, where it is empty, as MetalLB's controller makes one. It is never
 * read: the API server refuses to fill one that has a key.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Log } from '../../observe/log.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';

/** A Secret that somebody emptied is filled again after this time at most. */
export const SECRET_INTERVAL: Millis = 600_000;
/** After an attempt that failed. */
const RETRY_INTERVAL: Millis = 30_000;

export type SpeakerSecretOptions = {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** `--ml-secret-name`; '' fills none. */
  readonly name: string;
  /** Puts a new random key under that name; `stale` where there is one. */
  readonly fill: () => Promise<RequestOutcome<void>>;
  readonly isLeading: () => boolean;
};

export class SpeakerSecret {
  readonly #options: SpeakerSecretOptions;
  #cancel: () => void = () => {};
  #lastProblem: string | null = null;

  constructor(options: SpeakerSecretOptions) {
    this.#options = options;
  }

  /** This process leads. It goes on until it does not. */
  start(): void {
    this.#cancel();
    if (this.#options.name !== '') void this.#ensure();
  }

  stop(): void {
    this.#cancel();
  }

  async #ensure(): Promise<void> {
    const { clock, log, name, fill, isLeading } = this.#options;
    if (!isLeading()) return;
    const outcome = await fill();
    if (!isLeading()) return;
    const problem = 'because' in outcome ? outcome.because : null;
    if (outcome.kind === 'done')
      log.info('made the secret by which speakers authenticate each other', { secretName: name });
    else if (problem !== null && problem !== this.#lastProblem)
      log.warn('cannot make the secret of the speakers, without one they do not authenticate each other', {
        secretName: name,
        because: problem,
      });
    this.#lastProblem = problem;
    this.#cancel();
    this.#cancel = clock.after(
      problem === null ? SECRET_INTERVAL : RETRY_INTERVAL,
      () => void this.#ensure(),
    );
  }
}
