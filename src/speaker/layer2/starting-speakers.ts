/**
 * What a speaker leaves alone after its start, since others may start at the same time. Where the Pods of all speakers are deleted at
 * once, the first that is back would take what the others had, and every address would move. Where all start for the first time,
 * each would answer for every address until it knows of the next. Some of the others have no Pod yet at that moment: each is made
 * when the one before it is gone.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { GroupElection } from '../../layer2/election/group-election.ts';
import type { Layer2State } from '../../layer2/election/layer2-state.ts';

/**
 * After the first election, addresses wait so long for the owner that is recorded. Pods that were deleted at one time start within
 * seconds of each other; until then nobody answers.
 */
export const RESTART_WAIT: Millis = 10_000;

/** So long wait those that have no owner on record, until all speakers elect among the same. */
export const FIRST_CLAIM_WAIT: Millis = 3000;

export type StartingSpeakersOptions = {
  readonly clock: Clock;
  /** This one. */
  readonly node: string;
  /** One of the times is over. */
  readonly changed: () => void;
};

export class StartingSpeakers {
  readonly #options: StartingSpeakersOptions;
  /** Null before the first election. */
  #awaited: ReadonlySet<string> | null = null;
  #mayClaim = false;
  readonly #timers: (() => void)[] = [];

  constructor(options: StartingSpeakersOptions) {
    this.#options = options;
  }

  /**
   * What this node may take of `state`, or say that nobody can answer for. `expected` is of `SpeakerPresence`: who did not run at the first election is waited for
   * as long as it is among them.
   */
  ownable(state: Layer2State, expected: ReadonlySet<string>): Layer2State {
    if (this.#awaited === null && expected.size > 0) this.#startTimers();
    const awaited = new Set([...(this.#awaited ?? expected)].filter((one) => expected.has(one)));
    this.#awaited = awaited;
    if (awaited.size === 0) return state;
    const elections = state.elections.filter((election) => this.#mayTake(election, awaited));
    return elections.length === state.elections.length ? state : { ...state, elections };
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
  }

  /** Where nobody can answer, each that starts would find itself the one that says so. */
  #mayTake({ owner, withoutInterface, recorded }: GroupElection, awaited: ReadonlySet<string>): boolean {
    if ((owner?.node ?? withoutInterface) !== this.#options.node) return true;
    return recorded === null ? this.#mayClaim : !awaited.has(recorded);
  }

  #startTimers(): void {
    const { clock, changed } = this.#options;
    const startClaiming = clock.after(FIRST_CLAIM_WAIT, () => {
      this.#mayClaim = true;
      changed();
    });
    const endWait = clock.after(RESTART_WAIT, () => {
      this.#awaited = new Set();
      changed();
    });
    this.#timers.push(startClaiming, endWait);
  }
}
