/** The election of the controller: one Lease, in the namespace of the pools; or none, for a single replica. */
import { untilAborted } from '../../base/abort.ts';
import type { Millis } from '../../base/clock.ts';
import { Listeners } from '../../base/listeners.ts';
import { Elector } from '../../kube/election/elector.ts';
import type { InformerContext } from '../../runtime/main/informer.ts';
import type { ControllerSettings } from './settings.ts';

export const LEASE_NAME = 'berth-controller';

/** The first election is waited for a moment, so that a leader's first list is its consistent one as well. */
const FIRST_ELECTION_TIMEOUT: Millis = 300;

export class ControllerElection {
  /** A term has begun; the last leader wrote up to `inheritedVersion`, '' where it did not say. */
  readonly elected = new Listeners<[inheritedVersion: string]>();
  /** The term is over. */
  readonly lost = new Listeners();
  readonly #context: InformerContext;
  /** Null for a single replica, which always leads. */
  readonly #elector: Elector | null;
  readonly #renewDeadline: Millis;
  readonly #firstElection: Promise<void>;

  /** `lastWrittenVersion` is left to the successor. */
  constructor(
    context: InformerContext,
    { namespace, identity, election }: Pick<ControllerSettings, 'namespace' | 'identity' | 'election'>,
    lastWrittenVersion: () => string,
  ) {
    const { client, clock, random, log } = context;
    this.#renewDeadline = election?.renewDeadline ?? 0;
    this.#context = context;
    this.#firstElection = new Promise((resolve) => {
      this.elected.add(() => resolve());
    });
    this.#elector =
      election === null
        ? null
        : new Elector({
            ...{ client, clock, random, namespace, name: LEASE_NAME, identity, timing: election },
            lastWrittenVersion,
            on: {
              elected: (_, inheritedVersion) => this.elected.notify(inheritedVersion),
              lost: () => this.lost.notify(),
              requestFailed: (because) => log.warn('election request failed', { because }),
            },
          });
  }

  get isLeading(): boolean {
    return this.#elector?.isLeading ?? true;
  }

  /** Whether a write may go out in this very turn. */
  mayWrite(): boolean {
    return this.#elector?.mayWrite() ?? true;
  }

  /**
   * Nobody else leads before a write has ended that takes up to `writeTimeout`. Gives the function to call at its end; null
   * where this process does not lead.
   */
  extendLease(writeTimeout: Millis): Promise<(() => void) | null> {
    if (this.#elector === null) return Promise.resolve(() => {});
    return this.#elector.extendLease(this.#renewDeadline + writeTimeout);
  }

  /** Settles with the first election, or when it takes too long. */
  async waitForFirstElection(): Promise<void> {
    let giveUp = (): void => {};
    const timeout = new Promise<void>((resolve) => {
      giveUp = this.#context.clock.after(FIRST_ELECTION_TIMEOUT, resolve);
    });
    await Promise.race([this.#firstElection, timeout]);
    giveUp();
  }

  /** Until `signal` is aborted and the Lease is given back. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#elector !== null) return this.#elector.run(signal);
    this.elected.notify('');
    await untilAborted(signal);
  }
}
