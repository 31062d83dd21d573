/**
 * Feed of the overview of a live cluster: everything is read once, and then watched. What could not be read is asked for again
 * now and then; so is what Calico and the speakers announce, which their models compute from all objects at once, and which Services
 * Calico's own allocator serves.
 */
import { setMaxListeners } from 'node:events';
import { pause } from '../../../base/abort.ts';
import type { Millis } from '../../../base/clock.ts';
import type { OverviewDocument } from '../../../overview/document.ts';
import { OVERVIEW_KINDS, type OverviewKind } from '../../../overview/kinds.ts';
import { isRead, type KindObjects } from '../../../overview/knowledge.ts';
import type { Overview } from '../../../overview/overview.ts';
import type { ClusterReading } from '../cluster-reading.ts';
import { type WatchContext, watchKind } from './kind-watch.ts';
import { readLiveAnnouncing } from './live-announcing.ts';
import {
  type LiveOverviewOptions,
  newReading,
  readClaims,
  readLease,
  readLiveOverview,
  selectionOf,
  selectsNamespaces,
  setAnnouncing,
} from './live-overview.ts';
import { listKind } from './read-kind.ts';
import { watchServices } from './service-watch.ts';

/** Between two reads of the Lease, which is renewed every two seconds, and needs the right to get it alone. */
const LEASE_INTERVAL: Millis = 2000;
/** Between two tries to read what could not be read. */
const RETRY_INTERVAL: Millis = 10_000;
/** Between the end of one run of the models and the begin of the next, at least: where nothing has changed, and where something has. */
const MODEL_INTERVAL: Millis = 10_000;
const MODEL_INTERVAL_CHANGED: Millis = 2000;
/** The pause is so many times as long as the run before it: in a large cluster, the models run for a tenth of the time. */
const MODEL_PAUSE_FACTOR = 9;

export type FeedOptions = Omit<LiveOverviewOptions, 'sender'> &
  WatchContext & {
    /** Something is different; called often. */
    readonly changed: () => void;
  };

export class OverviewFeed {
  readonly #options: FeedOptions;
  #overview: Overview | null = null;
  /** Kinds that have changed since the last document, with their objects. */
  readonly #pending = new Map<OverviewKind, () => KindObjects>();
  readonly #watched = new Set<OverviewKind>();
  /** Something has changed since the models were last run. */
  #hasChanged = true;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Null until everything has been read once, or failed to be. */
  document(wall: Millis): OverviewDocument | null {
    return this.overview?.document(wall) ?? null;
  }

  /** The same, with all changes so far. */
  get overview(): Overview | null {
    for (const [kind, objects] of this.#pending) this.#overview?.setKind(kind, objects());
    this.#pending.clear();
    return this.#overview;
  }

  /** Resolves when `signal` is aborted and all watches are closed. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, changed } = this.#options;
    const tasks: Promise<void>[] = [];
    // Each watch listens to it.
    setMaxListeners(0, signal);
    const overview = await readLiveOverview({ ...this.#options, sender: client });
    this.#overview = overview;
    changed();
    tasks.push(
      this.#watchServices(overview, signal),
      this.#repeat(LEASE_INTERVAL, signal, async () => {
        overview.setKind('Lease', await readLease(this.#newReading()));
      }),
      this.#repeatModels(overview, signal),
      this.#repeat(RETRY_INTERVAL, signal, () => this.#readAgain(overview, signal, tasks)),
    );
    this.#watchKinds(overview, signal, tasks);
    // Tasks are added while others run.
    for (const task of tasks) await task;
  }

  #watchKinds(overview: Overview, signal: AbortSignal, tasks: Promise<void>[]): void {
    const { kinds } = overview.document(0);
    for (const kind of OVERVIEW_KINDS) {
      const reading = kinds.find((one) => one.kind === kind);
      if (kind === 'Lease' || this.#watched.has(kind) || reading === undefined || !isRead(reading)) continue;
      this.#watched.add(kind);
      const selection = selectionOf(kind, this.#options.flags);
      const watch = watchKind(
        this.#options,
        { selection, newReading: () => this.#newReading() },
        (objects) => {
          this.#pending.set(kind, objects);
          this.#hasChanged = true;
          this.#options.changed();
        },
      );
      tasks.push(watch(signal));
    }
  }

  /** A right that somebody has got meanwhile counts from then on. */
  async #readAgain(overview: Overview, signal: AbortSignal, tasks: Promise<void>[]): Promise<void> {
    const { flags } = this.#options;
    const reading = this.#newReading();
    const wanted = new Set(overview.document(0).kinds.flatMap((one) => (isRead(one) ? [] : [one.kind])));
    // An edit may be the first that makes a pool select by their labels.
    if (overview.objectsOf('IPAddressPool').objects.some(selectsNamespaces)) wanted.add('Namespace');
    for (const kind of OVERVIEW_KINDS) {
      if (this.#watched.has(kind) || !wanted.has(kind)) continue;
      if (kind !== 'Lease') overview.setKind(kind, await listKind(reading, selectionOf(kind, flags)));
    }
    this.#watchKinds(overview, signal, tasks);
  }

  #watchServices(overview: Overview, signal: AbortSignal): Promise<void> {
    const { changed, flags } = this.#options;
    const { kinds, services } = overview.document(0);
    const missing = kinds.find(({ kind, state }) => kind === 'Service' && !isRead({ state })) ?? null;
    const namespace = flags.namespace || (services?.namespace ?? null);
    const watch = watchServices(
      this.#options,
      {
        namespace,
        known: services?.items.map(({ service }) => service) ?? [],
        newReading: () => this.#newReading(),
      },
      {
        changed: (service) => {
          overview.putService(service);
          this.#hasChanged = true;
          changed();
        },
        removed: (key) => {
          overview.removeService(key);
          this.#hasChanged = true;
          changed();
        },
        read: (reading) => {
          // Those of all namespaces stay out of reach.
          overview.setServicesReading(reading, namespace === null ? null : missing);
          changed();
        },
      },
    );
    return watch(signal);
  }

  async #repeatModels(overview: Overview, signal: AbortSignal): Promise<void> {
    const { clock, changed } = this.#options;
    let ended = clock.now();
    let least = 0;
    while (await pause(clock, MODEL_INTERVAL_CHANGED, signal)) {
      const interval = Math.max(least, this.#hasChanged ? MODEL_INTERVAL_CHANGED : MODEL_INTERVAL);
      const begin = clock.now();
      if (begin - ended < interval) continue;
      this.#hasChanged = false;
      const reading = this.#newReading();
      const { flags } = this.#options;
      const [announcing, claims] = await Promise.all([
        readLiveAnnouncing(reading, flags, clock.wall()),
        readClaims(reading, flags),
      ]);
      setAnnouncing(overview, announcing);
      overview.setExternalClaims(claims);
      ended = clock.now();
      least = MODEL_PAUSE_FACTOR * (ended - begin);
      changed();
    }
  }

  #newReading(): ClusterReading {
    return newReading({ ...this.#options, sender: this.#options.client });
  }

  /** `work` again and again, `interval` after its end. */
  async #repeat(interval: Millis, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    while (await pause(this.#options.clock, interval, signal)) {
      await work();
      this.#options.changed();
    }
  }
}
