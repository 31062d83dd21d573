/**
 * All pictures that the controller keeps, wired to whoever acts on them. While `active` is false they are only
 * kept: a standby does not act, and whoever is elected starts afresh from all of them.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Allocator } from '../../allocation/allocator.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import { layer2OnlyPools } from '../../config/pool/coverage.ts';
import {
  BGP_ADVERTISEMENTS,
  DEPLOYMENTS,
  L2_ADVERTISEMENTS,
  NAMESPACES,
  NODES,
  type Resource,
} from '../../kube/resource.ts';
import type { Labels } from '../../objects/selector.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { type Deployment, findMetalLBController } from '../metallb-controller.ts';
import { type PoolObjectSource, type PoolSink, watchLegacyPools, watchPoolObjects } from './pools/source.ts';
import { createServiceInformer } from './services/informer.ts';
import {
  toWatchedAdvertisement,
  toWatchedDeployment,
  toWatchedNamespace,
  toWatchedNode,
  type WatchedAdvertisement,
  type WatchedDeployment,
  type WatchedNode,
} from './watched-objects.ts';

/** MetalLB's Deployment is looked for so long before it counts as absent: the rights to see it may be missing. */
const METALLB_LOOKUP_TIMEOUT: Millis = 3000;

/** A standby's watch is behind by so little; who has not caught up by then lists, which is never wrong. */
const CATCH_UP_TIMEOUT: Millis = 250;

export type ControllerInformersOptions = {
  readonly context: InformerContext;
  readonly namespace: string;
  readonly legacyConfig: string | null;
  readonly allocator: () => Allocator;
  readonly pools: PoolSink;
  readonly on: {
    readonly serviceChanged: (before: Service | undefined, after: Service) => void;
    readonly serviceDeleted: (last: Service) => void;
    readonly enqueue: (keys: readonly ServiceKey[]) => void;
    readonly metallbChanged: () => void;
    readonly nodesChanged: () => void;
  };
};

/** What a picture is for whoever only asks how it is doing. */
export type InformerProgress = Pick<
  Informer<never>,
  'name' | 'hasSynced' | 'isCurrent' | 'watchError' | 'age'
>;

export class ControllerInformers {
  readonly services: Informer<Service>;
  readonly pools: PoolObjectSource;
  readonly nodes: Informer<WatchedNode>;
  readonly #options: ControllerInformersOptions;
  readonly #namespaces: Informer<NonNullable<ReturnType<typeof toWatchedNamespace>>>;
  readonly #layer2: Informer<WatchedAdvertisement>;
  readonly #bgp: Informer<WatchedAdvertisement>;
  readonly #deployments: Informer<WatchedDeployment>;
  readonly #changedNamespaces = new Set<string>();

  constructor(options: ControllerInformersOptions) {
    const { context, namespace, legacyConfig, pools, on } = options;
    this.#options = options;
    this.services = createServiceInformer(context, {
      changed: on.serviceChanged,
      deleted: on.serviceDeleted,
    });
    this.pools =
      legacyConfig === null
        ? watchPoolObjects(context, namespace, pools)
        : watchLegacyPools(context, { namespace, name: legacyConfig }, pools);
    this.#namespaces = new Informer(context, {
      resource: NAMESPACES,
      decode: toWatchedNamespace,
      keyOf: ({ name }) => name,
      changed: (before, after) => {
        if (JSON.stringify(before?.labels) !== JSON.stringify(after.labels))
          this.#namespaceChanged(after.name);
      },
      deleted: (name) => this.#namespaceChanged(name),
    });
    this.#layer2 = this.#createAdvertisementInformer(L2_ADVERTISEMENTS);
    this.#bgp = this.#createAdvertisementInformer(BGP_ADVERTISEMENTS);
    this.#deployments = new Informer<WatchedDeployment>(context, {
      resource: DEPLOYMENTS,
      namespace,
      decode: toWatchedDeployment,
      keyOf: ({ name }) => name,
      changed: on.metallbChanged,
      deleted: on.metallbChanged,
    });
    this.nodes = new Informer<WatchedNode>(context, {
      resource: NODES,
      decode: toWatchedNode,
      keyOf: ({ node }) => node.name,
      changed: (before, { node }) => {
        // A heartbeat changes no address.
        if (!isDeepStrictEqual(before?.node.reportedAddresses, node.reportedAddresses)) on.nodesChanged();
      },
      deleted: () => {}, // one reserved address less needs no warning
    });
  }

  /** MetalLB's controller, where it is at work. */
  findMetalLB(isStandingDown: boolean): Deployment | null {
    return findMetalLBController(this.#deployments.store.values(), { isStandingDown });
  }

  /** What must be there before anything is granted. */
  get required(): readonly InformerProgress[] {
    return [this.services, this.pools.informer, this.#namespaces];
  }

  get all(): readonly InformerProgress[] {
    return [...this.required, this.#layer2, this.#bgp, this.#deployments, this.nodes];
  }

  /** What of it was never listed, in a sentence; null where nothing is missing. */
  describeMissing(): string | null {
    const missing = this.required.filter(({ hasSynced }) => !hasSynced);
    if (missing.length === 0) return null;
    return `not listed yet: ${missing.map(({ name, watchError }) => (watchError === null ? name : `${name} (${watchError})`)).join(', ')}`;
  }

  /**
   * Makes sure of what matters before a term begins: lists it once more, consistently. Only the Services, of which there
   * are many, need not be listed where the last leader said up to where it wrote to them and the watch has come that far.
   * False if that was given up because we stop.
   */
  async refresh(clock: Clock, inherits: string): Promise<boolean> {
    const deployments = this.#refreshDeployments(clock);
    const others = [this.pools.informer, this.#namespaces].map((one) => one.refresh());
    return (await Promise.all([deployments, this.#refreshServices(inherits), ...others])).every(Boolean);
  }

  async #refreshServices(inherits: string): Promise<boolean> {
    const { services } = this;
    if (inherits !== '' && services.isCurrent && (await services.waitForVersion(inherits, CATCH_UP_TIMEOUT)))
      return true;
    return services.refresh();
  }

  /** A list that is slow is waited for; one that is refused, for want of rights say, is done without. */
  #refreshDeployments(clock: Clock): Promise<boolean> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#deployments.watchError === null) cancel = clock.after(METALLB_LOOKUP_TIMEOUT, check);
        else resolve(true);
      };
      let cancel = clock.after(METALLB_LOOKUP_TIMEOUT, check);
      void this.#deployments.refresh().then((listed) => {
        cancel();
        resolve(listed);
      });
    });
  }

  /** Settles when all of them have hung up. */
  async run(signal: AbortSignal): Promise<void> {
    const informers = [
      this.services,
      this.pools.informer,
      this.#namespaces,
      this.#layer2,
      this.#bgp,
      this.#deployments,
      this.nodes,
    ];
    await Promise.all(informers.map((informer) => informer.run(signal)));
  }

  namespaceLabels(): ReadonlyMap<string, Labels> {
    return new Map([...this.#namespaces.store.values()].map(({ name, labels }) => [name, labels]));
  }

  /** Null while the advertisements of either kind are not known: nothing is to be said of them yet. */
  layer2Only(): ReadonlySet<string> | null {
    if (!this.#layer2.isSyncedOrAbsent || !this.#bgp.isSyncedOrAbsent) return null;
    const coverages = ({ store }: Informer<WatchedAdvertisement>) =>
      [...store.values()].flatMap(({ coverage }) => coverage ?? []);
    return layer2OnlyPools(this.pools.labelled(), coverages(this.#layer2), coverages(this.#bgp));
  }

  #createAdvertisementInformer(resource: Resource): Informer<WatchedAdvertisement> {
    const changed = (): void => {
      const { on, allocator } = this.#options;
      on.enqueue(allocator().updateLayer2OnlyPools(this.layer2Only()));
    };
    return new Informer<WatchedAdvertisement>(this.#options.context, {
      resource,
      namespace: this.#options.namespace,
      decode: toWatchedAdvertisement,
      keyOf: ({ name }) => name,
      changed,
      deleted: changed,
      listed: changed,
    });
  }

  /** Namespaces arrive by the hundred at a start: they are told together. */
  #namespaceChanged(name: string): void {
    const isFirst = this.#changedNamespaces.size === 0;
    this.#changedNamespaces.add(name);
    if (!isFirst) return;
    this.#options.context.clock.after(0, () => {
      const changed = new Set(this.#changedNamespaces);
      this.#changedNamespaces.clear();
      this.#options.on.enqueue(this.#options.allocator().updateNamespaces(this.namespaceLabels(), changed));
    });
  }
}
