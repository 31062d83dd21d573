/**
 * Makes the Secret by which speakers authenticate each other, where there is none, as MetalLB's controller does. It is never
 * read: the API server refuses to create one that exists. So the controller needs no right to read Secrets.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Log } from '../../observe/log.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';

/** A Secret that somebody deleted is made again after this time at most. */
export const SECRET_INTERVAL: Millis = 600_000;
/** After an attempt that failed. */
const RETRY_INTERVAL: Millis = 30_000;

export type SpeakerSecretOptions = {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** `--ml-secret-name`; '' makes none. */
  readonly name: string;
  /** A new random secret under that name; `stale` where it exists. */
  readonly create: () => Promise<RequestOutcome<void>>;
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
    const { clock, log, name, create, isLeading } = this.#options;
    if (!isLeading()) return;
    const outcome = await create();
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
