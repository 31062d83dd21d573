/** The speaker program: wires informers, model, sessions and status together. */
import { setMaxListeners } from 'node:events';
import { findDrainReason } from '../../announce/decision/drain-trigger.ts';
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import { NodeModel } from '../../announce/model/node-model.ts';
import type { ServiceStatus } from '../../announce/model/service-status.ts';
import { untilAborted } from '../../base/abort.ts';
import type { Millis } from '../../base/clock.ts';
import type { BfdSessions } from '../../bfd/sessions.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import { CONFIGURATION_STATES } from '../../kube/resource.ts';
import type { Address } from '../../net/address.ts';
import type { NetworkInterface } from '../../net/network-interface.ts';
import type { LocalNode, NodeAddresses } from '../../objects/node.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { ConfigurationStateWriter } from '../../runtime/configuration-state.ts';
import { EventQueue } from '../../runtime/event-queue.ts';
import {
  API_REQUEST_TIMEOUT,
  configurationStateApi,
  eventApi,
  STATE_FIELD_MANAGERS,
} from '../../runtime/main/adapters.ts';
import { type DeletionInformer, deletionInformer } from '../../runtime/main/deletion-informer.ts';
import type { InformerContext } from '../../runtime/main/informer.ts';
import { PatientWrites } from '../../runtime/main/patient-writes.ts';
import type { Neighbour } from '../neighbour.ts';
import { NodeDrain } from '../node-drain.ts';
import type { OpenSession } from '../ports.ts';
import { SpeakerReporter } from '../reporter.ts';
import { SessionHistory } from '../session-history.ts';
import { Speaker } from '../speaker.ts';
import { ConfigHealth } from '../status/config-health.ts';
import { StatusApi } from '../status-api/status-api.ts';
import { SpeakerInformers, type SpeakerInformersOptions } from './informers.ts';
import { interfaceAddresses } from './interface-addresses.ts';
import { Layer2Program, type Layer2Settings } from './layer2/layer2-program.ts';
import { StatusPublisher } from './status-publisher.ts';
import { cachedNodeInterfaces } from './status-server.ts';
import type { OwnNode } from './watched-objects.ts';

export type SpeakerContext = InformerContext & {
  readonly poster: EventRecorder;
  readonly openSession: OpenSession;
  /** Default: BFD is not run. */
  readonly bfdSessions?: BfdSessions;
  /** Without it, the speaker does not answer by layer 2. */
  readonly layer2?: Layer2Settings | null;
  /** Default: those of this machine. */
  readonly interfaceAddresses?: (local: Address) => NodeAddresses;
};

export type SpeakerSettings = Pick<SpeakerInformersOptions, 'legacyConfig'> & {
  /** Namespace of MetalLB's objects and of Berth's own. */
  readonly namespace: string;
  readonly node: string;
  readonly flags: SpeakerFlags;
  readonly drainWait: Millis;
  readonly drainOnCordon: boolean;
  /** '' where it is not known. */
  readonly podName: string;
  /** Limit of ServiceBGPStatus objects in the cluster; 0 writes none. */
  readonly serviceBgpStatusLimit: number;
};

export class SpeakerProgram {
  readonly #context: SpeakerContext;
  readonly #writes: PatientWrites;
  readonly #settings: SpeakerSettings;
  readonly #model: NodeModel;
  readonly #interfaces: () => readonly NetworkInterface[];
  readonly #informers: SpeakerInformers;
  readonly #speaker: Speaker;
  readonly #history: SessionHistory;
  readonly #nodeDrain: NodeDrain;
  readonly #reporter: SpeakerReporter;
  readonly #configState: ConfigurationStateWriter;
  readonly #configStateInformer: DeletionInformer;
  readonly #status: StatusPublisher;
  readonly #events: EventQueue;
  /** Null where layer 2 is off. */
  readonly #layer2: Layer2Program | null;
  #hasSynced = false;
  #isConfigStale = true;

  constructor(given: SpeakerContext, settings: SpeakerSettings) {
    const { clock, log, metrics, random, poster } = given;
    const client = new PatientWrites({ client: given.client, clock, grace: API_REQUEST_TIMEOUT });
    const context: SpeakerContext = { ...given, client };
    const { node, namespace, flags } = settings;
    this.#writes = client;
    this.#context = context;
    this.#settings = settings;
    this.#model = new NodeModel({ node, namespace, flags });
    this.#interfaces = cachedNodeInterfaces(clock);
    this.#events = new EventQueue({
      ...{ clock, log, api: eventApi(poster) },
      lastWriteAt: () => null,
      onDropped: () => metrics.count('berth_events_dropped_total'),
    });
    const writer = { client, mayWrite: () => true, timeout: API_REQUEST_TIMEOUT };
    const name = `speaker-${node}`;
    const labels = { 'metallb.io/component-type': 'speaker', 'metallb.io/node-name': node };
    this.#configState = new ConfigurationStateWriter({
      ...{ clock, random, log },
      api: configurationStateApi(writer, { name, namespace, labels }, STATE_FIELD_MANAGERS.speaker),
    });
    const stateRef = { resource: CONFIGURATION_STATES, namespace, name };
    this.#configStateInformer = deletionInformer(context, stateRef, () => this.#configState.deleted());
    const health = new ConfigHealth({ log, metrics, state: this.#configState });
    this.#status = new StatusPublisher({
      ...{
        context,
        namespace,
        node,
        podName: settings.podName,
        serviceBgpStatusLimit: settings.serviceBgpStatusLimit,
      },
      ignoreExcludeLabel: flags.ignoreExcludeLabel,
      speaker: () => this.#speaker,
      informers: () => this.#informers,
      sendEvent: (note) => this.#events.add(note),
      layer2: () => this.#layer2?.status ?? null,
    });
    this.#layer2 = this.#createLayer2();
    this.#reporter = new SpeakerReporter({
      ...{ log, metrics, clock, node },
      statusObserver: {
        reconciled: (changes) => {
          health.reconciled(changes.errors, changes.warnings);
          this.#status.reconciled(changes);
          this.#layer2?.changed();
        },
        sessionChanged: () => this.#status.sessionChanged(),
      },
    });
    this.#history = new SessionHistory(clock, this.#reporter);
    this.#speaker = new Speaker({
      clock,
      model: this.#model,
      syncModel: () => this.#syncModel(),
      localNode: () => this.#localNode(),
      interfaceAddresses: context.interfaceAddresses ?? interfaceAddresses,
      openSession: context.openSession,
      bfdSessions: context.bfdSessions ?? null,
      interfaces: this.#interfaces,
      observer: this.#history,
    });
    this.#nodeDrain = new NodeDrain({
      ...{ clock, log, speaker: this.#speaker, wait: settings.drainWait },
      drained: () => {
        this.#applyNode();
        this.#status.sessionChanged();
      },
    });
    this.#informers = new SpeakerInformers({
      ...{ context, namespace, node, legacyConfig: settings.legacyConfig ?? null },
      isLayer2On: this.#layer2 !== null,
      on: {
        service: ({ service }) => this.#modelChanged(() => this.#model.putService(service)),
        serviceDeleted: ({ service }) => this.#modelChanged(() => this.#model.removeService(service.key)),
        slice: (one) => this.#modelChanged(() => this.#model.putSlice(one)),
        sliceDeleted: (one) => this.#modelChanged(() => this.#model.removeSlice(one)),
        node: () => this.#nodeChanged(),
        config: () => this.#modelChanged(() => (this.#isConfigStale = true)),
        syncProgress: () => this.#onSyncProgress(),
      },
    });
    metrics.onScrape(() => this.#reporter.scrape(this.#speaker));
  }

  get neighbours(): readonly Neighbour[] {
    return [...this.#speaker.neighbours.values()];
  }

  /** As of the last recompute; null for a Service that did not exist then. */
  serviceStatus(key: ServiceKey): ServiceStatus | null {
    return this.#model.statusOf(key);
  }

  /** Null when all informers have synced; else what is missing. */
  notReady(): string | null {
    return this.#hasSynced
      ? null
      : (this.#informers.describeUnsynced() ?? 'the first recompute has not run yet');
  }

  /** The status documents. */
  statusApi(): StatusApi {
    return new StatusApi({
      ...{ node: this.#settings.node, clock: this.#context.clock, speaker: this.#speaker },
      ...{ model: this.#model, history: this.#history, interfaces: this.#interfaces },
      notReady: () => this.notReady(),
    });
  }

  /** Until `signal` is aborted; then it drains or closes its sessions. */
  async run(signal: AbortSignal): Promise<void> {
    const stopInformers = new AbortController();
    setMaxListeners(0, stopInformers.signal); // one listener for each informer
    this.#writes.begin();
    void this.#configState.start();
    const informers = Promise.all([
      this.#informers.run(stopInformers.signal),
      this.#configStateInformer.run(stopInformers.signal),
      this.#status.run(stopInformers.signal),
    ]);
    await untilAborted(signal);
    await this.#layer2?.stop();
    const { drainWait: wait } = this.#settings;
    const { isDraining } = this.#nodeDrain;
    const finalStatus = this.#status.freeze(isDraining);
    await this.#speaker.stop({ isDraining, wait });
    this.#nodeDrain.stop();
    this.#configState.stop();
    this.#writes.end();
    await this.#status.finish(finalStatus);
    await this.#events.stop();
    stopInformers.abort();
    await informers;
  }

  #createLayer2(): Layer2Program | null {
    const { layer2 = null } = this.#context;
    if (layer2 === null) return null;
    const { namespace, node, podName, flags } = this.#settings;
    return new Layer2Program({
      ...layer2,
      address: () => layer2.address ?? this.#internalAddress() ?? layer2.hostAddress,
      ...{ context: this.#context, namespace, node, podName, flags },
      pools: () => this.#model.nodeConfig?.pools ?? null,
      informers: () => this.#informers,
      sendEvent: (event) => this.#events.add(event),
      statusChanged: () => this.#status.layer2Changed(),
    });
  }

  #internalAddress(): Address | null {
    const { addresses } = this.#localNode();
    return addresses[4] ?? addresses[6];
  }

  // --- the model

  #modelChanged(change: () => void): void {
    change();
    this.#reporter.clusterChanged();
    this.#speaker.scheduleReconcile();
  }

  /** Objects change in bursts: the configuration is collected once, before the next recompute. */
  #syncModel(): void {
    if (!this.#isConfigStale) return;
    this.#isConfigStale = false;
    this.#model.putConfig(this.#informers.configObjects());
  }

  #node(): OwnNode | null {
    return this.#informers.node.store.get(this.#settings.node)?.node ?? null;
  }

  #localNode(): LocalNode {
    const { node } = this.#settings;
    return this.#model.node ?? { name: node, addresses: { 4: null, 6: null } };
  }

  #nodeChanged(): void {
    const node = this.#node();
    if (this.#hasSynced) this.#updateDrainReason(node);
    // Without its Node a speaker has no peers: it drains first.
    if (node !== null || !this.#nodeDrain.isDraining) this.#applyNode();
  }

  #updateDrainReason(node: OwnNode | null): void {
    const { drainOnCordon: onCordon } = this.#settings;
    this.#nodeDrain.setReason(findDrainReason(node, { onCordon }));
  }

  #applyNode(): void {
    const node = this.#node();
    this.#isConfigStale = true; // its labels decide which of Calico's peers select it
    this.#modelChanged(() => this.#model.putNode(node));
  }

  /** The Secrets to wait for are known once the peers are listed. */
  #onSyncProgress(): void {
    if (this.#hasSynced) return;
    if (this.#informers.describeUnsynced() !== null) return;
    this.#hasSynced = true;
    const { log } = this.#context;
    this.#speaker.start();
    const { node } = this.#settings;
    const { size: services } = this.#informers.services.store;
    log.info('speaking', { node, services, peers: this.neighbours.map(({ peer }) => peer.name) });
    const ownNode = this.#node();
    if (ownNode === null) log.warn('there is no Node of this name: it has no peers', { node });
    else this.#updateDrainReason(ownNode); // it may have to drain from the start
  }
}
