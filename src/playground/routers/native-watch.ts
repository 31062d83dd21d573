/**
 * This file runs the speakers with the simulated routers, and prints changes of the routes that the routers learn. It polls,
 * because speakers have no events for their decisions.
 */
import { type Millis, sleep } from '../../base/clock.ts';
import type { InformerContext } from '../../runtime/main/informer.ts';
import type { SpeakerProgram } from '../../speaker/main/speaker-program.ts';
import type { PlaygroundCluster } from '../cluster/cluster.ts';
import type { ServiceRow } from '../cluster/service-row.ts';
import type { LearnedRoutesByService } from './learned-routes.ts';
import { nativeLearnedRoutes } from './native-learned-routes.ts';
import { PlaygroundSpeakers } from './playground-speakers.ts';
import { describeRouteChanges } from './route-changes.ts';
import type { PrintLine, SimulatedRouters } from './simulated-routers.ts';

const POLL_INTERVAL: Millis = 200;
/** The largest number of polls in a row that are skipped while updates are in transit. */
const BUSY_POLLS_MAX = 10;
const SETTLE_POLL_INTERVAL: Millis = 20;

export type NativeWatchOptions = {
  readonly context: InformerContext;
  readonly cluster: PlaygroundCluster;
  readonly routers: SimulatedRouters;
  /** The current rows of all Services. */
  readonly rows: () => readonly ServiceRow[];
  /** Called with the line for each change. */
  readonly print: PrintLine;
  /** Called with each error, also before the table is printed. */
  readonly printError: PrintLine;
};

export class NativeWatch {
  readonly #options: NativeWatchOptions;
  readonly #speakers: PlaygroundSpeakers;
  #learned: LearnedRoutesByService = new Map();
  #changeCount = 0;
  #busyPolls = 0;
  #cancelTimer: () => void = () => {};

  constructor(options: NativeWatchOptions) {
    const { context, cluster, routers, print, printError } = options;
    this.#options = options;
    this.#speakers = new PlaygroundSpeakers({
      ...{ context, cluster, printError },
      sessionOpenerFor: (node, getNodeAddresses) => routers.sessionOpenerFor(node, getNodeAddresses),
    });
    routers.print = print;
  }

  get learned(): LearnedRoutesByService {
    return this.#learned;
  }

  /** Resolves after `signal` was aborted and all sessions and watches are closed. */
  async run(signal: AbortSignal): Promise<void> {
    const { routers } = this.#options;
    try {
      await this.#speakers.run(signal);
    } finally {
      this.#cancelTimer();
      await routers.close(); // routers first: a speaker without sessions shuts down at once
      await this.#speakers.shutDown();
    }
  }

  /**
   * Starts the speakers. Resolves when every session is established and every route is learned. False where it took longer
   * than `timeoutMs`.
   */
  async waitUntilSettled(timeoutMs: Millis, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options.context;
    const deadline = clock.now() + timeoutMs;
    let isSettled = await this.#speakers.start(timeoutMs);
    while (isSettled && !(this.#isInSync && this.#areEstablished && this.#isEverythingLearned)) {
      if (signal.aborted || clock.now() >= deadline) isSettled = false;
      else await sleep(clock, SETTLE_POLL_INTERVAL);
    }
    this.#learned = this.#compute();
    if (!signal.aborted) this.#scheduleNextPoll();
    return isSettled;
  }

  #scheduleNextPoll(): void {
    const { clock } = this.#options.context;
    this.#cancelTimer = clock.after(POLL_INTERVAL, () => {
      this.#poll();
      this.#scheduleNextPoll();
    });
  }

  /** Computes the routes when nothing has changed since the last poll: all updates have then been received. */
  #poll(): void {
    const { routers, rows, print } = this.#options;
    const isQuiet = this.#isInSync && routers.changeCount === this.#changeCount;
    this.#changeCount = routers.changeCount;
    this.#busyPolls = isQuiet ? 0 : this.#busyPolls + 1;
    if (!isQuiet && this.#busyPolls < BUSY_POLLS_MAX) return;
    this.#busyPolls = 0;
    const before = this.#learned;
    const now = this.#compute();
    const shown = new Set(rows().map(({ key }) => key));
    const kept = [...before].filter(([key]) => shown.has(key) && !now.has(key));
    this.#learned = new Map([...kept, ...now]);
    for (const line of describeRouteChanges(before, this.#learned)) print(line);
  }

  #compute(): LearnedRoutesByService {
    const { routers, rows } = this.#options;
    const speakers = this.#programs.map(([node, program]) => ({
      node,
      serviceStatus: (key: string) => program.serviceStatus(key),
      hasLeft: () => program.statusApi().peers().phase === 'left',
      neighbours: program.neighbours,
    }));
    return nativeLearnedRoutes(rows(), { speakers, ribs: routers.ribs });
  }

  get #programs(): readonly (readonly [node: string, program: SpeakerProgram])[] {
    return this.#speakers.running;
  }

  /** Whether the routers have received every route that the speakers have sent. */
  get #isInSync(): boolean {
    return this.#programs.every(([node, program]) => {
      const counts = program.neighbours.flatMap(({ rib }) => [rib.counts(4), rib.counts(6)]);
      const advertisedCount = counts.reduce((sum, one) => sum + one.advertised, 0);
      const hasPending = counts.some(({ pending }) => pending > 0);
      return !hasPending && advertisedCount === this.#options.routers.countPrefixesFrom(node);
    });
  }

  get #areEstablished(): boolean {
    return this.#programs.every(
      ([, program]) =>
        program.notReady() === null &&
        program.neighbours.every(({ session }) => session.state === 'Established'),
    );
  }

  get #isEverythingLearned(): boolean {
    const served = this.#options.rows().filter(({ state }) => state === 'assigned');
    const known = this.#compute();
    return served.every(({ key }) => known.has(key));
  }
}
