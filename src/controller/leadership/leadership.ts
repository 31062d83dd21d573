/**
 * Terms of leadership: from the election to serving, and back to standby. Who is elected lists once more, adopts every
 * published address, and only then assigns new ones. While MetalLB's controller is ready, a leader does not serve.
 */
import type { Log } from '../../observe/log.ts';
import type { ConfigurationStateWriter } from '../../runtime/configuration-state.ts';
import type { PoolReconciler } from '../pools/reconciler.ts';
import type { PoolStatusWriter } from '../pools/status-writer.ts';
import type { PoolWarnings } from '../pools/warnings.ts';
import type { ServiceReconciler } from '../services/reconciler.ts';
import type { MetalLBGuard } from './metallb-guard.ts';

/** Read by the components; changed by `Leadership` alone. */
export type LeadershipState = {
  /** This process may write, as far as the election goes. */
  isElected: boolean;
  /** It has adopted everything, and assigns addresses. */
  isServing: boolean;
};

export type LeadershipOptions = {
  readonly log: Log;
  readonly state: LeadershipState;
  readonly election: { readonly isLeading: boolean };
  readonly guard: Pick<MetalLBGuard, 'blocksStart' | 'changed' | 'reset'>;
  readonly components: TermComponents;
  /** Makes the consistent lists of a new term; false where the process stops meanwhile. */
  readonly relist: (inheritedVersion: string) => Promise<boolean>;
  /** Searches once for state of earlier versions; `isWanted` returns whether the term continues. */
  readonly startupScan: (isWanted: () => boolean) => Promise<void>;
  readonly onFatalError: (error: unknown) => void;
};

/** What a term starts and stops. */
export type TermComponents = {
  /** How the others write: at length during a term, and briefly after it. */
  readonly writes: { begin(): void; end(): void };
  readonly services: Pick<ServiceReconciler, 'begin' | 'stop'>;
  readonly pools: Pick<
    PoolReconciler,
    'firstList' | 'review' | 'reportComplaints' | 'scheduleGraceEnd' | 'stop'
  >;
  readonly poolStatus: Pick<PoolStatusWriter, 'start' | 'stop'>;
  readonly poolWarnings: readonly Pick<PoolWarnings, 'review' | 'stop'>[];
  readonly configurationState: Pick<ConfigurationStateWriter, 'start' | 'stop' | 'summary'>;
  readonly announcements: { changed(): void; stop(): void };
  /** Brings the allocator's knowledge of other objects up to date. */
  readonly updateAllocator: () => void;
  /** A term begins to write to Services. Gives the counts for the log. */
  readonly beginWriting: () => { readonly services: number; readonly pools: number };
};

export class Leadership {
  readonly #options: LeadershipOptions;
  /** Counts up with every election and every loss: what began in an earlier term gives up. */
  #term = 0;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  elected(inheritedVersion: string): void {
    const { state, log } = this.#options;
    state.isElected = true;
    log.info('elected, re-listing before serving', { inherits: inheritedVersion });
    this.#start(inheritedVersion);
  }

  lost(): void {
    this.#options.guard.reset();
    void this.#standDown('the lease was lost');
  }

  /** The Deployment of MetalLB's controller may have changed. */
  metallbChanged(): void {
    const { state, guard } = this.#options;
    if (!state.isElected) return;
    const action = guard.changed(state.isServing);
    if (action === 'end') void this.#standDown('MetalLB became ready');
    if (action === 'begin') this.#start('');
  }

  /** The process stops. Settles when the writes in flight have ended. */
  async stop(): Promise<void> {
    const { components, guard } = this.#options;
    components.pools.stop();
    for (const one of components.poolWarnings) one.stop();
    guard.reset();
    await this.#standDown('stop requested');
  }

  #start(inheritedVersion: string): void {
    this.#term += 1;
    this.#serve(this.#term, inheritedVersion).catch((error) => this.#options.onFatalError(error));
  }

  async #serve(term: number, inheritedVersion: string): Promise<void> {
    const { state, log, relist, startupScan, components } = this.#options;
    const { writes, services, pools, poolStatus, poolWarnings, configurationState, announcements } =
      components;
    // A write of an earlier term that is still in flight would land after the new lists.
    await services.stop();
    if (term !== this.#term || !(await relist(inheritedVersion)) || this.#isBlocked(term)) return;
    writes.begin();
    const previousSummary = configurationState.start();
    // An unreadable ConfigMap is not an empty configuration: nothing is done until it can be read.
    await pools.firstList;
    if (this.#isBlocked(term)) return;
    await pools.review();
    if (this.#isBlocked(term)) return;
    components.updateAllocator();
    state.isServing = true;
    const counts = components.beginWriting();
    services.begin();
    log.info('serving', counts);
    poolStatus.start();
    pools.scheduleGraceEnd();
    for (const one of poolWarnings) one.review();
    announcements.changed();
    const summary = await previousSummary;
    if (term !== this.#term) return;
    pools.reportComplaints({ isReported: summary !== null && summary === configurationState.summary });
    await startupScan(() => term === this.#term);
  }

  /** Whether there is nothing to start: the term is over, or MetalLB's controller is ready. */
  #isBlocked(term: number): boolean {
    if (term !== this.#term) return true;
    const isBlocked = this.#options.guard.blocksStart();
    if (isBlocked) this.#options.components.configurationState.stop();
    return isBlocked;
  }

  /** Settles when the writes in flight have ended. */
  async #standDown(because: string): Promise<void> {
    const { state, log, election, components } = this.#options;
    this.#term += 1;
    const wasServing = state.isServing;
    state.isServing = false;
    if (wasServing) log.info('no longer serving', { because });
    components.poolStatus.stop();
    components.configurationState.stop();
    components.pools.scheduleGraceEnd();
    components.announcements.stop();
    components.writes.end();
    await components.services.stop();
    state.isElected = election.isLeading;
  }
}
