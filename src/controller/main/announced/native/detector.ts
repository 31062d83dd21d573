/**
 * Detects whether Berth's speakers run, by what they report of their nodes. While they do, it watches all that decides what
 * they announce. Assigning addresses needs none of this, and readiness does not depend on it.
 */

import { isDeepStrictEqual } from 'node:util';
import type { ConfigObjects } from '../../../../announce/config/node-config.ts';
import { untilAborted } from '../../../../base/abort.ts';
import type { ServiceKey } from '../../../../objects/service.ts';
import type { Informer, InformerContext, InformerSubscriber } from '../../../../runtime/main/informer.ts';
import type { ObjectSource } from '../../../../runtime/main/object-source.ts';
import { sameWatchedObject, type WatchedObject } from '../../../../runtime/main/watched-object.ts';
import { EndpointNodes, type ServiceEndpoints } from '../../../announced/native/endpoint-nodes.ts';
import type { SpeakerPod, SpeakerStatus } from '../../../announced/native/speaker-states.ts';
import { sameSliceSummary } from '../../../announced/slice-summary.ts';
import type { ControllerInformers } from '../../api/informers.ts';
import { type InformerUse, informerUse, OptionalInformers } from '../../api/optional-informers.ts';
import {
  sameWatchedPool,
  type WatchedNode,
  type WatchedPool,
  type WatchedSliceSummary,
  type WatchedSpeakerPod,
  type WatchedSpeakerStatus,
} from '../../api/watched-objects.ts';

export type SpeakerDetectorOptions = {
  readonly context: Pick<InformerContext, 'clock' | 'log'>;
  readonly informers: ControllerInformers;
  /** Nodes, their speakers or the configuration have changed. */
  readonly changed: () => void;
  /** Only endpoints of Services have. */
  readonly endpointsChanged: () => void;
};

export class SpeakerDetector {
  readonly #options: SpeakerDetectorOptions;
  readonly #optional: OptionalInformers;
  #endpoints = new EndpointNodes();
  #isStopped = false;

  constructor(options: SpeakerDetectorOptions) {
    this.#options = options;
    const { context, changed } = options;
    this.#optional = new OptionalInformers(context.clock, changed);
    const speakersChanged = (): void => {
      this.#startOrStop();
      changed();
    };
    for (const informer of this.#statusInformers)
      informer.subscribe({
        isSame: (before, after) => isDeepStrictEqual(before.status, after.status),
        ...{ changed: speakersChanged, deleted: speakersChanged, listed: speakersChanged },
      });
  }

  /** Whether there are speakers. */
  get isActive(): boolean {
    return this.#optional.isActive;
  }

  /** Whether it is known if there are speakers, and all lists are complete or given up. */
  get hasSynced(): boolean {
    const settled = this.#statusInformers.every((one) => one.isSyncedOrAbsent || one.watchError !== null);
    return settled && this.#optional.hasSynced;
  }

  /** Resources that have not been listed. */
  get unreadable(): readonly string[] {
    const statuses = this.#statusInformers.filter(({ isSyncedOrAbsent }) => !isSyncedOrAbsent);
    return [...statuses.map(({ name }) => name), ...this.#optional.unreadable];
  }

  /** One for each node: that of an updated speaker wins over the ConfigMap that it wrote before. */
  get statuses(): readonly SpeakerStatus[] {
    const { speakerStatuses, formerSpeakerStatuses } = this.#options.informers;
    const byNode = new Map<string, SpeakerStatus>();
    for (const { store } of [formerSpeakerStatuses, speakerStatuses])
      for (const { status } of store.values()) if (status !== null) byNode.set(status.node, status);
    return [...byNode.values()];
  }

  /** None while there are no speakers, as with all that follow. */
  get pods(): readonly SpeakerPod[] {
    return this.#objectsOf(this.#options.informers.speakerPods);
  }

  get nodes(): readonly WatchedNode[] {
    return this.#objectsOf(this.#options.informers.nodes);
  }

  get config(): ConfigObjects {
    const { pools, bgpAdvertisements, bgpPeers, communities } = this.#options.informers;
    const rawsOf = (source: ObjectSource<WatchedObject> | ObjectSource<WatchedPool>) =>
      this.isActive ? [...source.store.values()].map(({ raw }) => raw) : [];
    return {
      ...{ pools: rawsOf(pools), advertisements: rawsOf(bgpAdvertisements), peers: rawsOf(bgpPeers) },
      ...{ communities: rawsOf(communities), layer2: [], bfdProfiles: [], secrets: [] },
    };
  }

  endpointsOf(key: ServiceKey): ServiceEndpoints {
    return this.#endpoints.endpointsOf(key);
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const statuses = this.#statusInformers.map((informer) => informer.run(signal));
    await untilAborted(signal);
    this.#isStopped = true;
    await Promise.all([...statuses, this.#stop()]);
  }

  get #statusInformers(): readonly Informer<WatchedSpeakerStatus>[] {
    const { speakerStatuses, formerSpeakerStatuses } = this.#options.informers;
    return [speakerStatuses, formerSpeakerStatuses];
  }

  #objectsOf<T extends WatchedNode | WatchedSpeakerPod>(informer: Informer<T>): readonly T[] {
    return this.isActive ? [...informer.store.values()] : [];
  }

  #startOrStop(): void {
    const { context } = this.#options;
    const isWanted = this.#statusInformers.some(({ store }) => store.size > 0) && !this.#isStopped;
    if (isWanted === this.isActive) return;
    if (isWanted) this.#optional.start(this.#uses());
    else void this.#stop();
    context.log.info(
      isWanted
        ? 'speakers are running, conditions will report what they announce'
        : 'no speakers are running',
    );
  }

  async #stop(): Promise<void> {
    const stopped = this.#optional.stop();
    this.#endpoints = new EndpointNodes();
    await stopped;
  }

  #uses(): readonly InformerUse[] {
    const { informers, changed, endpointsChanged } = this.#options;
    const notify = { changed, deleted: changed, listed: changed };
    const config = { isSame: sameWatchedObject, ...notify };
    const slices: InformerSubscriber<WatchedSliceSummary> = {
      isSame: sameSliceSummary,
      changed: (_, slice) => {
        this.#endpoints.put(slice);
        endpointsChanged();
      },
      deleted: (key) => {
        this.#endpoints.remove(key);
        endpointsChanged();
      },
      listed: endpointsChanged,
    };
    return [
      informerUse(informers.nodes, { isSame: sameSpeakerNode, ...notify }),
      informerUse(informers.speakerPods, { isSame: samePod, ...notify }),
      informerUse(informers.endpointSlices, slices),
      informerUse(informers.pools, { isSame: sameWatchedPool, ...notify }),
      informerUse(informers.bgpAdvertisements, config),
      informerUse(informers.bgpPeers, config),
      informerUse(informers.communities, config),
    ];
  }
}

/** Whether an update of a Node, such as a heartbeat, changes nothing about announcing. */
const sameSpeakerNode = (a: WatchedNode, b: WatchedNode): boolean =>
  a.isReady === b.isReady &&
  a.isExcluded === b.isExcluded &&
  a.isNetworkUnavailable === b.isNetworkUnavailable &&
  isDeepStrictEqual(a.labels, b.labels);

const samePod = (a: SpeakerPod, b: SpeakerPod): boolean => a.node === b.node && a.isReady === b.isReady;
