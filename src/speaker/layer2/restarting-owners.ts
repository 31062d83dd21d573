/**
 * Owners that a speaker leaves their addresses after its start, since they may start at the same time. Where the Pods of all
 * speakers are deleted at once, the first that is back would take what the others had, and every address would move. Some of
 * the others have no Pod yet at that moment: each is made when the one before it is gone.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Layer2State } from '../../layer2/election/layer2-state.ts';

/** After the first election. Pods that were deleted at one time start within seconds of each other; until then nobody answers. */
export const RESTART_WAIT: Millis = 10_000;

export type RestartingOwnersOptions = {
  readonly clock: Clock;
  /** This one. */
  readonly node: string;
  /** The time is over. */
  readonly changed: () => void;
};

export class RestartingOwners {
  readonly #options: RestartingOwnersOptions;
  /** Null before the first election. */
  #awaited: ReadonlySet<string> | null = null;
  #cancelTimer: (() => void) | null = null;

  constructor(options: RestartingOwnersOptions) {
    this.#options = options;
  }

  /**
   * What this node may take of `state`. `restarting` is of `SpeakerPresence`: who did not run at the first election is waited for
   * as long as it is among them.
   */
  ownable(state: Layer2State, restarting: ReadonlySet<string>): Layer2State {
    const { clock, node, changed } = this.#options;
    if (this.#awaited === null && restarting.size > 0)
      this.#cancelTimer = clock.after(RESTART_WAIT, () => {
        this.#awaited = new Set();
        changed();
      });
    const awaited = new Set([...(this.#awaited ?? restarting)].filter((one) => restarting.has(one)));
    this.#awaited = awaited;
    if (awaited.size === 0) return state;
    const elections = state.elections.filter(
      ({ owner, recorded }) => owner?.node !== node || recorded === null || !awaited.has(recorded),
    );
    return elections.length === state.elections.length ? state : { ...state, elections };
  }

  stop(): void {
    this.#cancelTimer?.();
  }
}
