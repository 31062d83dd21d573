/**
 * The controller put together: pictures of the cluster, an election, and the loop that brings Services to what
 * the desk decides. A standby keeps its pictures; who is elected lists once more, adopts everything that
 * stands, and only then grants.
 */
import { untilAborted } from '../../base/abort.ts';
import type { PoolSet } from '../../config/pool/pool-set.ts';
import type { Elector } from '../../kube/election/elector.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { ConfigurationStateWriter } from '../../runtime/configuration-state.ts';
import { EventQueue } from '../../runtime/event-queue.ts';
import { eventApi } from '../../runtime/main/adapters.ts';
import type { InformerContext } from '../../runtime/main/informer.ts';
import { registerGauges } from '../gauges.ts';
import { MetalLBGuard } from '../metallb-guard.ts';
import { PoolHealth } from '../pools/health.ts';
import { PoolReconciler } from '../pools/reconciler.ts';
import type { PoolStatusWriter } from '../pools/status-writer.ts';
import type { PoolWarnings } from '../pools/warnings.ts';
import type { ControllerEvent } from '../ports.ts';
import { ServiceReconciler } from '../services/reconciler.ts';
import { ServiceReporter } from '../services/reporter.ts';
import { serviceApi, writeTimeout } from './adapters.ts';
import type { CalicoModelContext } from './announced/calico/source.ts';
import { AnnouncementSources } from './announced/sources.ts';
import { createConfigurationStateWriter } from './configuration-state.ts';
import { createElector } from './election.ts';
import { FirstElection } from './firstword.ts';
import { ControllerInformers } from './informers.ts';
import { createPoolWarnings } from './pools/reserved-addresses.ts';
import { createPoolStatusWriter } from './pools/source.ts';
import { toServiceCacheView } from './services/informer.ts';
import { WriteWatermark } from './services/write-watermark.ts';
import type { ControllerSettings } from './settings.ts';
import { runStartupScan } from './startup-scan.ts';

export type ControllerContext = InformerContext & { readonly poster: EventRecorder } & CalicoModelContext;

export class Controller {
  readonly #context: ControllerContext;
  readonly #settings: ControllerSettings;
  readonly #elector: Elector | null;
  readonly #informers: ControllerInformers;
  readonly #serviceReconciler: ServiceReconciler;
  readonly #poolReconciler: PoolReconciler;
  readonly #poolStatus: PoolStatusWriter;
  readonly #configurationState: ConfigurationStateWriter;
  readonly #poolHealth: PoolHealth;
  readonly #poolWarnings: PoolWarnings;
  readonly #announcements: AnnouncementSources;
  readonly #events: EventQueue;
  readonly #watermark = new WriteWatermark();
  readonly #firstElection = new FirstElection();
  readonly #metallbGuard: MetalLBGuard;
  /** This process may lead; counts up with every election and every loss. */
  #term = 0;
  #isElected = false;
  /** It leads, has adopted everything, and grants. */
  #isActive = false;
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
      lastWriteAt: () => this.#serviceReconciler.lastWriteAt,
      onDropped: () => metrics.count('berth_events_dropped_total'),
    });
    this.#configurationState = createConfigurationStateWriter(context, writer, namespace);
    this.#poolHealth = new PoolHealth({ metrics, log, state: this.#configurationState });
    this.#informers = new ControllerInformers({
      context,
      namespace,
      legacyConfig: settings.legacyConfig,
      allocator: () => this.#serviceReconciler.allocator,
      pools: {
        set: (objects) => this.#poolReconciler.set(objects),
        unreadable: (message) => this.#poolHealth.unreadable(message),
        statusChanged: () => this.#poolStatus.changed(),
      },
      on: {
        serviceChanged: (before, after) => {
          if (this.#isActive) this.#serviceReconciler.changed(before, after);
          this.#announcements.serviceChanged(before, after);
        },
        serviceDeleted: (last) => this.#isActive && this.#serviceReconciler.deleted(last),
        enqueue: (keys) => this.#isActive && this.#serviceReconciler.add(keys),
        metallbChanged: () => this.#metallbChanged(),
        nodesChanged: () => this.#poolWarnings.changed(),
      },
    });
    this.#metallbGuard = new MetalLBGuard({
      ...{ namespace, log },
      findMetalLB: (isStandingDown) => this.#informers.findMetalLB(isStandingDown),
      events: (note) => this.#events.add(note),
    });
    const api = this.#watermark.observe(serviceApi(writer));
    const view = toServiceCacheView(this.#informers.services);
    this.#serviceReconciler = new ServiceReconciler({
      clock,
      random,
      log,
      view,
      api,
      extraConditions: (one, ingress) => this.#announcements.writer.extraConditions(one, ingress),
      allocator: settings.allocator,
      observer: new ServiceReporter({
        log,
        metrics,
        events: this.#events,
        allocationChanged: () => this.#allocationChanged(),
      }),
      onFatalError: (error) => this.#fail(error),
    });
    const shared = {
      poolSet: () => this.#serviceReconciler.allocator.poolSet,
      isLeading: () => this.#isActive,
      events: (note: ControllerEvent) => this.#events.add(note),
    };
    const enqueue = (keys: Iterable<ServiceKey>) => this.#isActive && this.#serviceReconciler.add(keys);
    const allocator = this.#serviceReconciler.allocator;
    this.#announcements = new AnnouncementSources(context, settings, {
      ...{ view, api, ...shared },
      claimsChanged: (claims) => enqueue(allocator.updateExternalClaims(claims)),
    });
    this.#poolStatus = createPoolStatusWriter(context, {
      writer,
      namespace,
      allocator,
      source: this.#informers.pools,
    });
    this.#poolReconciler = new PoolReconciler({
      clock,
      log,
      allocator,
      namespace,
      enqueue,
      ...shared,
      informer: this.#informers.pools.informer,
      onReviewed: (poolSet) => this.#poolsReviewed(poolSet),
    });
    this.#poolWarnings = createPoolWarnings(context, { namespace, informers: this.#informers, ...shared });
    this.#elector = createElector(context, settings, {
      writtenUpTo: () => this.#watermark.resourceVersion,
      on: {
        elected: (_, inherits) => this.#startTerm(inherits),
        lost: () => {
          this.#metallbGuard.reset();
          return this.#standDown('the lease was lost');
        },
        requestFailed: (because) => log.warn('election request failed', { because }),
      },
    });
    registerGauges({
      metrics,
      clock,
      isLeading: () => this.#isActive,
      allocator,
      reconciler: this.#serviceReconciler,
      events: this.#events,
      informers: this.#informers.all,
    });
  }

  /** Null when the caches are full, on a standby too; else what is missing. */
  notReady(): string | null {
    return this.#informers.describeMissing();
  }

  get isLeading(): boolean {
    return this.#isActive;
  }

  /**
   * Until `signal` is aborted; then it ends its writes, gives the lease back and hangs up. Rejects where the
   * ledger broke: the process must end and start clean.
   */
  async run(signal: AbortSignal): Promise<void> {
    const closeWatches = new AbortController();
    const leaveElection = new AbortController();
    const broken = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    const stopped = untilAborted(signal);
    const election = this.#elector?.run(leaveElection.signal) ?? Promise.resolve();
    if (this.#elector === null) this.#startTerm('');
    else await Promise.race([this.#firstElection.wait(this.#context.clock), stopped, broken]);
    const informers = Promise.all([
      this.#informers.run(closeWatches.signal),
      this.#announcements.run(closeWatches.signal),
    ]);
    try {
      await Promise.race([stopped, broken]);
    } finally {
      this.#poolReconciler.stop();
      this.#poolWarnings.stop();
      this.#metallbGuard.reset();
      await this.#standDown('told to stop');
      leaveElection.abort();
      await election;
      await this.#events.stop();
      closeWatches.abort();
      await informers;
    }
  }

  #mayWrite(): boolean {
    return this.#isElected && (this.#elector?.mayWrite() ?? true);
  }

  // --- terms

  /** `inherits` is up to where the last leader wrote, or '' where it did not say. */
  #startTerm(inherits: string): void {
    this.#isElected = true;
    const term = ++this.#term;
    this.#firstElection.settle();
    this.#context.log.info('elected, making sure of the picture', { inherits });
    void this.#startServing(term, inherits).catch((error) => this.#fail(error));
  }

  async #startServing(term: number, inherits: string): Promise<void> {
    const { clock, log } = this.#context;
    // What an earlier term still has under way would land behind the back of the new picture.
    await this.#serviceReconciler.stop();
    if (term !== this.#term || !(await this.#informers.refresh(clock, inherits)) || this.#mustStandDown(term))
      return;
    const previousSummary = this.#configurationState.start();
    // A ConfigMap that cannot be read is no configuration: nothing is touched until it can be.
    await this.#poolReconciler.firstList;
    if (this.#mustStandDown(term)) return;
    const allocator = this.#serviceReconciler.allocator;
    this.#poolReconciler.reviewNow();
    allocator.updateNamespaces(this.#informers.namespaceLabels(), new Set());
    allocator.updateLayer2OnlyPools(this.#informers.layer2Only());
    this.#isActive = true;
    this.#watermark.begin(this.#informers.services.store.values());
    this.#serviceReconciler.begin();
    log.info('serving', {
      services: this.#informers.services.store.size,
      pools: allocator.poolSet.byName.size,
    });
    this.#poolStatus.start();
    this.#poolReconciler.scheduleGraceEnd();
    this.#poolWarnings.changed();
    this.#announcements.changed();
    const summary = await previousSummary;
    if (term !== this.#term) return;
    const isReported = summary !== null && summary === this.#configurationState.summary;
    this.#poolReconciler.reportComplaints({ isReported: isReported });
    const { namespace, legacyConfig } = this.#settings;
    await runStartupScan(this.#context, {
      onFormerlyManaged: (service) => this.#isActive && this.#serviceReconciler.addFormerlyManaged(service),
      isWanted: () => term === this.#term,
      legacyConfigMapIn: allocator.poolSet.byName.size === 0 && legacyConfig === null ? namespace : null,
    });
  }

  /** Whether there is nothing to begin: the term is over, or MetalLB is at work. */
  #mustStandDown(term: number): boolean {
    if (term !== this.#term) return true;
    const mustStandDown = this.#metallbGuard.blocksStart();
    if (mustStandDown) this.#configurationState.stop();
    return mustStandDown;
  }

  /** Settles when what was under way is over. */
  async #standDown(because: string): Promise<void> {
    this.#term++;
    const wasActive = this.#isActive;
    this.#isActive = false;
    if (wasActive) this.#context.log.info('no longer serving', { because });
    this.#poolStatus.stop();
    this.#configurationState.stop();
    this.#poolReconciler.scheduleGraceEnd();
    this.#announcements.stop();
    await this.#serviceReconciler.stop();
    this.#isElected = this.#elector?.isLeading ?? true;
  }

  #metallbChanged(): void {
    if (!this.#isElected) return;
    const action = this.#metallbGuard.changed(this.#isActive);
    if (action === 'end') void this.#standDown('MetalLB became ready');
    if (action === 'begin') void this.#startServing(++this.#term, '').catch((error) => this.#fail(error));
  }

  // --- pools

  #poolsReviewed(poolSet: PoolSet): void {
    this.#poolHealth.poolsReviewed(poolSet);
    this.#poolStatus.changed();
    this.#poolWarnings.changed();
    this.#announcements.changed();
    const keys = this.#serviceReconciler.allocator.updateLayer2OnlyPools(this.#informers.layer2Only());
    if (this.#isActive) this.#serviceReconciler.add(keys);
  }

  /** A look may change what pools have left, and be the first to miss a pool. */
  #allocationChanged(): void {
    this.#poolStatus.changed();
    this.#poolReconciler.scheduleGraceEnd();
  }
}
