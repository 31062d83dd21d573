/** Publishes the state of this node: ServiceBGPStatus objects, events and the node status. Announcing never waits for it. */

import type { NodeModelChanges } from '../../announce/model/node-model.ts';
import { sleep } from '../../base/clock.ts';
import { NODES, PODS, SERVICE_BGP_STATUSES, SPEAKER_STATUSES } from '../../kube/resource.ts';
import { type ObjectReference, serviceReference } from '../../objects/object-reference.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type DeletionInformer, deletionInformer } from '../../runtime/main/deletion-informer.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import type { SpeakerEvent } from '../ports.ts';
import type { Speaker } from '../speaker.ts';
import { AnnouncedServices, NOTHING_ANNOUNCED } from '../status/announced-services.ts';
import { BfdConfigEvents } from '../status/bfd-config-events.ts';
import { findAlreadyReported, NodeAssignedEvents } from '../status/node-assigned-events.ts';
import {
  finalStatus,
  type Layer2NodeStatus,
  type NodeStatus,
  SessionStatusTracker,
} from '../status/node-status.ts';
import { NodeStatusWriter } from '../status/node-status-writer.ts';
import { ServiceBgpStatusReconciler } from '../status/service-bgp-status.ts';
import { ServiceBgpStatusLimit } from '../status/service-bgp-status-limit.ts';
import type { SpeakerInformers } from './informers.ts';
import { fetchPreviousRun, nodeStatusApi } from './status/node-status-api.ts';
import {
  countNodes,
  serviceBgpStatusApi,
  statusSelector,
  toWatchedStatus,
  type WatchedServiceBgpStatus,
} from './status/service-bgp-status-api.ts';
import type { StatusOwner } from './status/service-status-objects.ts';
import { findStatusOwner } from './status/status-owner.ts';

/** Time that the first events wait for the list of existing statuses. */
const PREVIOUS_RUN_TIMEOUT = 10_000;

export type StatusPublisherOptions = {
  readonly context: InformerContext;
  readonly namespace: string;
  readonly node: string;
  /** '' where it is not known. */
  readonly podName: string;
  /** Limit of objects in the cluster; 0 writes none. */
  readonly serviceBgpStatusLimit: number;
  readonly ignoreExcludeLabel: boolean;
  readonly speaker: () => Pick<Speaker, 'phase' | 'neighbours' | 'bfd'>;
  readonly informers: () => Pick<SpeakerInformers, 'services' | 'node' | 'bfdReference'>;
  readonly sendEvent: (note: SpeakerEvent) => void;
  readonly layer2: () => Layer2NodeStatus | null;
};

export class StatusPublisher {
  readonly #options: StatusPublisherOptions;
  readonly #announced = new AnnouncedServices();
  readonly #statusInformer: Informer<WatchedServiceBgpStatus>;
  readonly #statuses: ServiceBgpStatusReconciler;
  readonly #limit: ServiceBgpStatusLimit;
  readonly #nodeAssignedEvents: NodeAssignedEvents;
  readonly #bfdEvents: BfdConfigEvents;
  readonly #sessionStatuses: SessionStatusTracker;
  readonly #nodeStatus: NodeStatusWriter;
  readonly #nodeStatusInformer: DeletionInformer;
  #owner: StatusOwner | null = null;
  #hasLeft = false;
  #isFrozen = false;
  /** Resolved by the first reconcile, and by the first list. */
  #reconciled: () => void = () => {};
  readonly #firstReconcile = new Promise<void>((resolve) => (this.#reconciled = resolve));
  #listed: () => void = () => {};
  readonly #firstList = new Promise<void>((resolve) => (this.#listed = resolve));

  constructor(options: StatusPublisherOptions) {
    this.#options = options;
    const { context, namespace, node, serviceBgpStatusLimit } = options;
    const { client, clock, random, log } = context;
    this.#statusInformer = new Informer<WatchedServiceBgpStatus>(
      context,
      {
        resource: SERVICE_BGP_STATUSES,
        namespace,
        labelSelector: statusSelector(node),
        decode: toWatchedStatus,
        keyOf: ({ name }) => name,
      },
      {
        changed: (_, after) => this.#statuses.observed(after),
        deleted: (_, last) => this.#statuses.deleted(last),
        listed: () => this.#listed(),
      },
    );
    this.#statuses = new ServiceBgpStatusReconciler({
      ...{ clock, random, log, node },
      // An internal error here is no reason to withdraw the node's routes.
      onFault: (error) => log.error('no more ServiceBGPStatus objects are written', { error }),
      desiredPeers: (key) => (this.#limit.isEnabled ? this.#desiredPeers(key) : null),
      api: serviceBgpStatusApi({
        ...{ client, namespace, node },
        owner: () => this.#owner,
        observed: (one) => this.#statusInformer.store.applyResponse(one) && this.#statuses.observed(one),
        deleted: ({ name }) => this.#statusDeleted(name),
      }),
    });
    this.#limit = new ServiceBgpStatusLimit({
      ...{ clock, limit: serviceBgpStatusLimit },
      countNodes: () => countNodes(client),
      onChange: (isEnabled) => this.#limitChanged(isEnabled),
    });
    this.#nodeAssignedEvents = new NodeAssignedEvents({ clock, send: (key) => this.#sendNodeAssigned(key) });
    this.#bfdEvents = new BfdConfigEvents({
      find: (kind, name) => options.informers().bfdReference(kind, name),
      send: options.sendEvent,
    });
    this.#sessionStatuses = new SessionStatusTracker(clock);
    this.#nodeStatus = new NodeStatusWriter({
      ...{ clock, random, log },
      api: nodeStatusApi({
        ...{ client, namespace, node },
        nodeUid: () => options.informers().node.store.get(node)?.uid ?? null,
      }),
      status: () => this.#currentStatus(),
    });
    const statusRef = { resource: SPEAKER_STATUSES, namespace, name: node };
    this.#nodeStatusInformer = deletionInformer(context, statusRef, () => this.#nodeStatus.deleted());
  }

  reconciled({ services, errors, warnings }: Omit<NodeModelChanges, 'routes' | 'peers'>): void {
    if (this.#isFrozen) return;
    this.#bfdEvents.reconciled(errors, warnings);
    for (const change of services) {
      this.#announced.update(change);
      this.#requeue(change.key);
    }
    this.#nodeAssignedEvents.initialPassDone();
    this.#limit.setServiceCount(this.#announced.size);
    this.#reconciled();
    this.sessionChanged();
  }

  /** A session or the phase of the speaker changed. */
  sessionChanged(): void {
    if (this.#isFrozen) return;
    const hasLeft = this.#options.speaker().phase === 'left';
    if (hasLeft !== this.#hasLeft) {
      this.#hasLeft = hasLeft;
      for (const key of this.#announced.keys) this.#requeue(key);
    }
    this.#nodeStatus.changed();
  }

  /** What other speakers need to know for layer 2 changed. */
  layer2Changed(): void {
    if (!this.#isFrozen) this.#nodeStatus.changedUrgently();
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { serviceBgpStatusLimit } = this.#options;
    const watching = [
      this.#nodeStatusInformer,
      ...(serviceBgpStatusLimit > 0 ? [this.#statusInformer] : []),
    ].map((one) => one.run(signal));
    void this.#start();
    await Promise.all(watching);
  }

  /** The process ends: later changes are ignored. Returns the final status. */
  freeze(isDraining: boolean): NodeStatus | null {
    const status = this.#currentStatus();
    const neighbours = [...this.#options.speaker().neighbours.values()];
    const bridged = new Set(neighbours.filter((one) => one.hasGracefulRestart).map(({ peer }) => peer.name));
    this.#isFrozen = true;
    this.#nodeAssignedEvents.stop();
    this.#limit.stop();
    this.#nodeStatus.stop();
    const wall = this.#options.context.clock.wall();
    return status === null ? null : finalStatus(status, { isDraining, bridged, wall });
  }

  /** Waits for writes in flight, and writes the final status. */
  async finish(status: NodeStatus | null): Promise<void> {
    await Promise.all([this.#statuses.stop(), this.#nodeStatus.finish(status)]);
  }

  // --- statuses

  async #start(): Promise<void> {
    const { context, namespace, node, serviceBgpStatusLimit } = this.#options;
    const { client, clock } = context;
    const timeout = sleep(clock, PREVIOUS_RUN_TIMEOUT);
    const prerequisites = Promise.all([this.#limit.start(), this.#findOwner()]);
    const previousRun = await fetchPreviousRun(client, { namespace, node });
    await this.#firstReconcile;
    if (serviceBgpStatusLimit > 0) await Promise.race([this.#firstList, timeout]);
    const existingStatuses = this.#statusInformer.hasSynced ? this.#statuses.services : null;
    this.#nodeAssignedEvents.start(
      findAlreadyReported({ previousRun, existingStatuses, digest: this.#announced.summary().digest }),
    );
    if (serviceBgpStatusLimit === 0) return;
    await Promise.all([prerequisites, this.#firstList]);
    if (!this.#isFrozen) this.#statuses.start();
  }

  async #findOwner(): Promise<void> {
    const { context, namespace, podName: name } = this.#options;
    this.#owner = await findStatusOwner(context, { namespace, name }, () => this.#isFrozen);
  }

  #desiredPeers(key: ServiceKey): readonly string[] | null {
    return this.#hasLeft ? null : this.#announced.peersOf(key);
  }

  #requeue(key: ServiceKey): void {
    this.#nodeAssignedEvents.setAssigned(key, this.#desiredPeers(key) !== null);
    this.#statuses.requeue(key);
  }

  #statusDeleted(name: string): void {
    const object = this.#statusInformer.store.get(name);
    if (object !== undefined && this.#statusInformer.store.deleted(name, object.uid))
      this.#statuses.deleted(object);
  }

  #limitChanged(isEnabled: boolean): void {
    const { context, sendEvent } = this.#options;
    const keys = new Set([...this.#announced.keys, ...this.#statuses.services]);
    for (const key of keys) this.#statuses.requeue(key);
    if (isEnabled) {
      context.log.info('ServiceBGPStatus objects are kept again');
      return;
    }
    const because = this.#limit.reason;
    context.log.warn('no ServiceBGPStatus objects are kept, there would be too many', { because });
    const message = `no ServiceBGPStatus objects are kept: ${because}`;
    sendEvent({
      regarding: this.#eventSubject(),
      event: { type: 'Normal', reason: 'TooManyStatuses', message },
    });
  }

  // --- events

  /** The Pod where it is known, else the Node. */
  #eventSubject(): ObjectReference {
    const { namespace, node, informers } = this.#options;
    const core = { apiVersion: 'v1', resourceVersion: '' };
    if (this.#owner !== null) return { ...core, kind: PODS.kind, namespace, ...this.#owner };
    const uid = informers().node.store.get(node)?.uid ?? '';
    return { ...core, kind: NODES.kind, namespace: '', name: node, uid };
  }

  #sendNodeAssigned(key: ServiceKey): void {
    const { sendEvent, node, informers } = this.#options;
    const service = informers().services.store.get(key);
    if (service === undefined) return;
    sendEvent({
      regarding: serviceReference({ ...service, key }),
      event: {
        type: 'Normal',
        reason: 'nodeAssigned',
        message: `announcing from node ${JSON.stringify(node)} with protocol "bgp"`,
      },
    });
  }

  #currentStatus(): NodeStatus | null {
    const { ignoreExcludeLabel, node, podName: pod, speaker, layer2 } = this.#options;
    const { phase, neighbours, bfd } = speaker();
    if (phase === 'waiting') return null;
    return {
      node,
      pod,
      phase,
      ignoreExcludeLabel,
      sessions: this.#sessionStatuses.statusesOf(neighbours.values(), bfd),
      announced: phase === 'left' ? NOTHING_ANNOUNCED : this.#announced.summary(),
      layer2: layer2(),
    };
  }
}
