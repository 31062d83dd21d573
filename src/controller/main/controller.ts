/**
 * The controller put together: pictures of the cluster, an election, and the loop that brings Services to what
 * the desk decides. A standby keeps its pictures; who is elected lists once more, adopts everything that
 * stands, and only then grants.
 */
import { aborted } from '../../base/aborted.ts';
import type { ServiceKey } from '../../cluster/service.ts';
import type { PoolBook } from '../../config/pools.ts';
import type { Elector } from '../../kube/elector.ts';
import type { EventPoster } from '../../kube/events.ts';
import type { ConfigState } from '../../program/configstate.ts';
import { EventQueue } from '../../program/eventqueue.ts';
import { eventApi } from '../../program/main/adapters.ts';
import type { PictureContext } from '../../program/main/picture.ts';
import { PoolHealth } from '../poolhealth.ts';
import { PoolKeeper } from '../poolkeeper.ts';
import type { PoolStatus } from '../poolstatus.ts';
import type { PoolWarnings } from '../poolwarnings.ts';
import type { EventNote } from '../ports.ts';
import { Report } from '../report.ts';
import { exportGauges } from '../scrape.ts';
import { ServiceLoop } from '../serviceloop.ts';
import { serviceApi, writeTimeout } from './adapters.ts';
import { Announcing } from './announcing.ts';
import type { CalicoContext } from './calicoside.ts';
import { electorFor } from './election.ts';
import { lookRound } from './firstlooks.ts';
import { FirstWord } from './firstword.ts';
import { poolWarnings } from './neighbours.ts';
import { poolStatusOf } from './poolsource.ts';
import { Scenery } from './scenery.ts';
import { serviceView } from './services.ts';
import type { ControllerSettings } from './settings.ts';
import { StandingBack } from './standingback.ts';
import { configStateOf } from './state.ts';
import { WrittenUpTo } from './writtenupto.ts';

export type ControllerContext = PictureContext & { readonly poster: EventPoster } & CalicoContext;

export class Controller {
  readonly #context: ControllerContext;
  readonly #settings: ControllerSettings;
  readonly #elector: Elector | null;
  readonly #scenery: Scenery;
  readonly #loop: ServiceLoop;
  readonly #keeper: PoolKeeper;
  readonly #status: PoolStatus;
  readonly #state: ConfigState;
  readonly #health: PoolHealth;
  readonly #warnings: PoolWarnings;
  readonly #announcing: Announcing;
  readonly #events: EventQueue;
  readonly #written = new WrittenUpTo();
  readonly #firstWord = new FirstWord();
  readonly #standingBack: StandingBack;
  /** This process may lead; counts up with every election and every loss. */
  #term = 0;
  #elected = false;
  /** It leads, has adopted everything, and grants. */
  #active = false;
  #fail: (error: unknown) => void = () => {};

  constructor(context: ControllerContext, settings: ControllerSettings) {
    this.#context = context;
    this.#settings = settings;
    const { clock, random, log, metrics, client, poster } = context;
    const { namespace, election } = settings;
    const writer = { client, mayWrite: () => this.#mayWrite(), timeout: writeTimeout(election) };
    this.#events = new EventQueue({
      clock,
      log,
      api: eventApi(poster),
      lastWrite: () => this.#loop.lastWrite,
      dropped: () => metrics.count('berth_events_dropped_total'),
    });
    this.#state = configStateOf(context, writer, namespace);
    this.#health = new PoolHealth({ metrics, log, state: this.#state });
    this.#scenery = new Scenery({
      context,
      namespace,
      legacyConfig: settings.legacyConfig,
      desk: () => this.#loop.desk,
      pools: {
        set: (objects) => this.#keeper.set(objects),
        unreadable: (message) => this.#health.unreadable(message),
        statusChanged: () => this.#status.changed(),
      },
      on: {
        serviceChanged: (before, after) => {
          if (this.#active) this.#loop.changed(before, after);
          this.#announcing.serviceChanged(before, after);
        },
        serviceDeparted: (last) => this.#active && this.#loop.departed(last),
        look: (keys) => this.#active && this.#loop.add(keys),
        rivalChanged: () => this.#rivalChanged(),
        nodesChanged: () => this.#warnings.changed(),
      },
    });
    this.#standingBack = new StandingBack({
      ...{ namespace, log },
      rival: (isStandingBack) => this.#scenery.rival(isStandingBack),
      events: (note) => this.#events.add(note),
    });
    const api = this.#written.over(serviceApi(writer));
    const view = serviceView(this.#scenery.services);
    this.#loop = new ServiceLoop({
      clock,
      random,
      log,
      view,
      api,
      beside: (one, ingress) => this.#announcing.announcer.beside(one, ingress),
      desk: { ...settings.desk, claimedElsewhere: (one) => this.#announcing.claimedBy(one) },
      report: new Report({ log, metrics, events: this.#events, touched: () => this.#touched() }),
      onBroken: (error) => this.#fail(error),
    });
    const word = {
      book: () => this.#loop.desk.book,
      isLeading: () => this.#active,
      events: (note: EventNote) => this.#events.add(note),
    };
    const look = (keys: Iterable<ServiceKey>) => this.#active && this.#loop.add(keys);
    this.#announcing = new Announcing(context, settings, { view, api, look, ...word });
    const desk = this.#loop.desk;
    this.#status = poolStatusOf(context, { writer, namespace, desk, source: this.#scenery.pools });
    this.#keeper = new PoolKeeper({
      clock,
      log,
      desk,
      namespace,
      look,
      ...word,
      sight: this.#scenery.pools.picture,
      reviewed: (book) => this.#reviewed(book),
    });
    this.#warnings = poolWarnings(context, { namespace, scenery: this.#scenery, ...word });
    this.#elector = electorFor(context, settings, {
      writtenUpTo: () => this.#written.text,
      on: {
        elected: (_, inherits) => this.#takeOver(inherits),
        lost: () => {
          this.#standingBack.forget();
          return this.#standDown('the lease was lost');
        },
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
    return this.#scenery.missing();
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
    const stopped = aborted(signal);
    const election = this.#elector?.run(leave.signal) ?? Promise.resolve();
    if (this.#elector === null) this.#takeOver('');
    else await Promise.race([this.#firstWord.heard(this.#context.clock), stopped, broken]);
    const pictures = Promise.all([this.#scenery.run(hangUp.signal), this.#announcing.run(hangUp.signal)]);
    try {
      await Promise.race([stopped, broken]);
    } finally {
      this.#keeper.stop();
      this.#warnings.stop();
      this.#standingBack.forget();
      await this.#standDown('told to stop');
      leave.abort();
      await election;
      await this.#events.stop();
      hangUp.abort();
      await pictures;
    }
  }

  #mayWrite(): boolean {
    return this.#elected && (this.#elector?.mayWrite() ?? true);
  }

  // --- terms

  /** `inherits` is up to where the last leader wrote, or '' where it did not say. */
  #takeOver(inherits: string): void {
    this.#elected = true;
    const term = ++this.#term;
    this.#firstWord.say();
    this.#context.log.info('elected, making sure of the picture', { inherits });
    void this.#begin(term, inherits).catch((error) => this.#fail(error));
  }

  async #begin(term: number, inherits: string): Promise<void> {
    const { clock, log } = this.#context;
    // What an earlier term still has under way would land behind the back of the new picture.
    await this.#loop.stop();
    if (term !== this.#term || !(await this.#scenery.refresh(clock, inherits)) || this.#givesWay(term))
      return;
    const told = this.#state.start();
    // A ConfigMap that cannot be read is no configuration: nothing is touched until it can be.
    await this.#keeper.firstPicture;
    if (this.#givesWay(term)) return;
    const desk = this.#loop.desk;
    this.#keeper.reviewNow();
    desk.namespacesChanged(this.#scenery.namespaceLabels(), new Set());
    desk.layer2OnlyChanged(this.#scenery.layer2Only());
    this.#active = true;
    this.#written.begin(this.#scenery.services.store.values());
    this.#loop.begin();
    log.info('serving', { services: this.#scenery.services.store.size, pools: desk.book.byName.size });
    this.#status.start();
    this.#keeper.watchGraces();
    this.#warnings.changed();
    this.#announcing.changed();
    const summary = await told;
    if (term !== this.#term) return;
    const isKnown = summary !== null && summary === this.#state.summary;
    this.#keeper.tell({ known: isKnown });
    const { namespace, legacyConfig } = this.#settings;
    await lookRound(this.#context, {
      stray: (service) => this.#active && this.#loop.stray(service),
      wanted: () => term === this.#term,
      oldConfigMapIn: desk.book.byName.size === 0 && legacyConfig === null ? namespace : null,
    });
  }

  /** Whether there is nothing to begin: the term is over, or MetalLB is at work. */
  #givesWay(term: number): boolean {
    if (term !== this.#term) return true;
    const givesWay = this.#standingBack.begins();
    if (givesWay) this.#state.stop();
    return givesWay;
  }

  /** Settles when what was under way is over. */
  async #standDown(because: string): Promise<void> {
    this.#term++;
    const wasActive = this.#active;
    this.#active = false;
    if (wasActive) this.#context.log.info('no longer serving', { because });
    this.#status.stop();
    this.#state.stop();
    this.#keeper.watchGraces();
    this.#announcing.stop();
    await this.#loop.stop();
    this.#elected = this.#elector?.leading ?? true;
  }

  #rivalChanged(): void {
    if (!this.#elected) return;
    const todo = this.#standingBack.changed(this.#active);
    if (todo === 'end') void this.#standDown('MetalLB became ready');
    if (todo === 'begin') void this.#begin(++this.#term, '').catch((error) => this.#fail(error));
  }

  // --- pools

  #reviewed(book: PoolBook): void {
    this.#health.reviewed(book);
    this.#status.changed();
    this.#warnings.changed();
    this.#announcing.changed();
    const keys = this.#loop.desk.layer2OnlyChanged(this.#scenery.layer2Only());
    if (this.#active) this.#loop.add(keys);
  }

  /** A look may change what pools have left, and be the first to miss a pool. */
  #touched(): void {
    this.#status.changed();
    this.#keeper.watchGraces();
  }
}
