/**
 * Announced conditions where Berth's speakers answer by layer 2, or should. It elects from the same objects as they do. While no
 * speaker publishes interfaces, and no L2Advertisement asks one to, it watches nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ResolvedPools } from '../../../../announce/config/pools.ts';
import { untilAborted } from '../../../../base/abort.ts';
import type { Millis } from '../../../../base/clock.ts';
import { Listeners } from '../../../../base/listeners.ts';
import { rememberByObject } from '../../../../base/remember.ts';
import { kubeProxyHint } from '../../../../config/kube-proxy.ts';
import { toLayer2Service } from '../../../../layer2/election/layer2-service.ts';
import { recordedOwners } from '../../../../layer2/election/record-index.ts';
import { publishedLosses } from '../../../../layer2/membership/remote-losses.ts';
import { speakerPresence } from '../../../../layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../../../../layer2/membership/watch-graph.ts';
import { Layer2Model } from '../../../../layer2/model/layer2-model.ts';
import { publishedConflicts } from '../../../../layer2/report/conflict-hint.ts';
import type { Service, ServiceKey } from '../../../../objects/service.ts';
import type { InformerContext } from '../../../../runtime/main/informer.ts';
import { evaluateLayer2Condition, type Layer2Condition } from '../../../announced/layer2/condition.ts';
import { sameSliceSummary } from '../../../announced/slice-summary.ts';
import type { ServiceCacheView } from '../../../ports.ts';
import type { ControllerInformers } from '../../api/informers.ts';
import { type InformerUse, informerUse, OptionalInformers } from '../../api/optional-informers.ts';
import { sameWatchedPool } from '../../api/watched-objects.ts';
import { KubeProxyReader } from './kube-proxy-reader.ts';

/** A speaker that starts opens the wire in less. Then its silence is a fault, which the condition names. */
export const SILENCE_PATIENCE: Millis = 10_000;

export type Layer2SourceOptions = {
  readonly context: Pick<InformerContext, 'clock' | 'log' | 'client'>;
  readonly informers: ControllerInformers;
  /** The pools in force; null until the first are resolved. */
  readonly pools: () => ResolvedPools | null;
  readonly namespace: string;
  readonly lbClass: string | null;
  readonly view: ServiceCacheView;
  readonly isManaged: (service: Service) => boolean;
};

export class Layer2AnnouncementSource {
  /** Conditions may be different. */
  readonly changes = new Listeners();
  readonly #options: Layer2SourceOptions;
  readonly #optional: OptionalInformers;
  readonly #kubeProxy: KubeProxyReader;
  readonly #graphs = new WatchGraphs();
  /** The election takes as unchanged what is the same object. */
  readonly #layer2Service = rememberByObject(toLayer2Service);
  #model: Layer2Model | null = null;
  #isStopped = false;
  /** Ends the wait for speakers that run and do not answer; null where none is waited for. */
  #cancelPatience: (() => void) | null = null;
  #isPatienceOver = false;

  constructor(options: Layer2SourceOptions) {
    this.#options = options;
    const { context, informers } = options;
    this.#optional = new OptionalInformers(context.clock, () => this.changes.notify());
    this.#kubeProxy = new KubeProxyReader(context, () => this.changes.notify());
    const changed = (): void => {
      this.#startOrStop();
      this.changes.notify();
    };
    informers.speakerStatuses.subscribe({
      isSame: (before, after) => isDeepStrictEqual(before.layer2, after.layer2),
      ...{ changed, deleted: changed, listed: changed },
    });
    const advertised = (): void => this.#startOrStop();
    informers.layer2Advertisements.subscribe({
      changed: advertised,
      deleted: advertised,
      listed: advertised,
    });
  }

  get isActive(): boolean {
    return this.#optional.isActive;
  }

  /** Whether a speaker publishes interfaces; null before the first list of their status, unless that fails. */
  get isPublished(): boolean | null {
    const { speakerStatuses } = this.#options.informers;
    const isListed = speakerStatuses.isSyncedOrAbsent || speakerStatuses.watchError !== null;
    if (!isListed) return null;
    return [...speakerStatuses.store.values()].some(({ layer2 }) => layer2?.interfaces != null);
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await untilAborted(signal);
    this.#isStopped = true;
    this.#cancelPatience?.();
    this.#kubeProxy.stop();
    await this.#optional.stop();
  }

  /** Null while lists are missing, or no pools are resolved. */
  evaluate(): ReadonlyMap<ServiceKey, Layer2Condition> | null {
    const conditions = new Map<ServiceKey, Layer2Condition>();
    if (!this.isActive || this.#model === null) return conditions;
    const pools = this.#options.pools();
    if (!this.#optional.hasSynced || pools === null) return null;
    const {
      context: { clock },
      informers,
      view,
      isManaged,
    } = this.#options;
    const speakers = [...informers.speakerStatuses.store.values()].flatMap(({ layer2 }) => layer2 ?? []);
    const records = [...informers.serviceL2Statuses.store.values()];
    const owners = recordedOwners(records);
    const presence = speakerPresence({
      ...{ own: { node: '', interfaces: [] }, speakers, losses: publishedLosses(speakers) },
      ...{ graphs: this.#graphs, now: clock.now() },
      pods: [...informers.layer2Pods.store.values()],
    });
    const services = [...view.values()].filter((one) => isManaged(one) && one.ingress.length > 0);
    const state = this.#model.recompute({
      ...{ services: services.map(this.#layer2Service), presence, pools, ...owners },
      advertisements: [...informers.layer2Advertisements.store.values()].map(({ raw }) => raw),
      nodes: informers.nodes.store.values(),
      records: () => records,
    });
    const { interfaces } = presence;
    const { settings } = this.#kubeProxy;
    const kubeProxy = settings === null ? null : kubeProxyHint(settings);
    const conflicts = publishedConflicts(speakers);
    const running = speakers.filter((one) => one.interfaces === null && !one.hasStopped);
    const known = new Map([...informers.nodes.store.values()].map((node) => [node.name, node]));
    const silent = {
      nodes: running.map(({ node }) => ({ name: node, node: known.get(node) ?? null })),
      ignoreExcludeLabel: this.#ignoresExcludeLabel,
    };
    const conditionContext = { state, recorded: owners.recorded, conflicts, interfaces, kubeProxy, silent };
    for (const { key } of services) {
      const condition = evaluateLayer2Condition(key, conditionContext);
      if (condition !== null) conditions.set(key, condition);
    }
    return conditions;
  }

  get #ignoresExcludeLabel(): boolean {
    const published = [...this.#options.informers.speakerStatuses.store.values()];
    return published.some(({ status }) => status?.ignoreExcludeLabel);
  }

  /** Whether there are speakers that an L2Advertisement asks to answer, and none of them does: all have stopped, or may not. */
  get #isSilent(): boolean {
    const { speakerStatuses, layer2Advertisements } = this.#options.informers;
    const isKnown = [...speakerStatuses.store.values()].some(({ layer2 }) => layer2 !== null);
    return this.isPublished === false && isKnown && layer2Advertisements.store.size > 0;
  }

  #waitForSilent(): void {
    if (!this.#isSilent || this.#isStopped) {
      this.#cancelPatience?.();
      this.#cancelPatience = null;
      this.#isPatienceOver = false;
    } else
      this.#cancelPatience ??= this.#options.context.clock.after(SILENCE_PATIENCE, () => {
        this.#isPatienceOver = true;
        this.#startOrStop();
      });
  }

  #startOrStop(): void {
    const { namespace, lbClass } = this.#options;
    this.#waitForSilent();
    const isWanted = (this.isPublished === true || this.#isPatienceOver) && !this.#isStopped;
    if (isWanted === this.isActive) return;
    if (!isWanted) {
      this.#model = null;
      this.#kubeProxy.stop();
      void this.#optional.stop();
      return;
    }
    this.#model = new Layer2Model({
      ...{ namespace, keepsOwner: true },
      flags: { lbClass, ignoreExcludeLabel: this.#ignoresExcludeLabel },
    });
    this.#kubeProxy.start();
    this.#optional.start(this.#uses(this.#model));
  }

  #uses(model: Layer2Model): readonly InformerUse[] {
    const { informers } = this.#options;
    const changed = (): void => this.changes.notify();
    const notify = { changed, deleted: changed, listed: changed };
    return [
      informerUse(informers.nodes, {
        isSame: (a, b) =>
          a.isExcluded === b.isExcluded &&
          a.isNetworkUnavailable === b.isNetworkUnavailable &&
          isDeepStrictEqual(a.addresses, b.addresses) &&
          isDeepStrictEqual(a.labels, b.labels),
        ...notify,
      }),
      informerUse(informers.layer2Pods, notify),
      informerUse(informers.serviceL2Statuses, notify),
      informerUse(informers.layer2Advertisements, notify),
      informerUse(informers.pools, { isSame: sameWatchedPool, ...notify }),
      informerUse(informers.endpointSlices, {
        isSame: sameSliceSummary,
        changed: (_, { namespace, name, service, hasUsable: hasAny, byNode }) => {
          const nodes = [...byNode].filter(([node, { families }]) => node !== '' && families.length > 0);
          const usable = { hasAny, nodes: new Set(nodes.map(([node]) => node)) };
          model.putSlice({ namespace, name, service, usable });
          changed();
        },
        deleted: (_, slice) => {
          model.removeSlice(slice);
          changed();
        },
        listed: changed,
      }),
    ];
  }
}
