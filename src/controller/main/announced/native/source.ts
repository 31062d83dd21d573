/** Announced conditions where Berth's speakers announce. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ResolvedPools } from '../../../../announce/config/pools.ts';
import type { AnnouncementRecord } from '../../../../announce/decision/service-addresses.ts';
import { Listeners } from '../../../../base/listeners.ts';
import type { Service, ServiceKey } from '../../../../objects/service.ts';
import type { InformerContext } from '../../../../runtime/main/informer.ts';
import { evaluateNativeCondition } from '../../../announced/native/condition.ts';
import type { ServiceEndpoints } from '../../../announced/native/endpoint-nodes.ts';
import { classifySpeakerNodes, type NodeClass } from '../../../announced/native/node-classes.ts';
import type { NativeCondition } from '../../../announced/native/reasons.ts';
import { resolveSpeakerStates, type SpeakerState } from '../../../announced/native/speaker-states.ts';
import type { ServiceCacheView } from '../../../ports.ts';
import type { ControllerInformers } from '../../api/informers.ts';
import { SpeakerDetector } from './detector.ts';

export type NativeSourceOptions = {
  readonly context: Pick<InformerContext, 'clock' | 'log'>;
  readonly informers: ControllerInformers;
  /** The pools in force; null until the first are resolved. */
  readonly pools: () => ResolvedPools | null;
  readonly namespace: string;
  readonly lbClass: string | null;
  readonly view: ServiceCacheView;
  readonly isManaged: (service: Service) => boolean;
};

/** Services that are evaluated in one turn of the event loop: with many classes of nodes one takes up to a millisecond. */
const SERVICES_PER_TURN = 20;

/** Nodes, speakers and configuration, as of their last change. */
type NativeInputs = {
  readonly pools: ResolvedPools;
  readonly classes: readonly NodeClass[];
  readonly speakers: ReadonlyMap<string, SpeakerState>;
};

type CachedCondition = {
  readonly inputs: NativeInputs;
  readonly endpoints: ServiceEndpoints;
  readonly condition: NativeCondition | null;
};

export class NativeAnnouncementSource {
  /** Conditions may be different. */
  readonly changes = new Listeners();
  readonly #options: NativeSourceOptions;
  readonly #detector: SpeakerDetector;
  readonly #lastAnnounced = new Map<ServiceKey, AnnouncementRecord>();
  /** Null after a change. */
  #inputs: NativeInputs | null = null;
  #cancelExpiry: () => void = () => {};
  /** A Service is evaluated again where it, its endpoints or the inputs have changed. */
  readonly #cache = new WeakMap<Service, CachedCondition>();

  constructor(options: NativeSourceOptions) {
    this.#options = options;
    const { context, informers } = options;
    this.#detector = new SpeakerDetector({
      ...{ context, informers },
      changed: () => this.#inputsChanged(),
      endpointsChanged: () => this.changes.notify(),
    });
  }

  get isActive(): boolean {
    return this.#detector.isActive;
  }

  get nodeCount(): number {
    return this.#detector.nodes.length;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#detector.run(signal);
    this.#cancelExpiry();
  }

  /** Null while the detector has not synced, or no pools are resolved. */
  async evaluate(): Promise<ReadonlyMap<ServiceKey, NativeCondition> | null> {
    if (!this.#detector.hasSynced) return null;
    const conditions = new Map<ServiceKey, NativeCondition>();
    if (!this.isActive) return conditions;
    const { view, isManaged } = this.#options;
    const unreadable = this.#unreadableCondition();
    const inputs = this.#currentInputs();
    if (inputs === null) return null;
    let evaluated = 0;
    for (const service of [...view.values()]) {
      if (!isManaged(service) || service.ingress.length === 0) continue;
      const endpoints = this.#detector.endpointsOf(service.key);
      let cached = this.#cache.get(service);
      if (unreadable === null && (cached?.inputs !== inputs || cached.endpoints !== endpoints)) {
        const condition = evaluateNativeCondition(service, endpoints, {
          ...inputs,
          lastAnnounced: this.#lastAnnounced,
        });
        cached = { inputs, endpoints, condition };
        this.#cache.set(service, cached);
        evaluated += 1;
        if (evaluated % SERVICES_PER_TURN === 0) await nextTurn();
      }
      const condition = unreadable ?? cached?.condition ?? null;
      if (condition !== null) conditions.set(service.key, condition);
    }
    for (const key of this.#lastAnnounced.keys())
      if (view.get(key) === undefined) this.#lastAnnounced.delete(key);
    return conditions;
  }

  #currentInputs(): NativeInputs | null {
    const { context, namespace, lbClass } = this.#options;
    const pools = this.#options.pools();
    if (pools === null || pools === this.#inputs?.pools) return pools === null ? null : this.#inputs;
    const { nodes, statuses, pods, config } = this.#detector;
    const wall = context.clock.wall();
    const { byNode: speakers, validUntil } = resolveSpeakerStates(statuses, {
      pods,
      unreadyNodes: new Set(nodes.filter(({ isReady }) => isReady === false).map(({ name }) => name)),
      wall,
    });
    this.#inputs = {
      classes: classifySpeakerNodes({
        ...{ nodes, speakers, namespace, lbClass },
        config: { ...config, resolvedPools: pools },
      }),
      ...{ pools, speakers },
    };
    this.#cancelExpiry();
    if (validUntil !== null)
      this.#cancelExpiry = context.clock.after(validUntil - wall, () => this.#inputsChanged());
    return this.#inputs;
  }

  #inputsChanged(): void {
    this.#inputs = null;
    this.changes.notify();
  }

  #unreadableCondition(): NativeCondition | null {
    const { unreadable } = this.#detector;
    if (unreadable.length === 0) return null;
    const message = `Whether speakers announce it is unknown: ${unreadable.join(', ')} cannot be read.`;
    return { status: 'Unknown', reason: 'NotVisible', message };
  }
}
