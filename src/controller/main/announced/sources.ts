/**
 * Whoever announces, one condition says so: Berth's speakers, Calico, or both. Where both have a word, the better one
 * counts, and of two that are as good that of the speakers.
 */

import { isManaged } from '../../../allocation/service-filter.ts';
import type { Service, ServiceKey } from '../../../objects/service.ts';
import type { InformerContext } from '../../../runtime/main/informer.ts';
import {
  ANNOUNCED_CONDITION,
  type AnnouncedCondition,
  type AnnouncedConditions,
  AnnouncedConditionWriter,
} from '../../announced/condition-writer.ts';
import type { ServiceApi } from '../../ports.ts';
import type { ControllerSettings } from '../settings.ts';
import {
  type CalicoAnnouncementSource,
  type CalicoModelContext,
  type CalicoSourceOptions,
  createCalicoSource,
} from './calico/source.ts';
import { NativeAnnouncementSource } from './native/source.ts';

export type AnnouncementSourcesOptions = Pick<
  CalicoSourceOptions,
  'view' | 'poolSet' | 'events' | 'claimsChanged'
> & {
  readonly api: ServiceApi;
  readonly isLeading: () => boolean;
};

const STATUS_RANK = { False: 0, Unknown: 1, True: 2 } as const;

export class AnnouncementSources {
  readonly writer: AnnouncedConditionWriter;
  /** Null with `--calico=off`. */
  readonly #calico: CalicoAnnouncementSource | null;
  /** Null with `--native=off`. */
  readonly #native: NativeAnnouncementSource | null;

  constructor(
    context: InformerContext & CalicoModelContext,
    settings: ControllerSettings,
    { api, isLeading, ...rest }: AnnouncementSourcesOptions,
  ) {
    const { view } = rest;
    const { namespace, allocator, native } = settings;
    const isManagedService = (service: Service): boolean => isManaged(service, allocator);
    const changed = (): void => this.changed();
    this.#calico = createCalicoSource(context, settings, { ...rest, isManaged: isManagedService, changed });
    this.#native =
      native === 'off'
        ? null
        : new NativeAnnouncementSource({
            context,
            namespace,
            lbClass: allocator.lbClass,
            view,
            isManaged: isManagedService,
            changed,
          });
    this.writer = new AnnouncedConditionWriter({
      ...{ clock: context.clock, log: context.log, view, api, isLeading, isManaged: isManagedService },
      nodeCount: () => Math.max(this.#calico?.nodeCount ?? 0, this.#native?.nodeCount ?? 0),
      evaluate: () => this.#evaluate(),
    });
  }

  /** Services, pools, or what announces them have changed. */
  changed(): void {
    if (this.#calico !== null || this.#native !== null) this.writer.changed();
  }

  serviceChanged(before: Service | undefined, after: Service): void {
    if (affectsAnnouncement(before, after)) this.changed();
  }

  stop(): void {
    this.writer.stop();
    this.#calico?.stop();
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#calico?.run(signal), this.#native?.run(signal)]);
  }

  async #evaluate(): Promise<AnnouncedConditions | null> {
    const nativeConditions =
      this.#native === null ? new Map<ServiceKey, AnnouncedCondition>() : await this.#native.evaluate();
    if (nativeConditions === null) return null;
    if (this.#calico === null) return { byService: nativeConditions, predict: () => null };
    const calicoConditions = await this.#calico.evaluate();
    if (calicoConditions === null || this.#native?.isActive !== true) return calicoConditions;
    return { byService: mergeConditions(nativeConditions, calicoConditions.byService), predict: () => null };
  }
}

function mergeConditions(
  native: ReadonlyMap<ServiceKey, AnnouncedCondition>,
  calico: ReadonlyMap<ServiceKey, AnnouncedCondition>,
): ReadonlyMap<ServiceKey, AnnouncedCondition> {
  const merged = new Map(calico);
  for (const [key, condition] of native) {
    const other = merged.get(key);
    const isBetter =
      other === undefined ||
      other.reason === 'NoAnnouncer' ||
      STATUS_RANK[condition.status] >= STATUS_RANK[other.status];
    if (isBetter) merged.set(key, condition);
  }
  return merged;
}

/** Whether a change of a Service can change what is announced of it, or what has to be said. */
function affectsAnnouncement(before: Service | undefined, after: Service): boolean {
  if (before === undefined) return true;
  const fingerprint = ({ ingress, clusterIPs, externalTrafficPolicy, ...rest }: Service): string =>
    JSON.stringify([
      ingress.map(({ ip }) => ip),
      clusterIPs,
      externalTrafficPolicy,
      rest.loadBalancerIP,
      rest.labels,
      rest.conditions.find(({ type }) => type === ANNOUNCED_CONDITION)?.reason,
    ]);
  return fingerprint(before) !== fingerprint(after);
}
