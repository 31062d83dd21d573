/**
 * The controller: informers, components that subscribe to them, and the leadership that starts and stops the components.
 * Each part is given only what was created before it.
 */
import { setMaxListeners } from 'node:events';
import { Allocator } from '../../allocation/allocator.ts';
import { untilAborted } from '../../base/abort.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import { CONFIGURATION_STATES } from '../../kube/resource.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { ConfigurationStateWriter } from '../../runtime/configuration-state.ts';
import { EventQueue } from '../../runtime/event-queue.ts';
import { configurationStateApi, eventApi, STATE_FIELD_MANAGERS } from '../../runtime/main/adapters.ts';
import { type DeletionInformer, deletionInformer } from '../../runtime/main/deletion-informer.ts';
import type { InformerContext } from '../../runtime/main/informer.ts';
import { PatientWrites } from '../../runtime/main/patient-writes.ts';
import { subscribeToClaims } from '../announced/calico/claims.ts';
import { registerGauges } from '../gauges.ts';
import { Leadership, type LeadershipState } from '../leadership/leadership.ts';
import { MetalLBGuard } from '../leadership/metallb-guard.ts';
import { SpeakerSecret } from '../leadership/speaker-secret.ts';
import { PoolHealth } from '../pools/health.ts';
import { PoolReconciler } from '../pools/reconciler.ts';
import { UnansweredLayer2 } from '../pools/unanswered-layer2.ts';
import type { ControllerEvent } from '../ports.ts';
import { ServiceReconciler } from '../services/reconciler.ts';
import { ServiceReporter } from '../services/reporter.ts';
import { ServiceIndex } from '../services/service-index.ts';
import { WriteActivity } from '../services/write-activity.ts';
import { AllocatorInputs, coveragesOf } from './allocator-inputs.ts';
import { CalicoDetector } from './announced/calico/detector.ts';
import type { CalicoModelClient } from './announced/calico/model-thread.ts';
import { AnnouncementSources } from './announced/sources.ts';
import { serviceApi, toServiceCacheView, writeGrace } from './api/adapters.ts';
import { ControllerInformers } from './api/informers.ts';
import { fillSpeakerSecret } from './api/speaker-secret-api.ts';
import { WriteWatermark } from './api/write-watermark.ts';
import { ControllerElection } from './election.ts';
import { LateInputs, subscribeToLateInputs } from './late-inputs.ts';
import { createPoolWarnings } from './pools/reserved-addresses.ts';
import { createPoolStatusWriter, subscribeToPools } from './pools/source.ts';
import { relistForTerm } from './relist.ts';
import type { ControllerSettings } from './settings.ts';
import { runStartupScan } from './startup-scan.ts';

export type ControllerContext = InformerContext & {
  readonly poster: EventRecorder;
  /** Computes what Calico announces; in this very thread where it is absent. */
  readonly model?: CalicoModelClient;
};

export class Controller {
  readonly #informers: ControllerInformers;
  readonly #configurationStateInformer: DeletionInformer;
  readonly #election: ControllerElection;
  readonly #announcements: AnnouncementSources;
  readonly #events: EventQueue;
  readonly #leadership: Leadership;
  readonly #state: LeadershipState = { isElected: false, isServing: false };
  #fail: (error: unknown) => void = () => {};
  /** Rejects where a component broke. */
  readonly #failed = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });

  constructor(context: ControllerContext, settings: ControllerSettings) {
    const { clock, random, log, metrics, client, poster } = context;
    const { namespace } = settings;
    const state: Readonly<LeadershipState> = this.#state;
    const fail = (error: unknown): void => this.#fail(error);
    const informers = new ControllerInformers(context, settings);
    const watermark = new WriteWatermark();
    const election = new ControllerElection(context, settings, () => watermark.resourceVersion);
    const isLeading = (): boolean => state.isServing;

    // --- writing
    const mayWrite = (): boolean => state.isElected && election.mayWrite();
    const grace = writeGrace(settings.election);
    const writes = new PatientWrites({
      ...{ client, clock, grace },
      extendTerm: (writeTimeout) => election.extendLease(writeTimeout),
    });
    const writer = { client: writes, mayWrite, timeout: grace };
    const api = watermark.observe(serviceApi(writer));
    const activity = new WriteActivity(clock);
    const eventQueue = new EventQueue({
      ...{ clock, log, api: eventApi(poster) },
      lastWriteAt: () => activity.lastWriteAt,
      onDropped: () => metrics.count('berth_events_dropped_total'),
    });
    const events = (event: ControllerEvent): void => eventQueue.add(event);
    // The name, the label and the field manager are MetalLB's.
    const labels = { 'metallb.io/component-type': 'controller' };
    const stateMetadata = { name: 'controller', namespace, labels };
    const configurationState = new ConfigurationStateWriter({
      ...{ clock, random, log },
      api: configurationStateApi(writer, stateMetadata, STATE_FIELD_MANAGERS.controller),
    });
    this.#configurationStateInformer = deletionInformer(
      context,
      { resource: CONFIGURATION_STATES, namespace, name: stateMetadata.name },
      () => configurationState.deleted(),
    );

    // --- allocation
    const { nodes, endpointSlices } = informers;
    const calico =
      settings.calico === 'off'
        ? null
        : new CalicoDetector({ context, mode: settings.calico, nodes, endpointSlices });
    const view = toServiceCacheView(informers.services);
    const index = new ServiceIndex(view);
    const allocator = new Allocator(settings.allocator, index);
    const poolSet = () => allocator.poolSet;

    // --- components
    const announcements = new AnnouncementSources(context, {
      ...{ namespace, allocator: settings.allocator, native: settings.native },
      ...{ informers, calico, model: context.model, view, poolSet, api, events, isLeading },
      serviceEvents: (event) => eventQueue.add(event),
    });
    const poolStatus = createPoolStatusWriter(context, { writer, namespace, allocator, informers });
    const late = new LateInputs(clock);
    const reporter = new ServiceReporter({ log, metrics, events: eventQueue });
    const reconciler = new ServiceReconciler({
      ...{ clock, random, log, view, index, allocator, ipMode: settings.allocator.ipMode },
      api: activity.observe(api),
      extraConditions: (service, ingress) => announcements.writer.extraConditions(service, ingress),
      observer: {
        reconciled: (result) => {
          reporter.reconciled(result);
          const { service, granted } = result;
          if (service?.ingress.length === 0 && granted.length > 0) late.assigned(service);
        },
        written: (result, took) => reporter.written(result, took),
        failed: (key, outcome) => reporter.failed(key, outcome),
      },
      updateInputs: () => {
        pools.reviewPending();
        inputs.updatePending();
      },
      onFatalError: fail,
    });
    const requeue = (keys: Iterable<ServiceKey>): void => {
      if (state.isServing) reconciler.add(keys);
    };
    const reconsiderLate = (): void => requeue(allocator.reconsider(late.take()));
    const inputs: AllocatorInputs = new AllocatorInputs({
      ...{ clock, informers, allocator, requeue, onNamespacesUpdated: reconsiderLate },
      onLayer2OnlyPools: (names) => unanswered.changed(names),
      answersLayer2: () => announcements.answersLayer2,
    });
    const poolHealth = new PoolHealth({ metrics, log, state: configurationState });
    const poolWarnings = createPoolWarnings(context, { namespace, informers, poolSet, events, isLeading });
    const unanswered = new UnansweredLayer2({
      ...{ clock, namespace, events, isLeading },
      pools: () => informers.pools.store.values(),
      advertisements: () => coveragesOf(informers.layer2Advertisements),
    });
    const pools: PoolReconciler = new PoolReconciler({
      ...{ clock, log, allocator, namespace, enqueue: requeue, events, isLeading },
      informer: informers.poolSource,
      onReviewed: (reviewed) => {
        poolHealth.poolsReviewed(reviewed);
        poolStatus.changed();
        poolWarnings.review();
        announcements.changed();
        inputs.updateLayer2OnlyPools();
        reconsiderLate();
      },
    });

    // --- subscriptions
    informers.services.subscribe({
      changed: (before, after) => {
        if (state.isServing) reconciler.changed(before, after);
      },
      deleted: (_, last) => {
        if (state.isServing) reconciler.deleted(last);
      },
    });
    subscribeToLateInputs(informers, late);
    subscribeToPools(informers, {
      set: (objects) => pools.set(objects),
      unreadable: (message) => poolHealth.unreadable(message),
      statusChanged: () => poolStatus.changed(),
    });
    // A pass may change what pools have left, and be the first to miss a pool.
    reporter.allocationChanges.add(() => {
      poolStatus.changed();
      pools.scheduleGraceEnd();
    });
    if (calico !== null)
      subscribeToClaims(calico, (claims) => requeue(allocator.updateExternalClaims(claims)));

    // --- leadership
    const speakerSecret = new SpeakerSecret({
      ...{ clock, log, isLeading, name: settings.speakerSecret },
      fill: fillSpeakerSecret(writer, { namespace, name: settings.speakerSecret }),
    });
    const guard = new MetalLBGuard({ namespace, log, deployments: informers.deployments, events });
    const leadership = new Leadership({
      ...{ log, state: this.#state, election, guard, onFatalError: fail },
      relist: (inheritedVersion) => relistForTerm(informers, clock, inheritedVersion),
      components: {
        ...{ services: reconciler, pools, poolStatus, configurationState, announcements },
        poolWarnings: [poolWarnings, unanswered],
        writes,
        updateAllocator: () => inputs.updateAll(),
        beginWriting: () => {
          watermark.begin(view.values());
          speakerSecret.start();
          return { services: informers.services.store.size, pools: poolSet().byName.size };
        },
      },
      startupScan: (isWanted) =>
        runStartupScan(context, {
          isWanted,
          onFormerlyManaged: (service) => {
            if (state.isServing) reconciler.addFormerlyManaged(service);
          },
          legacyConfigMapIn: poolSet().byName.size === 0 && settings.legacyConfig === null ? namespace : null,
        }),
    });
    election.elected.add((inheritedVersion) => leadership.elected(inheritedVersion));
    election.lost.add(() => leadership.lost());
    const metallbChanged = (): void => leadership.metallbChanged();
    informers.deployments.subscribe({ changed: metallbChanged, deleted: metallbChanged });
    const { permanent } = informers;
    registerGauges({
      ...{ metrics, clock, isLeading, allocator, reconciler, events: eventQueue, informers: permanent },
    });
    this.#informers = informers;
    this.#election = election;
    this.#leadership = leadership;
    this.#announcements = announcements;
    this.#events = eventQueue;
  }

  /** Null when the required informers have synced, on a standby too; else what is missing. */
  notReady(): string | null {
    return this.#informers.describeUnsynced();
  }

  get isLeading(): boolean {
    return this.#state.isServing;
  }

  /**
   * Until `signal` is aborted; then it ends its writes, gives the Lease back and closes its watches. Rejects where the
   * ledger broke: the process must end and be started again.
   */
  async run(signal: AbortSignal): Promise<void> {
    const closeWatches = new AbortController();
    setMaxListeners(0, closeWatches.signal); // one listener for each informer
    const leaveElection = new AbortController();
    const stopped = untilAborted(signal);
    const election = this.#election.run(leaveElection.signal);
    await Promise.race([this.#election.waitForFirstElection(), stopped, this.#failed]);
    const informers = Promise.all([
      this.#informers.run(closeWatches.signal),
      this.#configurationStateInformer.run(closeWatches.signal),
      this.#announcements.run(closeWatches.signal),
    ]);
    try {
      await Promise.race([stopped, this.#failed]);
    } finally {
      await this.#leadership.stop();
      leaveElection.abort();
      await election;
      await this.#events.stop();
      closeWatches.abort();
      await informers;
    }
  }
}
