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
import { legacyConfigNames } from '../old-configmap.ts';
import { OLD_CONFIGURATION } from '../old-configuration.ts';
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
import { MODEL_INTERVAL_CHANGED, ModelPace } from './model-pace.ts';
import { listKind } from './read-kind.ts';
import { haveSameRevisions, isSameRevision } from './revisions.ts';
import { watchServices } from './service-watch.ts';

/** Between two reads of the Lease, which is renewed every two seconds, and needs the right to get it alone. */
const LEASE_INTERVAL: Millis = 2000;
/** Between two tries to read what could not be read. */
const RETRY_INTERVAL: Millis = 10_000;
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
  readonly #pace: ModelPace;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#pace = new ModelPace(options.clock.now());
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
    const { client, clock, changed } = this.#options;
    const tasks: Promise<void>[] = [];
    // Each watch listens to it.
    setMaxListeners(0, signal);
    const begunAt = clock.now();
    const overview = await readLiveOverview({ ...this.#options, sender: client });
    this.#overview = overview;
    this.#pace.end(begunAt, clock.now());
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
    const old = oldKinds(overview);
    for (const kind of OVERVIEW_KINDS) {
      if (old.has(kind)) continue;
      const reading = kinds.find((one) => one.kind === kind);
      if (kind === 'Lease' || this.#watched.has(kind) || reading === undefined || !isRead(reading)) continue;
      this.#watched.add(kind);
      const selection = selectionOf(kind, this.#options.flags);
      let isFirst = true;
      const watch = watchKind(
        this.#options,
        { selection, newReading: () => this.#newReading() },
        (objects) => {
          this.#pending.set(kind, objects);
          // A watch begins with a list, which is what was read in most cases.
          if (!isFirst || !haveSameRevisions(overview.objectsOf(kind).objects, objects().objects))
            this.#pace.noteChange();
          isFirst = false;
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
    for (const kind of oldKinds(overview)) wanted.add(kind);
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
          const before = overview.serviceOf(service.key);
          if (before === undefined || !isSameRevision(before, service)) this.#pace.noteChange();
          overview.putService(service);
          changed();
        },
        removed: (key) => {
          overview.removeService(key);
          this.#pace.noteChange();
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
    while (await pause(clock, MODEL_INTERVAL_CHANGED, signal)) {
      const begunAt = clock.now();
      if (!this.#pace.isDue(begunAt)) continue;
      this.#pace.begin();
      const reading = this.#newReading();
      const { flags } = this.#options;
      const [announcing, claims] = await Promise.all([
        readLiveAnnouncing(reading, flags, clock.wall()),
        readClaims(reading, flags),
      ]);
      setAnnouncing(overview, announcing);
      overview.setExternalClaims(claims);
      this.#pace.end(begunAt, clock.now());
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

const OLD_KINDS: ReadonlySet<string> = new Set(OLD_CONFIGURATION.map(({ kind }) => kind));

/** Kinds that the old ConfigMap stands for: no watch of them would show it, so it is read now and then. */
function oldKinds(overview: Overview): ReadonlySet<OverviewKind> {
  const { speaker, controller } = legacyConfigNames(overview.objectsOf('Pod').objects);
  const isOld = speaker != null || controller != null;
  return new Set(isOld ? OVERVIEW_KINDS.filter((kind) => OLD_KINDS.has(kind)) : []);
}
