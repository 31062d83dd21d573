/** Tracks whether an informer's list and watch work, and logs when they begin to fail and when they have recovered. */

import type { Clock, Millis } from '../../base/clock.ts';
import type { ReflectorState } from '../../kube/informer/reflector.ts';
import type { Log } from '../../observe/log.ts';

const INITIAL_STATE: ReflectorState = { phase: 'listing', problem: null, filtersLocally: false };

export type InformerHealthOptions = {
  readonly clock: Clock;
  readonly log: Log;
  /** The resource, for the log. */
  readonly name: string;
  /** A server without this kind is nothing to log. */
  readonly mayBeAbsent: boolean;
};

export class InformerHealth {
  readonly #options: InformerHealthOptions;
  #state = INITIAL_STATE;
  #recoveredAt: Millis | null = null;

  constructor(options: InformerHealthOptions) {
    this.#options = options;
  }

  /** Whether the server has no such kind. */
  get isAbsent(): boolean {
    return this.#state.problem?.kind === 'absent';
  }

  get isWatching(): boolean {
    return this.#state.phase === 'watching';
  }

  /** Why the last list or watch failed; null where it did not. */
  get watchError(): string | null {
    return describeProblem(this.#state);
  }

  /** When a list or watch last failed, by the monotonic clock; null where none ever did. */
  lastFailedAt(): Millis | null {
    return this.#state.problem === null ? this.#recoveredAt : this.#options.clock.now();
  }

  update(state: ReflectorState): void {
    const { clock, log, name: resource, mayBeAbsent } = this.#options;
    const previous = this.#state;
    this.#state = state;
    const [before, now] = [describeProblem(previous), describeProblem(state)];
    if (before !== null) this.#recoveredAt = clock.now();
    if (mayBeAbsent && (state.problem ?? previous.problem)?.kind === 'absent') return;
    if (now !== null && now !== before) log.warn('watch failing', { resource, because: now });
    else if (now === null && before !== null) log.info('watch recovered', { resource });
  }

  /** The informer was stopped: what it last said of the server counts no more. */
  reset(): void {
    this.#state = INITIAL_STATE;
    this.#recoveredAt = null;
  }
}

function describeProblem({ problem }: ReflectorState): string | null {
  if (problem === null) return null;
  return problem.kind === 'absent' ? 'the API server does not serve this kind' : problem.because;
}
