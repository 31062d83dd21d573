/** The sources of the condition Announced: Berth's speakers, Calico, or both. */

import type { AllocatorOptions } from '../../../allocation/allocator.ts';
import { isManaged } from '../../../allocation/service-filter.ts';
import type { ResolvedPools } from '../../../announce/config/pools.ts';
import type { PoolSet } from '../../../config/pool/pool-set.ts';
import type { ConditionValue } from '../../../objects/condition.ts';
import type { Service, ServiceKey } from '../../../objects/service.ts';
import type { InformerContext } from '../../../runtime/main/informer.ts';
import type { ObjectEvent } from '../../../runtime/ports.ts';
import {
  ANNOUNCED_CONDITION,
  type AnnouncedConditions,
  AnnouncedConditionWriter,
} from '../../announced/condition-writer.ts';
import { mergeNative, withCalico } from '../../announced/merge-conditions.ts';
import type { ControllerEvent, ServiceApi, ServiceCacheView } from '../../ports.ts';
import type { ControllerInformers } from '../api/informers.ts';
import type { CalicoDetector } from './calico/detector.ts';
import { type CalicoModelClient, InProcessModel } from './calico/model-thread.ts';
import { CalicoAnnouncementSource } from './calico/source.ts';
import { Layer2AnnouncementSource } from './layer2/source.ts';
import { NativeAnnouncementSource } from './native/source.ts';
import { AnnouncedPools } from './pools.ts';

export type AnnouncementSourcesOptions = {
  /** The namespace of Berth's own objects. */
  readonly namespace: string;
  /** Which Services are managed. */
  readonly allocator: AllocatorOptions;
  /** Whether to report what Berth's speakers announce, where there are any. */
  readonly native: 'auto' | 'off';
  readonly informers: ControllerInformers;
  /** Null with `--calico=off`. */
  readonly calico: CalicoDetector | null;
  /** Computes what Calico announces; in this very thread where it is undefined. */
  readonly model: CalicoModelClient | undefined;
  readonly view: ServiceCacheView;
  readonly poolSet: () => PoolSet;
  readonly api: ServiceApi;
  readonly events: (note: ControllerEvent) => void;
  /** Events on Services, with the reason of their condition. */
  readonly serviceEvents: (event: ObjectEvent) => void;
  readonly isLeading: () => boolean;
};

export class AnnouncementSources {
  readonly writer: AnnouncedConditionWriter;
  /** Null with `--native=off`. */
  readonly #pools: AnnouncedPools | null;
  /** Null with `--calico=off`. */
  readonly #calico: CalicoAnnouncementSource | null;
  /** Null with `--native=off`. */
  readonly #native: NativeAnnouncementSource | null;
  /** Null with `--native=off`. */
  readonly #layer2: Layer2AnnouncementSource | null;

  constructor(
    context: InformerContext,
    {
      informers,
      calico,
      model,
      view,
      poolSet,
      api,
      events,
      serviceEvents,
      isLeading,
      ...options
    }: AnnouncementSourcesOptions,
  ) {
    const { namespace, allocator, native } = options;
    const isManagedService = (service: Service): boolean => isManaged(service, allocator);
    const shared = { context, namespace, view, isManaged: isManagedService };
    this.#pools =
      native === 'off' ? null : new AnnouncedPools(context.clock, informers.pools, () => this.changed());
    const pools = (): ResolvedPools | null => this.#pools?.inForce() ?? null;
    const speakers = { ...shared, informers, pools, lbClass: allocator.lbClass };
    this.#calico =
      calico === null
        ? null
        : new CalicoAnnouncementSource({
            ...{ ...shared, detector: calico, poolSet, events, model: model ?? new InProcessModel() },
          });
    this.#native = native === 'off' ? null : new NativeAnnouncementSource(speakers);
    this.#layer2 = native === 'off' ? null : new Layer2AnnouncementSource(speakers);
    this.writer = new AnnouncedConditionWriter({
      ...{ clock: context.clock, random: context.random, log: context.log },
      ...{ view, api, isLeading, isManaged: isManagedService },
      events: serviceEvents,
      nodeCount: () => Math.max(this.#calico?.nodeCount ?? 0, this.#native?.nodeCount ?? 0),
      evaluate: () => this.#evaluate(),
    });
    calico?.changes.add(() => this.changed());
    this.#calico?.changes.add(() => this.changed());
    this.#native?.changes.add(() => this.changed());
    this.#layer2?.changes.add(() => this.changed());
    informers.services.subscribe({
      isSame: isSameAnnouncement,
      changed: () => this.changed(),
    });
  }

  /** Services, pools, or what announces them have changed. */
  changed(): void {
    if (this.#calico !== null || this.#native !== null) this.writer.changed();
  }

  /** Whether speakers answer by layer 2; null while that is not known. */
  get answersLayer2(): boolean | null {
    return this.#layer2 === null ? false : this.#layer2.isPublished;
  }

  stop(): void {
    this.writer.stop();
    this.#calico?.stop();
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#calico?.run(signal), this.#native?.run(signal), this.#layer2?.run(signal)]);
    this.#pools?.stop();
  }

  async #evaluate(): Promise<AnnouncedConditions | null> {
    const bgpConditions =
      this.#native === null ? new Map<ServiceKey, ConditionValue>() : await this.#native.evaluate();
    const layer2Conditions =
      this.#layer2 === null ? new Map<ServiceKey, ConditionValue>() : this.#layer2.evaluate();
    if (bgpConditions === null || layer2Conditions === null) return null;
    const native = mergeNative(bgpConditions, layer2Conditions);
    if (this.#calico === null) return { byService: native, predict: () => null };
    const calico = await this.#calico.evaluate();
    return this.#native?.isActive === true ? withCalico(native, calico) : calico;
  }
}

/** Whether an update of a Service changes neither what is announced of it nor what has to be reported. */
function isSameAnnouncement(before: Service, after: Service): boolean {
  const fingerprint = ({ ingress, clusterIPs, externalTrafficPolicy, ...rest }: Service): string =>
    JSON.stringify([
      ingress.map(({ ip }) => ip),
      clusterIPs,
      externalTrafficPolicy,
      rest.loadBalancerIP,
      rest.labels,
      rest.conditions.find(({ type }) => type === ANNOUNCED_CONDITION)?.reason,
    ]);
  return fingerprint(before) === fingerprint(after);
}
