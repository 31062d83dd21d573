/**
 * The controller put together: pictures of the cluster, an election, and the loop that brings Services to what
 * the desk decides. A standby keeps its pictures; who is elected lists once more, adopts everything that
 * stands, and only then grants.
 */
import type { Millis } from '../base/clock.ts';
import type { PoolBook } from '../config/pools.ts';
import { Elector } from '../kube/elector.ts';
import type { EventPoster } from '../kube/events.ts';
import type { LeaseTiming } from '../kube/leasetiming.ts';
import type { DeskOptions } from '../plan/desk.ts';
import { configStateApi, eventApi, poolStatusApi, serviceApi } from './adapters.ts';
import { ConfigState } from './configstate.ts';
import { EventQueue } from './eventqueue.ts';
import { findOldConfigMap, findOrphanedWebhook, findStrays } from './firstlooks.ts';
import { type PictureContext, serviceView } from './pictures.ts';
import { PoolKeeper } from './poolkeeper.ts';
import { PoolStatus } from './poolstatus.ts';
import { Report } from './report.ts';
import { Scenery } from './scenery.ts';
import { exportGauges } from './scrape.ts';
import { ServiceLoop } from './serviceloop.ts';

export const LEASE_NAME = 'berth-controller';

/** The election's first word is waited for so long, so that a leader's first list is also its consistent one. */
const FIRST_WORD_WITHIN: Millis = 300;

export type ControllerSettings = {
  /** Of the pools, the lease and our own objects. */
  readonly namespace: string;
  /** Of this very process. */
  readonly identity: string;
  readonly desk: DeskOptions;
  /** Null for a single replica that asks nobody. */
  readonly election: LeaseTiming | null;
  /** `--config`: run from this ConfigMap of MetalLB 0.12 and older. */
  readonly legacyConfig: string | null;
};

export type ControllerContext = PictureContext & { readonly poster: EventPoster };

export class Controller {
  readonly #context: ControllerContext;
  readonly #settings: ControllerSettings;
  readonly #elector: Elector | null;
  readonly #scenery: Scenery;
  readonly #loop: ServiceLoop;
  readonly #keeper: PoolKeeper;
  readonly #status: PoolStatus;
  readonly #state: ConfigState;
  readonly #events: EventQueue;
  /** This process may lead; counts up with every election and every loss. */
  #term = 0;
  #elected = false;
  /** It leads, has adopted everything, and grants. */
  #active = false;
  #firstWord: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(context: ControllerContext, settings: ControllerSettings) {
    this.#context = context;
    this.#settings = settings;
    const { clock, random, log, metrics, client, poster } = context;
    const { namespace, election, identity } = settings;
    const writer = { client, mayWrite: () => this.#mayWrite() };
    this.#events = new EventQueue({
      clock,
      log,
      api: eventApi(poster),
      lastWrite: () => this.#loop.lastWrite,
      dropped: () => metrics.count('berth_events_dropped_total'),
    });
    this.#state = new ConfigState({ clock, random, log, api: configStateApi(writer, namespace) });
    this.#scenery = new Scenery({
      context,
      namespace,
      legacyConfig: settings.legacyConfig,
      desk: () => this.#loop.desk,
      pools: {
        set: (objects) => this.#keeper.set(objects),
        unreadable: (message) => this.#unreadable(message),
        statusChanged: () => this.#status.changed(),
      },
      on: {
        serviceChanged: (before, after) => this.#active && this.#loop.changed(before, after),
        serviceDeparted: (last) => this.#active && this.#loop.departed(last),
        look: (keys) => this.#active && this.#loop.add(keys),
        rivalChanged: () => this.#rivalChanged(),
      },
    });
    this.#loop = new ServiceLoop({
      clock,
      random,
      log,
      view: serviceView(this.#scenery.services),
      api: serviceApi(writer),
      desk: settings.desk,
      report: new Report({ log, metrics, events: this.#events, touched: () => this.#status.changed() }),
      onBroken: (error) => this.#fail(error),
    });
    const desk = this.#loop.desk;
    this.#status = new PoolStatus({
      clock,
      log,
      api: poolStatusApi(writer, namespace),
      pools: () =>
        this.#scenery.pools.hasStatus
          ? [...desk.book.byName.keys()].filter((name) => desk.ledger.hasPool(name))
          : [],
      counts: (pool) => desk.ledger.counts(pool),
      standing: (pool) => this.#scenery.pools.standing(pool),
    });
    this.#keeper = new PoolKeeper({
      clock,
      log,
      desk,
      namespace,
      look: (keys) => this.#active && this.#loop.add(keys),
      events: (note) => this.#events.add(note),
      isLeading: () => this.#active,
      isCurrent: () => this.#active && this.#scenery.pools.picture.current,
      reviewed: (book) => this.#reviewed(book),
    });
    this.#elector =
      election === null
        ? null
        : new Elector({
            client,
            clock,
            random,
            namespace,
            name: LEASE_NAME,
            identity,
            timing: election,
            on: {
              elected: () => this.#takeOver(),
              lost: () => this.#standDown('the lease was lost'),
              trouble: (because) => log.warn('election request failed', { because }),
            },
          });
    exportGauges({
      metrics,
      clock,
      isLeading: () => this.#active,
      desk,
      loop: this.#loop,
      events: this.#events,
      pictures: this.#scenery.all,
    });
  }

  /** Null when the caches are full, on a standby too; else what is missing. */
  notReady(): string | null {
    const missing = this.#scenery.essential.filter(({ synced }) => !synced);
    if (missing.length === 0) return null;
    return `not listed yet: ${missing.map(({ name, trouble }) => (trouble === null ? name : `${name} (${trouble})`)).join(', ')}`;
  }

  get leading(): boolean {
    return this.#active;
  }

  /**
   * Until `signal` is aborted; then it ends its writes, gives the lease back and hangs up. Rejects where the
   * ledger broke: the process must end and start clean.
   */
  async run(signal: AbortSignal): Promise<void> {
    const hangUp = new AbortController();
    const leave = new AbortController();
    const broken = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const election = this.#elector?.run(leave.signal) ?? Promise.resolve();
    if (this.#elector === null) this.#takeOver();
    else await Promise.race([this.#awaitFirstWord(), stopped, broken]);
    const pictures = this.#scenery.run(hangUp.signal);
    try {
      await Promise.race([stopped, broken]);
    } finally {
      this.#keeper.stop();
      await this.#standDown('told to stop');
      leave.abort();
      await election;
      await this.#events.stop();
      hangUp.abort();
      await pictures;
    }
  }

  #awaitFirstWord(): Promise<void> {
    return new Promise((resolve) => {
      this.#firstWord = resolve;
      if (this.#elected) resolve();
      this.#context.clock.after(FIRST_WORD_WITHIN, resolve);
    });
  }

  #mayWrite(): boolean {
    return this.#elected && (this.#elector?.mayWrite() ?? true);
  }

  // --- terms

  #takeOver(): void {
    this.#elected = true;
    const term = ++this.#term;
    this.#firstWord();
    this.#context.log.info('elected, listing everything once more');
    void this.#begin(term).catch((error) => this.#fail(error));
  }

  async #begin(term: number): Promise<void> {
    const { clock, log, client } = this.#context;
    if (!(await this.#scenery.refresh(clock))) return;
    // A ConfigMap that cannot be read is no configuration: nothing is touched until it can be.
    await this.#keeper.firstPicture;
    if (term !== this.#term) return;
    const rival = this.#scenery.rival;
    if (rival !== null) {
      this.#sayRival();
      return; // `rivalChanged` begins again
    }
    const desk = this.#loop.desk;
    this.#keeper.reviewNow();
    desk.namespacesChanged(this.#scenery.namespaceLabels(), new Set());
    desk.layer2OnlyChanged(this.#scenery.layer2Only());
    this.#active = true;
    this.#loop.begin();
    log.info('serving', { services: this.#scenery.services.store.size, pools: desk.book.byName.size });
    this.#status.start();
    this.#keeper.watchGraces();
    const summary = await this.#state.start();
    if (term !== this.#term) return;
    const isKnown = summary !== null && summary === this.#state.summary;
    this.#keeper.tell({ known: isKnown });
    await findStrays(client, (stray) => this.#active && this.#loop.stray(stray));
    await findOrphanedWebhook(client, log);
    if (desk.book.byName.size === 0 && this.#settings.legacyConfig === null) {
      await findOldConfigMap({ client, log }, this.#settings.namespace);
    }
  }

  /** Settles when what was under way is over. */
  async #standDown(because: string): Promise<void> {
    this.#term++;
    const wasActive = this.#active;
    this.#active = false;
    if (wasActive) this.#context.log.info('no longer serving', { because });
    this.#status.stop();
    this.#state.stop();
    await this.#loop.stop();
    this.#elected = this.#elector?.leading ?? true;
  }

  #rivalChanged(): void {
    if (!this.#elected) return;
    const rival = this.#scenery.rival;
    if (rival !== null && this.#active) {
      this.#sayRival();
      void this.#standDown('MetalLB became ready');
    } else if (rival === null && !this.#active) {
      void this.#begin(++this.#term).catch((error) => this.#fail(error));
    }
  }

  #sayRival(): void {
    const rival = this.#scenery.rival;
    if (rival === null) return;
    const message = `MetalLB's controller is ready in ${this.#settings.namespace}, so Berth grants nothing: scale this Deployment to 0 to hand over (berth migrate metallb says what else there is to do).`;
    this.#context.log.warn('MetalLB is running here, nothing is granted until it is scaled down', {
      deployment: rival.name,
    });
    const about = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: this.#settings.namespace,
      name: rival.name,
      uid: rival.uid,
      resourceVersion: '',
    };
    this.#events.add({ about, event: { type: 'Warning', reason: 'BerthStandsBack', message } });
  }

  // --- pools

  #reviewed(book: PoolBook): void {
    const { metrics } = this.#context;
    const stale = [...book.byName.values()].some(({ issues }) => issues.length > 0);
    metrics.set('metallb_k8s_client_config_loaded_bool', 1);
    metrics.set('metallb_k8s_client_config_stale_bool', stale ? 1 : 0);
    this.#state.set({ kind: 'book', book });
    this.#status.changed();
    const desk = this.#loop.desk;
    const keys = desk.layer2OnlyChanged(this.#scenery.layer2Only());
    if (this.#active) this.#loop.add(keys);
  }

  #unreadable(message: string): void {
    const { metrics, log } = this.#context;
    log.warn('configuration cannot be read, the last good one stays', { because: message });
    metrics.set('metallb_k8s_client_config_stale_bool', 1);
    this.#state.set({ kind: 'trouble', message });
  }
}
